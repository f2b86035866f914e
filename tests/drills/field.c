/* Times chosen candidates of one problem in the same rounds and prints one JSON line of samples for each.
 * Usage: drill-field MxKxN THREADS hot|wcold ROUNDS SEED CANDIDATE..., a candidate being VARIANT or
 * VARIANT:PARAMS as wisdom writes them ("prefetch=0 panels=2"). */
#include "measure/sampling/sampler.h"
#include "tuner/trial/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_MAX  64
#define ROUNDS_MAX 1000

static int fail(const char *what, const struct tern_error *e) {
    fprintf(stderr, "drill-field: %s%s%s\n", what, e ? ": " : "", e ? e->text : "");
    return 3;
}

/* Finds, proves and parses one candidate; its name is cut at the colon. */
static int candidate(struct tern_fixture *fixture, char *text, const struct tern_variant **v, int *param) {
    struct tern_error e = {""};
    struct tern_verdict verdict;
    char *colon = strchr(text, ':');
    if (colon) *colon = 0;
    *v = tern_variant_named(text);
    if (!*v) return fail("no such variant in this build", NULL);
    if (tern_variant_params_parse(*v, colon ? colon + 1 : "-", param, &e)) return fail("parameters", &e);
    return tern_fixture_prove(fixture, *v, &verdict, &e) ? fail("proof", &e) : 0;
}

static void print(const char *name, const struct tern_comparison *c, size_t i) {
    printf("{\"variant\":\"%s\",\"ns\":[", name);
    for (size_t r = 0; r < c->rounds; r++) printf("%s%.1f", r ? "," : "", c->sample[r * c->count + i]);
    puts("]}");
}

int main(int argc, char **argv) {
    const size_t count = argc > 6 ? (size_t)argc - 6 : 0;
    const struct tern_variant *v[FIELD_MAX];
    int param[FIELD_MAX][TERN_MAX_PARAMS];
    struct tern_trial *trial[FIELD_MAX] = {NULL};
    struct tern_alternative alt[FIELD_MAX] = {{0}};
    struct tern_comparison c = {0};
    struct tern_problem p = {0};
    struct tern_error e = {""};
    const struct tern_machine *m;
    struct tern_fixture fixture;
    if (!count || count > FIELD_MAX || sscanf(argv[1], "%zux%zux%zu", &p.m, &p.k, &p.n) != 3)
        return fail("usage: drill-field MxKxN THREADS hot|wcold ROUNDS SEED CANDIDATE...", NULL);
    p.threads = strtoul(argv[2], NULL, 10);
    const size_t rounds = strtoul(argv[4], NULL, 10);
    const uint64_t seed = strtoull(argv[5], NULL, 10);
    if (!rounds || rounds > ROUNDS_MAX) return fail("rounds: 1 to 1000", NULL);
    if (tern_machine_get(&m, &e)) return fail("machine", &e);
    if (tern_fixture_open(m, seed, &fixture, &e)) return fail("fixture", &e);
    p.regime = strcmp(argv[3], "hot") ? fixture.cold : TERN_HOT;
    int rc = 0;
    for (size_t i = 0; i < count && !rc; i++) rc = candidate(&fixture, argv[6 + i], &v[i], param[i]);
    for (size_t i = 0; i < count && !rc; i++) {
        if (tern_fixture_trial(&fixture, v[i], param[i], &p, &trial[i], &e)) rc = fail("trial", &e);
        alt[i] = (struct tern_alternative){.work = tern_trial_run, .ctx = trial[i]};
    }
    const struct tern_sampler_options how = {
        .seed = seed, .own_calls = 1, .warmup = TERN_WARMUP_NONE, .rounds_min = rounds, .rounds_max = rounds};
    if (!rc && tern_compare(alt, count, &how, &c, &e)) rc = 2;
    for (size_t i = 0; i < count && !rc; i++) print(v[i]->name, &c, i);
    tern_comparison_free(&c);
    for (size_t i = 0; i < count; i++) tern_trial_free(trial[i]);
    tern_fixture_close(&fixture);
    return rc;
}
