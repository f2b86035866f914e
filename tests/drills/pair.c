/* Compares two proven variants again and again, each time as the tuner's final does, and prints one JSON line
 * per comparison: time of B over time of A, its 95 % interval, rounds, seconds. Usage: drill-pair A B MxKxN
 * hot|wcold COMPARISONS ROUNDS SEED */
#include "measure/clock.h"
#include "measure/sampling/sampler.h"
#include "tuner/trial/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 1000

static int fail(const char *what, const struct tern_error *e) {
    fprintf(stderr, "drill-pair: %s%s%s\n", what, e ? ": " : "", e ? e->text : "");
    return 3;
}

static int compare(struct tern_alternative *alt, size_t rounds, uint64_t seed) {
    const struct tern_sampler_options how = {
        .seed = seed, .own_calls = 1, .warmup = TERN_WARMUP_NONE, .rounds_min = rounds, .rounds_max = rounds};
    struct tern_comparison c;
    const uint64_t start = tern_now_ns();
    if (tern_compare(alt, 2, &how, &c, NULL)) return 0;
    const struct tern_ratio ratio = c.ratio[1];
    const struct tern_estimate est = c.estimate[0];
    printf("{\"ratio\":%.6f,\"lo\":%.6f,\"hi\":%.6f,\"n\":%zu,\"ns\":%.1f,\"seconds\":%.3f,\"ratios\":[",
           ratio.median, ratio.ci_lo, ratio.ci_hi, ratio.n, est.median,
           1e-9 * (double)(tern_now_ns() - start));
    for (size_t r = 0; r < rounds; r++) printf("%s%.6f", r ? "," : "", c.sample[2 * r + 1] / c.sample[2 * r]);
    puts("]}");
    fflush(stdout);
    tern_comparison_free(&c);
    return 1;
}

int main(int argc, char **argv) {
    struct tern_problem p = {.threads = 1};
    struct tern_error e = {""};
    const struct tern_machine *m;
    struct tern_fixture fixture;
    struct tern_trial *trial[2] = {NULL, NULL};
    struct tern_alternative alt[2];
    if (argc != 8 || sscanf(argv[3], "%zux%zux%zu", &p.m, &p.k, &p.n) != 3)
        return fail("usage: drill-pair A B MxKxN hot|wcold COMPARISONS ROUNDS SEED", NULL);
    const struct tern_variant *v[2] = {tern_variant_named(argv[1]), tern_variant_named(argv[2])};
    const size_t times = strtoul(argv[5], NULL, 10), rounds = strtoul(argv[6], NULL, 10);
    const uint64_t seed = strtoull(argv[7], NULL, 10);
    if (!v[0] || !v[1]) return fail("no such variant in this build", NULL);
    if (rounds < 6 || rounds > ROUNDS_MAX) return fail("rounds: 6 to 1000", NULL);
    if (tern_machine_get(&m, &e)) return fail("machine", &e);
    if (tern_fixture_open(m, seed, &fixture, &e)) return fail("fixture", &e);
    p.regime = strcmp(argv[4], "hot") ? fixture.cold : TERN_HOT;
    int rc = 0;
    for (size_t i = 0; i < 2 && !rc; i++) {
        struct tern_verdict verdict;
        if (tern_fixture_prove(&fixture, v[i], &verdict, &e)) rc = fail("proof", &e);
    }
    for (size_t i = 0; i < 2 && !rc; i++) {
        if (tern_fixture_trial(&fixture, v[i], NULL, &p, &trial[i], &e)) rc = fail("trial", &e);
        alt[i] = (struct tern_alternative){.work = tern_trial_run, .ctx = trial[i]};
    }
    for (size_t i = 0; i < times && !rc; i++) {
        /* One count for both, as samples of different lengths are hit differently by what interrupts them. */
        alt[0].calls = 0;
        const struct tern_sampler_options one = {.seed = seed};
        double once;
        tern_round(alt, NULL, 1, 0, &one, &once, NULL);
        alt[1].calls = alt[0].calls;
        if (!compare(alt, rounds, seed + 1000 * (i + 1))) rc = 2;
    }
    tern_trial_free(trial[0]);
    tern_trial_free(trial[1]);
    tern_fixture_close(&fixture);
    return rc;
}
