/* Runs with the clocks of the operations on: where the time of a token goes, and whether the linear layers take
 * what the tuner promised. */
#include "harness/timing/e2e_internal.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RUNS      3 /* where there is a prediction to compare with */
#define RUNS_MOST 32

static void predict(const struct tern_e2e_bench *b, size_t test, struct tern_e2e_row *row) {
    row->predicted = tern_engine_predicted(b->en, row->decode ? 1 : tern_e2e_tokens(b, test), &row->tuned_n);
    if (isnan(row->predicted))
        snprintf(row->why_no_prediction, sizeof row->why_no_prediction,
                 "wisdom does not know every linear layer with %zu thread%s", row->threads,
                 row->threads == 1 ? "" : "s");
}

enum tern_status tern_e2e_take_apart(struct tern_e2e_bench *b, size_t test,
                                     enum tern_status (*once)(const struct tern_e2e_bench *b, size_t test,
                                                              struct tern_error *e),
                                     struct tern_e2e_row *row, struct tern_error *e) {
    double spent[TERN_OPERATIONS], linear[RUNS_MOST], waited[RUNS_MOST];
    enum tern_status s = TERN_OK;
    predict(b, test, row);
    const size_t wanted = b->o->linear_runs ? tern_min(b->o->linear_runs, RUNS_MOST) : RUNS;
    const size_t runs = !isnan(row->predicted) ? wanted : b->o->breakdown ? 1 : 0;
    for (size_t r = 0; s == TERN_OK && r < runs; r++) {
        tern_engine_profile(b->en, 1);
        s = once(b, test, e);
        tern_engine_spent(b->en, spent);
        tern_engine_profile(b->en, 0);
        for (size_t o = 0; o < TERN_OPERATIONS; o++) spent[o] /= (double)tern_e2e_tokens(b, test);
        linear[r] = tern_spent_linear(spent);
        waited[r] = spent[TERN_SPENT_WAIT] / linear[r];
        if (r || !b->o->breakdown) continue;
        memcpy(row->spent, spent, sizeof spent);
        row->has_breakdown = 1;
    }
    if (s != TERN_OK || !runs) return s;
    row->linear = tern_estimate_of(linear, runs);
    row->linear_waited = tern_estimate_of(waited, runs).median;
    return TERN_OK;
}

double tern_e2e_over_predicted(const struct tern_e2e_row *r) {
    return r->linear.n ? r->linear.median / r->predicted : NAN;
}

int tern_e2e_why_off(const struct tern_e2e_row *r, char *out, size_t bytes) {
    const double over = tern_e2e_over_predicted(r);
    const size_t n = r->decode ? 1 : r->tokens;
    if (!(fabs(over - 1) > TERN_E2E_TOLERANCE)) return 0;
    const char *why = over < 1 ? "the machine was busier when it was tuned"
                               : "the machine is busier now than when it was tuned";
    if (over > 1 && r->linear_waited > TERN_E2E_TOLERANCE)
        why = "threads waited for each other: something else runs on these processors";
    else if (n < r->tuned_n / 2)
        why = "the tuner timed more tokens at once";
    snprintf(out, bytes, "%s, %zu thread%s: the linear layers take %.2f times what the tuner measured (%s)",
             r->test, r->threads, r->threads == 1 ? "" : "s", over, why);
    return 1;
}
