/* The cases of `tern bench`: listed, proved, handed to Google Benchmark, and measured in rounds of our own. */
#define _GNU_SOURCE
#include "cli/bench/bench.h"

#include "cli/command.h"
#include "cli/files.h"

#include "measure/clock.h"
#include "measure/counters/counters.h"
#include "measure/energy/energy.h"
#include "measure/gbench/flags.h"
#include "measure/gbench/gbench.h"
#include "measure/machine/pin.h"
#include "measure/records/record.h"
#include "measure/sampling/floor.h"
#include "tuner/session/tasks.h"
#include "tuner/trial/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum tern_status ensure(struct tern_bench_entry *en) {
    struct tern_bench *b = en->b;
    if (b->current == en) return TERN_OK;
    tern_trial_free(b->trial);
    b->trial = NULL;
    b->current = NULL;
    const enum tern_status s =
        tern_fixture_trial(&b->fixture, en->variant, NULL, &en->problem, &b->trial, &b->error);
    if (!s) b->current = en;
    return s;
}

static const char *allowed(void *ctx) {
    struct tern_bench_entry *en = ctx;
    return ensure(en) ? en->b->error.text : NULL;
}

/* Another case may have taken the bench since. */
static void begin(void *ctx) {
    struct tern_bench_entry *en = ctx;
    const enum tern_status s = ensure(en);
    if (s) exit(tern_cli_fail(s, &en->b->error)); /* it could be built before: memory has gone */
    en->began = tern_now_ns();
}

