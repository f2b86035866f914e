/* How many instructions a winner executes, found without a hardware counter: two small problems are run and
 * counted in the way of `tern gate --proxy`. They differ only in their number of rows. So the difference of the
 * two counts belongs to the loops alone. What is left happens once per call: quantised activations, tables. */
#include "cli/wisdom/wisdom.h"

#include "cli/files.h"

#include "base/memory.h"
#include "reports/gate/count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 3000000u
#define TOKENS    12

/* Rows of the smaller problem: four panels, as many as any variant walks together. */
static int small_problem(const struct tern_wisdom_entry *en, const struct tern_variant *v,
                         struct tern_steps *out) {
    const size_t k = v->isa ? 1024 : 256, step = tern_common_multiple(v->k_step, 64);
    out->n = tern_max(v->n_min, tern_min(en->problem.n, TOKENS));
    out->k = en->problem.k < k ? en->problem.k : k / step * step;
    if (!out->k) out->k = step;
    const size_t panel = tern_common_multiple(v->row_step, v->format->row_step(en->problem.m, out->k));
    out->rows[0] = (v->isa ? 4 : 1) * tern_max(panel, 8);
    out->rows[1] = 2 * out->rows[0];
    return tern_variant_fits_signs(v, v->isa, out->rows[0], out->k, out->n, NULL) &&
           tern_variant_fits_signs(v, v->isa, out->rows[1], out->k, out->n, NULL);
}

static enum tern_count_method method_here(const char *isa, char *why, size_t why_bytes) {
    static const enum tern_count_method all[] = {TERN_COUNT_COUNTER, TERN_COUNT_STEP, TERN_COUNT_VALGRIND};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (tern_count_possible(all[i], isa, why, why_bytes)) return all[i];
    return TERN_COUNT_AUTO;
}

/* Counts both problems. 0: out->why says what went wrong. */
static int count_both(const struct tern_wisdom_entry *en, const char *program, const char *isa,
                      enum tern_count_method m, struct tern_steps *out, double count[2]) {
    char params[160];
    tern_variant_params_text(tern_variant_named(en->variant), en->param, params, sizeof params);
    for (int i = 0; i < 2; i++) {
        char problem[64];
        struct tern_error e = {""};
        snprintf(problem, sizeof problem, "%zux%zux%zu", out->rows[i], out->k, out->n);
        const struct tern_count_job job = {.program = program,
                                           .variant = en->variant,
                                           .params = params,
                                           .problem = problem,
                                           .isa = isa,
                                           .calls = 1,
                                           .steps_max = STEPS_MAX};
        if (!tern_count_instructions(&job, m, &count[i], &e)) continue;
        snprintf(out->why, sizeof out->why, "%.255s", e.text);
        return 0;
    }
    return 1;
}

int tern_wisdom_steps(const struct tern_wisdom_entry *en, struct tern_steps *out) {
    const struct tern_variant *v = tern_variant_named(en->variant);
    const char *mark = v ? strstr(v->name, "__") : NULL, *isa = mark ? mark + 2 : "scalar";
    double count[2];
    *out = (struct tern_steps){.how = ""};
    snprintf(out->why, sizeof out->why, "no small problem of its kind fits this variant");
    if (!v || !small_problem(en, v, out)) return 0;
    const enum tern_count_method m = method_here(isa, out->why, sizeof out->why);
    if (m == TERN_COUNT_AUTO) return 0;
    char *program = tern_cli_program();
    if (!program) snprintf(out->why, sizeof out->why, "this program's path is not known");
    const int counted = program && count_both(en, program, isa, m, out, count);
    free(program);
    if (!counted) return 0;
    const double macs = (double)(out->rows[1] - out->rows[0]) * (double)out->k * (double)out->n;
    out->how = m == TERN_COUNT_STEP ? "single-stepped" : tern_count_method_text(m);
    out->per_thousand = 1000 * (count[1] - count[0]) / macs;
    out->per_call = 2 * count[0] - count[1];
    out->why[0] = 0;
    return 1;
}
