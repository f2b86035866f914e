#define _GNU_SOURCE
#include "cli/targets/targets.h"

#include "base/file.h"
#include "base/progress.h"
#include "measure/clock.h"
#include "tuner/targets/repack.h"
#include "tuner/targets/targets.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help_text[] =
    "usage: tern targets [--filter RE] [--json] [--seed N] [--records FILE] [-q]\n\n"
    "The project's own speed goals. Kernels: the share of a ceiling that the best proven variant reaches, "
    "with the\n"
    "ceiling measured in the same rounds. Whole models (e2e-...): synth:2b-4t on two threads, as shares of "
    "the\n"
    "ceilings, and against itself untuned, with I2_S variants, with the full head. Each goal is met, missed, "
    "or\n"
    "unclear when the 95 % interval contains it. All of them take some ten minutes.\n"
    "Exit code: 0 all met, 1 one is missed, 2 too noisy to tell.\n\n"
    "  --filter RE      only goals whose name matches\n"
    "  --records FILE   file that records are appended to (default: the user's)\n"
    "  --seed N         of the weights (default 1)\n"
    "  --json           machine-readable\n"
    "  -q, --quiet      no progress bar\n\n"
    "example: tern targets --filter gemv\n";

extern const struct tern_command tern_command_targets;

const char *tern_verdict_word(enum tern_status s) {
    return s == TERN_OK ? "met" : s == TERN_CHECK_FAILED ? "MISSED" : "unclear";
}

static const char *word_for(const struct tern_target_seen *s) {
    if (!s->variant) return "not measured";
    return tern_verdict_word(s->verdict);
}

static void say(const struct tern_target *t, const struct tern_target_seen *s) {
    char params[160];
    if (!s->variant) {
        printf("%-18s not measured: %s\n", t->name, s->why);
        return;
    }
    tern_variant_params_text(s->variant, s->param, params, sizeof params);
    const double amount = t->ceiling == TERN_CEILING_READ ? (double)s->variant->format->bytes(t->m, t->k)
                                                          : (double)t->m * (double)t->k * (double)t->n;
    const char *unit = t->ceiling == TERN_CEILING_READ ? "GB/s" : "GMAC/s";
    printf("%-18s %.3f [%.3f, %.3f] n=%zu  goal %.2f  %s\n", t->name, s->share.median, s->share.ci_lo,
           s->share.ci_hi, s->share.n, t->goal, word_for(s));
    printf("    median %.1f %s of %.1f %s (%s), %s %s\n", amount / s->ns.median, unit, s->ceiling.median,
           unit, s->ceiling_name, s->variant->name, params);
}

static json_t *json_of(const struct tern_target *t, const struct tern_target_seen *s) {
    json_t *o = json_pack("{s:s, s:f, s:I, s:I, s:I, s:s, s:s}", "name", t->name, "goal", t->goal, "m",
                          (json_int_t)t->m, "k", (json_int_t)t->k, "n", (json_int_t)t->n, "regime",
                          tern_regime_name(t->regime), "verdict", word_for(s));
    if (!s->variant) {
        json_object_set_new(o, "why", json_string(s->why));
        return o;
    }
    char params[160];
    tern_variant_params_text(s->variant, s->param, params, sizeof params);
    json_object_set_new(o, "value", json_real(s->share.median));
    json_object_set_new(o, "ok", json_boolean(s->verdict == TERN_OK));
    json_object_set_new(o, "ci95", json_pack("[f,f]", s->share.ci_lo, s->share.ci_hi));
    json_object_set_new(o, "rounds", json_integer((json_int_t)s->share.n));
    json_object_set_new(o, "variant", json_string(s->variant->name));
    json_object_set_new(o, "params", json_string(params));
    json_object_set_new(o, "ns_per_call", json_real(s->ns.median));
    json_object_set_new(o, "ceiling", json_string(s->ceiling_name));
    json_object_set_new(o, t->ceiling == TERN_CEILING_READ ? "ceiling_gb_per_s" : "ceiling_gmac_per_s",
                        json_real(s->ceiling.median));
    return o;
}