static void publish(const struct tern_bench_entry *en, struct tern_gbench_state *st) {
    const struct tern_bench_extra *x = &en->extra;
    const struct tern_bench_plan *plan = &en->b->plan;
    const struct {
        const char *name;
        double value;
    } plain[] = {{"rounds", (double)x->est.n},
                 {"median_ns", x->est.median},
                 {"mad_ns", x->est.mad},
                 {"min_ns", x->est.min},
                 {"ci_lo_ns", x->est.ci_lo},
                 {"ci_hi_ns", x->est.ci_hi},
                 {"of_read_ceiling", x->has_read ? x->of_read.median : NAN},
                 {"of_int8_ceiling", x->has_int8 ? x->of_int8.median : NAN},
                 {"joules_per_call", x->joules},
                 {"watts", x->watts},
                 {"idle_watts", plan->energy ? plan->idle_watts : NAN},
                 {"modelled_joules_from", plan->modelled ? x->modelled.from : NAN},
                 {"modelled_joules_to", plan->modelled ? x->modelled.to : NAN}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        tern_gbench_count(st, plain[i].name, plain[i].value, TERN_GBENCH_PLAIN, NULL);
    for (size_t g = 0; g < plan->groups; g++)
        for (size_t i = 0; i < plan->group[g].metrics; i++)
            tern_gbench_count(st, plan->group[g].metric[i].name, x->counted[g].metric[i].value,
                              TERN_GBENCH_PLAIN, NULL);
    char label[768];
    snprintf(label, sizeof label, "%s", en->params);
    tern_bench_remarks(plan, x, label, sizeof label);
    tern_gbench_label(st, label);
}

/* Our own rounds, after the run that the library will report. */
static void end(void *ctx, uint64_t calls, struct tern_gbench_state *st) {
    struct tern_bench_entry *en = ctx;
    struct tern_bench *b = en->b;
    struct tern_team *team;
    const struct tern_problem *p = &en->problem;
    (void)calls;
    /* A shorter run is the library's search for a count; repetitions use the count that was found. */
    const double least = b->least_seconds * (en->measured ? 0.5 : 0.98);
    if ((double)(tern_now_ns() - en->began) * 1e-9 < least) return;
    if (tern_fixture_team(&b->fixture, p->threads, &team, &b->error)) return;
    tern_fixture_ceilings(&b->fixture, team);
    if (tern_bench_measure(&b->plan, b->fixture.machine, b->trial, team, p->regime != TERN_HOT,
                           (double)p->m * (double)p->k, &en->extra, &b->error))
        return;
    en->measured = 1;
    publish(en, st);
}

static void work(void *ctx, uint64_t calls) {
    const struct tern_bench_entry *en = ctx;
    tern_trial_run(en->b->trial, calls);
}

/* All cases: variants that run here and compute the shape, by problem. NULL only without memory. */
static struct tern_bench_entry *list_cases(struct tern_bench *b, const struct tern_tasks *tasks,
                                           const struct tern_cli_filter *re, size_t *count) {
    size_t variants;
    const struct tern_variant *all = tern_variants(&variants);
    struct tern_bench_entry *list = calloc(tasks->count * variants + 1, sizeof *list);
    *count = 0;
    for (size_t t = 0; list && t < tasks->count; t++) {
        struct tern_problem p = tasks->item[t].problem;
        if (p.regime != TERN_HOT) p.regime = b->fixture.cold;
        for (size_t i = 0; i < variants; i++) {
            struct tern_bench_entry *en = &list[*count];
            if (!tern_variant_fits_signs(&all[i], b->fixture.machine->usable, p.m, p.k, p.n, NULL)) continue;
            *en = (struct tern_bench_entry){
                .b = b, .variant = &all[i], .problem = p, .model = tasks->item[t].model};
            snprintf(en->name, sizeof en->name, "%s/%zux%zux%zu/t:%zu/%s", all[i].name, p.m, p.k, p.n,
                     p.threads, tern_regime_name(p.regime));
            int param[TERN_MAX_PARAMS];
            tern_variant_defaults(&all[i], param);
            tern_variant_params_text(&all[i], param, en->params, sizeof en->params);
            if (tern_cli_matches(re, en->name)) ++*count;
        }
    }
    return list;
}

/* Proves what is listed; what fails leaves the list. *failed counts variants. */
static enum tern_status prove_cases(struct tern_bench *b, struct tern_bench_entry *list, size_t *count,
                                    size_t *failed, struct tern_error *e) {
    size_t kept = 0;
    const struct tern_variant *last_bad = NULL;
    for (size_t i = 0; i < *count; i++) {
        struct tern_verdict verdict;
        const struct tern_variant *v = list[i].variant;
        if (!tern_fixture_proof(&b->fixture, v)) {
            const enum tern_status s = tern_fixture_prove(&b->fixture, v, &verdict, e);
            if (s) return s;
        }
        if (tern_fixture_proof(&b->fixture, v)) {
            list[kept++] = list[i];
            continue;
        }
        if (v == last_bad) continue;
        fprintf(stderr, "tern: verify: %s: %s: %s; not timed\n", v->name, tern_verdict_name(verdict.kind),
                verdict.text);
        last_bad = v;
        ++*failed;
    }
    *count = kept;
    return TERN_OK;
}

static enum tern_status register_cases(struct tern_bench_entry *list, size_t count, struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < count && !s; i++) {
        struct tern_bench_entry *en = &list[i];
        const struct tern_problem *p = &en->problem;
        const struct tern_gbench_case c = {.name = en->name,
                                           .work = work,
                                           .ctx = en,
                                           .bytes = (double)en->variant->format->bytes(p->m, p->k),
                                           .macs = (double)p->m * (double)p->k * (double)p->n,
                                           .label = en->params,
                                           .allowed = allowed,
                                           .begin = begin,
                                           .end = end};
        s = tern_gbench_register(&c, e);
    }
    return s;
}

static void on_row(void *user, const struct tern_gbench_row *row) {
    struct tern_bench_listing *l = user;
    if (row->aggregate || row->error) return;
    for (size_t i = 0; i < l->count; i++) {
        struct tern_bench_entry *en = &l->item[i];
        const size_t n = strlen(en->name);
        if (strncmp(row->name, en->name, n) || (row->name[n] && row->name[n] != '/')) continue;
        double *grown = realloc(en->ns, (en->runs + 1) * sizeof *grown);
        if (!grown) return;
        en->ns = grown;
        en->ns[en->runs++] = row->real_ns;
        return;
    }
}

