/* Which variants a gate looks at, and the work whose instructions are counted. */
#define _GNU_SOURCE
#include "cli/gate/gate.h"

#include "base/file.h"
#include "measure/machine/machine.h"
#include "tuner/trial/fixture.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 6000000u
/* Multiply-adds of one call that single steps can follow in seconds. */
enum { STEP_MACS_SCALAR = 50000, STEP_MACS = 500000, MAX_CASES = 256, CALLS = 4 };

struct cases {
    const struct tern_variant *variant[MAX_CASES];
    size_t m[MAX_CASES], k[MAX_CASES], n[MAX_CASES];
    size_t count;
};

static const char *level_of(const struct tern_variant *v) {
    const char *mark = strstr(v->name, "__");
    return mark ? mark + 2 : "scalar";
}

const struct tern_cli_filter *gate_base_filter(const struct gate_arguments *a) {
    return a->base_filter.text ? &a->base_filter : &a->filter;
}

static enum tern_status prepare(const struct gate_arguments *a, struct tern_fixture *fixture,
                                struct tern_trial **trial, struct tern_error *e) {
    const struct tern_machine *machine;
    const struct tern_variant *v = a->variant ? tern_variant_named(a->variant) : NULL;
    struct tern_problem p = {.threads = 1, .regime = TERN_HOT};
    struct tern_verdict verdict;
    struct tern_team *team;
    if (!v)
        return tern_fail(e, TERN_BAD_INPUT, "gate: --variant: '%s' is not a variant",
                         a->variant ? a->variant : "");
    int param[TERN_MAX_PARAMS];
    enum tern_status s = tern_variant_params_parse(v, a->params ? a->params : "-", param, e);
    if (s) return s;
    if (a->given.count != 1 || !tern_cli_shape("gate", a->problem[0], &p.m, &p.k, &p.n))
        return tern_fail(e, TERN_BAD_INPUT, "gate: --count-calls: needs one --problem");
    s = tern_machine_get(&machine, e);
    if (!s) s = tern_fixture_open(machine, a->seed, fixture, e);
    if (!s) s = tern_fixture_prove(fixture, v, &verdict, e);
    if (!s && !tern_fixture_proof(fixture, v))
        s = tern_fail(e, TERN_CHECK_FAILED, "%s: %s", v->name, verdict.text);
    if (!s) s = tern_fixture_team(fixture, 1, &team, e);
    if (!s) s = tern_test_weights_shape(fixture->test_weights, p.m, p.k, team->pool, e);
    if (!s)
        s = tern_trial_new(tern_fixture_proof(fixture, v), param, &p, fixture->test_weights, team->pool,
                           machine->usable, 0, trial, e);
    return s;
}

int gate_count_calls(const struct gate_arguments *a) {
    struct tern_fixture fixture = {0};
    struct tern_trial *trial = NULL;
    struct tern_error e = {""};
    const int mark = getenv("TERN_GATE_MARK") != NULL;
    const enum tern_status s = prepare(a, &fixture, &trial, &e);
    if (!s) {
        if (mark) raise(SIGUSR2);
        tern_trial_run(trial, a->calls);
        if (mark) raise(SIGUSR2);
    }
    tern_trial_free(trial);
    tern_fixture_close(&fixture);
    return s ? tern_cli_fail(s, &e) : 0;
}

static enum tern_status list(const struct gate_arguments *a, const struct tern_cli_filter *filter,
                             struct cases *out, struct tern_error *e) {
    const struct tern_machine *machine;
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    const enum tern_status s = tern_machine_get(&machine, e);
    if (s) return s;
    for (size_t i = 0; i < a->problems; i++) {
        size_t m, k, n;
        if (!tern_cli_shape("gate", a->problem[i], &m, &k, &n)) continue;
        for (size_t j = 0; j < count && out->count < MAX_CASES; j++) {
            char name[320];
            snprintf(name, sizeof name, "%s/%zux%zux%zu/t:1/%s", all[j].name, m, k, n, a->regime);
            if (!tern_variant_fits_signs(&all[j], machine->usable, m, k, n, NULL) ||
                !tern_cli_matches(filter, name))
                continue;
            out->variant[out->count] = &all[j];
            out->m[out->count] = m, out->k[out->count] = k, out->n[out->count] = n;
            out->count++;
        }
    }
    return out->count ? TERN_OK : tern_fail(e, TERN_BAD_INPUT, "gate: no case matches %s", filter->text);
}