static void say_repack(const struct tern_repack_target *t, const struct tern_repack_seen *s) {
    printf("%-18s %.3f [%.3f, %.3f] n=%zu  goal %.2f  %s\n", t->name, s->rate.median, s->rate.ci_lo,
           s->rate.ci_hi, s->rate.n, t->goal, tern_verdict_word(s->verdict));
    printf("    median %.2f Gweight/s on one core, %s -> %s\n", s->rate.median, t->from ? t->from : "trits",
           s->to->name);
}

static json_t *json_of_repack(const struct tern_repack_target *t, const struct tern_repack_seen *s) {
    return json_pack("{s:s, s:f, s:I, s:I, s:s, s:s, s:s, s:f, s:b, s:[f,f], s:I, s:f}", "name", t->name,
                     "goal", t->goal, "m", (json_int_t)t->m, "k", (json_int_t)t->k, "from",
                     t->from ? t->from : "trits", "to", s->to->name, "verdict", tern_verdict_word(s->verdict),
                     "value", s->rate.median, "ok", s->verdict == TERN_OK, "ci95", s->rate.ci_lo,
                     s->rate.ci_hi, "rounds", (json_int_t)s->rate.n, "ns_per_matrix", s->ns.median);
}

struct proving {
    struct tern_progress bar;
    const struct tern_variant **list;
    size_t count, finished;
};

static void on_verdict(void *ctx, size_t index, const struct tern_verdict *verdict,
                       const struct tern_proof *proof) {
    struct proving *p = ctx;
    tern_progress_step(&p->bar, (double)++p->finished / (double)p->count, p->list[index]->name);
    if (!proof)
        fprintf(stderr, "tern: verify: %s: %s: %s; not timed\n", p->list[index]->name,
                tern_verdict_name(verdict->kind), verdict->text);
}

static enum tern_status prove_all(struct tern_fixture *fixture, int quiet, struct tern_error *e) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    struct proving p = {.list = malloc((count + 1) * sizeof *p.list)};
    if (!p.list) return tern_fail(e, TERN_NO_MEMORY, "verify: out of memory");
    for (size_t i = 0; i < count; i++)
        if (all[i].act == TERN_ACT_I8 && (all[i].isa & fixture->machine->usable) == all[i].isa)
            p.list[p.count++] = &all[i];
    tern_progress_begin(&p.bar, "targets", quiet);
    const enum tern_status s = tern_fixture_prove_all(fixture, p.list, p.count, on_verdict, &p, e);
    tern_progress_end(&p.bar);
    free(p.list);
    return s;
}

void tern_targets_count(struct tern_targets_tally *y, enum tern_status verdict) {
    y->missed += verdict == TERN_CHECK_FAILED;
    y->unclear += verdict == TERN_INCONCLUSIVE;
    fflush(stdout);
}

static enum tern_status measure_shares(struct tern_fixture *fixture, struct tern_targets_tally *y,
                                       const char *records, struct tern_error *e) {
    size_t count;
    const struct tern_target *t = tern_targets(&count);
    char run_id[64], now[24];
    tern_utc_text(now, sizeof now);
    snprintf(run_id, sizeof run_id, "targets-%s-%ld", now, (long)getpid());
    for (size_t i = 0; i < count; i++) {
        struct tern_target_seen seen;
        if (!tern_cli_matches(y->filter, t[i].name)) continue;
        enum tern_status s = tern_target_measure(&t[i], fixture, NULL, &seen, e);
        if (!s && records) s = tern_target_record(&t[i], &seen, fixture, run_id, records, e);
        if (s) return s;
        if (y->list)
            json_array_append_new(y->list, json_of(&t[i], &seen));
        else
            say(&t[i], &seen);
        tern_targets_count(y, seen.verdict);
    }
    return TERN_OK;
}

