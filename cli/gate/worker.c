/* tern gate --worker: the process that a gate starts, of either build, and asks for samples. The talk is
 * described in reports/gate/worker.h. */
#define _GNU_SOURCE
#include "cli/gate/gate.h"

#include "measure/clock.h"
#include "measure/machine/machine.h"
#include "measure/machine/pin.h"
#include "measure/sampling/round.h"
#include "tuner/trial/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What another process displaced is brought back before a sample; an interrupted sample is taken again. */
static const struct tern_sampler_options timing = {.warm_share = 0.25, .tries = 3};

struct worker_case {
    char name[320];
    const struct tern_variant *variant;
    int param[TERN_MAX_PARAMS];
    struct tern_problem problem;
};

struct worker {
    struct tern_fixture fixture;
    struct worker_case *item;
    size_t count;
    struct tern_trial *trial;
};

/* The parameters of a case: those of the --with that begins with its name, or the initial ones. */
static enum tern_status find_params(const struct gate_arguments *a, struct worker_case *c,
                                    struct tern_error *e) {
    const char *regime = strrchr(c->name, '/');
    const size_t n = (size_t)(regime - c->name);
    tern_variant_defaults(c->variant, c->param);
    for (size_t i = 0; i < a->with.count; i++)
        if (!strncmp(a->with.item[i], c->name, n) && a->with.item[i][n] == '=')
            return tern_variant_params_parse(c->variant, a->with.item[i] + n + 1, c->param, e);
    return TERN_OK;
}

static enum tern_status list(struct worker *w, const struct gate_arguments *a,
                             const struct tern_cli_numbers *threads, struct tern_error *e) {
    size_t variants;
    const struct tern_variant *all = tern_variants(&variants);
    const enum tern_regime regime = strcmp(a->regime, "hot") ? w->fixture.cold : TERN_HOT;
    w->item = calloc(a->problems * threads->count * variants + 1, sizeof *w->item);
    for (size_t i = 0; w->item && i < a->problems * threads->count; i++) {
        struct tern_problem p = {.threads = threads->item[i % threads->count], .regime = regime};
        tern_cli_shape("gate", a->problem[i / threads->count], &p.m, &p.k, &p.n);
        for (size_t j = 0; j < variants; j++) {
            struct worker_case *c = &w->item[w->count];
            if (!tern_variant_fits_signs(&all[j], w->fixture.machine->usable, p.m, p.k, p.n, NULL)) continue;
            *c = (struct worker_case){.variant = &all[j], .problem = p};
            snprintf(c->name, sizeof c->name, "%s/%zux%zux%zu/t:%zu/%s", all[j].name, p.m, p.k, p.n,
                     p.threads, tern_regime_name(p.regime));
            if (!tern_cli_matches(&a->filter, c->name)) continue;
            const enum tern_status s = find_params(a, c, e);
            if (s) return s;
            w->count++;
        }
    }
    return w->item ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
}

/* All proofs come before the first thread: the verifier forks. */
static enum tern_status prepare(struct worker *w, struct tern_error *e) {
    enum tern_status s = TERN_OK;
    struct tern_error unpinned;
    for (size_t i = 0; i < w->count && !s; i++) {
        const struct tern_variant *v = w->item[i].variant;
        struct tern_verdict verdict;
        if (tern_fixture_proof(&w->fixture, v)) continue;
        s = tern_fixture_prove(&w->fixture, v, &verdict, e);
        if (!s && !tern_fixture_proof(&w->fixture, v))
            s = tern_fail(e, TERN_CHECK_FAILED, "%s: %s", v->name, verdict.text);
    }
    for (size_t i = 0; i < w->count && !s; i++) {
        struct tern_team *team;
        s = tern_fixture_team(&w->fixture, w->item[i].problem.threads, &team, e);
        if (!s)
            tern_pin_team(team->pool, w->fixture.machine->cpu, &unpinned); /* unpinned is noisier, no more */
    }
    return s;
}

/* ns per call */
static double sample(struct worker *w, uint64_t calls) {
    const struct tern_alternative a = {.work = tern_trial_run, .ctx = w->trial, .calls = calls};
    return tern_sample(&a, &timing);
}

static void open_case(struct worker *w, size_t i, uint64_t calls) {
    struct tern_error e = {""};
    tern_trial_free(w->trial);
    w->trial = NULL;
    enum tern_status s = i < w->count ? TERN_OK : tern_fail(&e, TERN_BAD_INPUT, "no such case");
    if (!s)
        s = tern_fixture_trial(&w->fixture, w->item[i].variant, w->item[i].param, &w->item[i].problem,
                               &w->trial, &e);
    if (s)
        printf("fail %s\n", e.text);
    else
        printf("ns %.17g\n", sample(w, calls));
}

static void serve(struct worker *w) {
    char line[128];
    unsigned long long i, calls;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "open %llu %llu", &i, &calls) == 2 && calls)
            open_case(w, i, calls);
        else if (sscanf(line, "sample %llu", &calls) == 1 && calls && w->trial)
            printf("ns %.17g\n", sample(w, calls));
        else
            printf("fail not understood\n");
        tern_cli_flush();
    }
}

int gate_worker(const struct gate_arguments *a) {
    struct worker w = {0};
    struct tern_error e = {""};
    const struct tern_machine *machine;
    struct tern_cli_numbers threads = {NULL, 0};
    if (!tern_cli_numbers("gate", "--threads", a->threads, 1, 1024, &threads)) return 3;
    enum tern_status s = tern_machine_get(&machine, &e);
    if (!s) s = tern_fixture_open(machine, a->seed, &w.fixture, &e);
    if (!s) s = list(&w, a, &threads, &e);
    if (!s) s = prepare(&w, &e);
    if (!s) {
        tern_clock_facts();
        printf("tern-gate 1\n");
        for (size_t i = 0; i < w.count; i++) printf("case %s\n", w.item[i].name);
        printf("ready\n");
        tern_cli_flush();
        serve(&w);
    }
    tern_trial_free(w.trial);
    tern_fixture_close(&w.fixture);
    free(w.item);
    free(threads.item);
    return s ? tern_cli_fail(s, &e) : 0;
}