/* Fewer rows where single steps would take too long; the same for both builds. */
static size_t rows_for_steps(const struct tern_variant *v, size_t m, size_t k, size_t n) {
    const size_t most = strcmp(level_of(v), "scalar") ? STEP_MACS : STEP_MACS_SCALAR;
    size_t rows = m;
    while (rows > 2 * v->row_step && rows * k * n > most) rows /= 2;
    rows -= rows % v->row_step;
    return rows ? rows : m;
}

static enum tern_count_method choose(const char *isa, enum tern_count_method wanted, struct tern_error *e) {
    char why[200], all[480] = "";
    for (int m = TERN_COUNT_COUNTER; m <= TERN_COUNT_STEP; m++) {
        if (wanted != TERN_COUNT_AUTO && (int)wanted != m) continue;
        if (tern_count_possible((enum tern_count_method)m, isa, why, sizeof why))
            return (enum tern_count_method)m;
        const size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s: %s", used ? "; " : "",
                 tern_count_method_text((enum tern_count_method)m), why);
    }
    tern_fail(e, TERN_UNSUPPORTED, "gate: instructions cannot be counted here: %s", all);
    return TERN_COUNT_AUTO;
}

static enum tern_status count_case(const struct gate_arguments *a, const struct cases *base,
                                   const struct cases *candidate, size_t i, enum tern_count_method m,
                                   struct tern_gate *out, struct tern_error *e) {
    char problem[64], name[320];
    const struct tern_variant *v = candidate->variant[i];
    size_t rows = candidate->m[i];
    if (m == TERN_COUNT_STEP) rows = rows_for_steps(v, rows, candidate->k[i], candidate->n[i]);
    snprintf(problem, sizeof problem, "%zux%zux%zu", rows, candidate->k[i], candidate->n[i]);
    snprintf(name, sizeof name, "%s/%s", v->name, problem);
    struct tern_gate_row *r = tern_gate_add_row(out, name, 2);
    if (!r) return tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
    enum tern_status s = TERN_OK;
    for (int side = 0; side < 2 && !s; side++) {
        const struct tern_count_job job = {.program = side ? a->program : a->base_program,
                                           .variant = (side ? candidate : base)->variant[i]->name,
                                           .problem = problem,
                                           .isa = level_of(v),
                                           .calls = m == TERN_COUNT_STEP ? 1 : CALLS,
                                           .steps_max = STEPS_MAX};
        s = tern_count_instructions(&job, m, side ? &r->candidate[0] : &r->base[0], e);
        out->processes++;
    }
    if (s) return s;
    r->values = r->screened = 1;
    r->seen.n = 1;
    r->seen.centre = log(r->candidate[0] / r->base[0]);
    const double limit = log1p(a->threshold);
    r->verdict = r->seen.centre > limit    ? TERN_GATE_REGRESSION
                 : r->seen.centre < -limit ? TERN_GATE_FASTER
                                           : TERN_GATE_OK;
    return TERN_OK;
}

enum tern_status gate_by_proxy(const struct gate_arguments *a, struct tern_gate *out, struct tern_error *e) {
    static struct cases base, candidate; /* zeroed below; too large for a small stack */
    enum tern_count_method wanted, m = TERN_COUNT_AUTO;
    base.count = candidate.count = 0;
    *out = (struct tern_gate){.mode = TERN_GATE_PROXY, .threshold = a->threshold, .seed = a->seed};
    enum tern_status s = tern_count_method_named(a->proxy, &wanted, e);
    if (!s) s = list(a, gate_base_filter(a), &base, e);
    if (!s) s = list(a, &a->filter, &candidate, e);
    if (!s && base.count != candidate.count)
        s = tern_fail(e, TERN_BAD_INPUT,
                      "gate: --baseline-filter matches %zu cases and --filter %zu; they must be equal",
                      base.count, candidate.count);
    for (size_t i = 0; i < candidate.count && !s; i++) {
        const enum tern_count_method chosen = choose(level_of(candidate.variant[i]), wanted, e);
        if (!chosen) s = TERN_UNSUPPORTED;
        if (chosen > m) m = chosen; /* one word for all rows: the weakest way that was needed */
    }
    for (size_t i = 0; i < candidate.count && !s; i++) s = count_case(a, &base, &candidate, i, m, out, e);
    out->how = tern_count_method_text(m);
    if (s) tern_gate_free(out);
    return s;
}