/* The A/A run: what a difference must exceed to be one, here and now. */
static enum tern_status null_run(struct tern_bench *b, struct tern_bench_entry *first, struct tern_error *e) {
    char text[160];
    struct tern_error why = {0};
    enum tern_status s = ensure(first);
    if (s) return TERN_OK; /* the case will say so itself */
    const struct tern_alternative a = {.name = first->name, .work = work, .ctx = first};
    const struct tern_sampler_options o = tern_bench_timing(&b->plan);
    if (tern_aa_floor(&a, NULL, &o, &b->floor, &why))
        snprintf(text, sizeof text, "not known: %.120s", why.text);
    else
        snprintf(text, sizeof text, "%.2f %% (far end of the 95 %% interval of a case against itself, n %zu)",
                 100 * b->floor.share, b->floor.null.n);
    return tern_gbench_context("aa_floor", text, e);
}

/* What happens between the listing and the records. */
static enum tern_status time_cases(struct tern_bench *b, const struct tern_bench_arguments *a,
                                   struct tern_bench_listing *l, int *failed, struct tern_error *e) {
    struct tern_gbench_result result = {0};
    size_t unproved = 0;
    const char *run_seconds = tern_gbench_flag(a->n_passed, a->passed, "min_time");
    const char *listing = tern_gbench_flag(a->n_passed, a->passed, "list_tests");
    b->least_seconds = run_seconds ? atof(run_seconds) : 0.5;
    enum tern_status s = prove_cases(b, l->item, &l->count, &unproved, e);
    if (!s) s = tern_bench_pin(b, l, e);
    if (!s) s = register_cases(l->item, l->count, e);
    if (!s) s = tern_bench_context(b, a, e);
    if (!s && l->count && !listing) s = null_run(b, &l->item[0], e);
    if (!s && l->count) s = tern_gbench_run(a->n_passed, a->passed, on_row, l, &result, e);
    *failed = unproved || result.failed;
    return s;
}

static int bench(struct tern_bench *b, const struct tern_bench_arguments *a, const struct tern_tasks *tasks,
                 struct tern_bench_listing *l) {
    struct tern_error e;
    int failed = 0;
    tern_cli_run_id("bench", b->run, sizeof b->run);
    l->item = list_cases(b, tasks, &a->filter, &l->count);
    if (!l->item) return tern_cli_fail(tern_fail(&e, TERN_NO_MEMORY, "bench: out of memory"), &e);
    if (!l->count)
        return tern_cli_usage("bench", "no case matches%s%s", a->filter.text ? " --filter " : "",
                              a->filter.text ? a->filter.text : "");
    enum tern_status s = time_cases(b, a, l, &failed, &e);
    char *records = tern_cli_records_target(&a->records);
    if (!s && records) s = tern_bench_record(b, l, records, &e);
    if (!s && !records && !a->records.none &&
        tern_cli_no_file("records", "none are kept; name a file with --records", &e) == TERN_NO_MEMORY)
        s = TERN_NO_MEMORY;
    else if (!s && !records && !a->records.none)
        fprintf(stderr, "tern: warning: %s\n", e.text);
    free(records);
    return s ? tern_cli_fail(s, &e) : failed;
}

int tern_bench_cases(const struct tern_bench_arguments *a, const struct tern_bench_plan *plan,
                     const struct tern_tasks *tasks) {
    struct tern_bench b = {.plan = *plan};
    struct tern_bench_listing list = {0};
    const struct tern_machine *m;
    struct tern_error e;
    enum tern_status s = tern_machine_get(&m, &e);
    if (!s) s = tern_fixture_open(m, a->seed, &b.fixture, &e);
    const int rc = s ? tern_cli_fail(s, &e) : bench(&b, a, tasks, &list);
    tern_trial_free(b.trial);
    tern_fixture_close(&b.fixture);
    for (size_t i = 0; i < list.count; i++) free(list.item[i].ns);
    free(list.item);
    return rc;
}