static enum tern_status measure_repacking(const struct tern_fixture *fixture, struct tern_targets_tally *y,
                                          struct tern_error *e) {
    size_t count;
    const struct tern_repack_target *t = tern_repack_targets(&count);
    for (size_t i = 0; i < count; i++) {
        struct tern_repack_seen seen;
        if (!tern_cli_matches(y->filter, t[i].name)) continue;
        const enum tern_status s =
            tern_repack_measure(&t[i], fixture->machine->usable, fixture->seed, &seen, e);
        if (s) return s;
        if (y->list)
            json_array_append_new(y->list, json_of_repack(&t[i], &seen));
        else
            say_repack(&t[i], &seen);
        tern_targets_count(y, seen.verdict);
    }
    return TERN_OK;
}

/* Goals of either kind whose names match (those of whole models are counted in targets_goals.c). */
static size_t selected(const struct tern_cli_filter *filter, int shares) {
    size_t count, n = 0;
    if (shares) {
        const struct tern_target *t = tern_targets(&count);
        for (size_t i = 0; i < count; i++) n += (size_t)tern_cli_matches(filter, t[i].name);
    } else {
        const struct tern_repack_target *t = tern_repack_targets(&count);
        for (size_t i = 0; i < count; i++) n += (size_t)tern_cli_matches(filter, t[i].name);
    }
    return n;
}

static int measure_all(struct tern_fixture *fixture, const struct tern_cli_filter *filter,
                       const char *records, int json, int quiet) {
    struct tern_error e;
    const size_t shares = selected(filter, 1);
    if (!shares && !selected(filter, 0) && !tern_targets_goals_selected(filter))
        return tern_cli_usage("targets", "--filter: no goal matches");
    struct tern_targets_tally y = {.filter = filter, .list = json ? json_array() : NULL};
    enum tern_status s = shares ? prove_all(fixture, quiet, &e) : TERN_OK;
    if (!s) s = measure_shares(fixture, &y, records, &e);
    if (!s) s = measure_repacking(fixture, &y, &e);
    if (!s) s = tern_targets_goals(&y, fixture->seed, quiet, records, &e);
    if (s) return json_decref(y.list), tern_cli_fail(s, &e);
    if (json)
        tern_cli_print_json(json_pack("{s:s, s:o}", "machine", fixture->machine->key, "targets", y.list));
    return y.missed ? 1 : y.unclear ? 2 : 0;
}

static int run(int argc, char **argv) {
    enum { FILTER = 256, JSON, SEED, RECORDS };
    static const struct option options[] = {{"filter", required_argument, 0, FILTER},
                                            {"json", no_argument, 0, JSON},
                                            {"seed", required_argument, 0, SEED},
                                            {"records", required_argument, 0, RECORDS},
                                            {"quiet", no_argument, 0, 'q'},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    const char *pattern = NULL, *records = NULL;
    size_t seed = 1;
    int json = 0, quiet = 0, got;
    while ((got = tern_cli_getopt(argc, argv, "qh", options, &tern_command_targets)) != -1) {
        switch (got) {
        case FILTER:
            pattern = optarg;
            break;
        case JSON:
            json = 1;
            break;
        case SEED:
            if (!tern_cli_size("targets", "--seed", optarg, 0, SIZE_MAX >> 1, &seed)) return 3;
            break;
        case RECORDS:
            records = optarg;
            break;
        case 'q':
            quiet = 1;
            break;
        default:
            return 3;
        }
    }
    if (optind < argc) return tern_cli_usage("targets", "unexpected argument '%s'", argv[optind]);
    struct tern_cli_filter filter;
    struct tern_fixture fixture = {0};
    struct tern_error e;
    const struct tern_machine *m;
    if (!tern_cli_filter_new("targets", pattern, &filter)) return 3;
    enum tern_status s = tern_machine_get(&m, &e);
    if (!s) s = tern_fixture_open(m, seed, &fixture, &e);
    char *path = records ? strdup(records) : tern_xdg_path("state", "records.jsonl");
    const int rc = s ? tern_cli_fail(s, &e) : measure_all(&fixture, &filter, path, json, quiet);
    free(path);
    tern_fixture_close(&fixture);
    tern_cli_filter_free(&filter);
    return rc;
}

const struct tern_command tern_command_targets = {
    "targets", "the project's speed goals, as shares of measured ceilings", help_text, run};
