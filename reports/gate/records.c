/* The gate without programs: what the history knows. */
#include "reports/compare/compare.h"
#include "reports/gate/gate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void judge(struct tern_gate_row *g, const struct tern_compare_row *r, double threshold) {
    g->seen = (struct tern_location){log(r->ratio), log(r->lo), log(r->hi), r->p_adjusted,
                                     r->n_a < r->n_b ? r->n_a : r->n_b};
    g->floor = log1p(r->floor);
    const double limit = log1p(threshold);
    if (r->verdict == TERN_COMPARE_SLOWER && g->seen.centre > limit) {
        g->verdict = r->method == TERN_COMPARE_RUNS ? TERN_GATE_REGRESSION : TERN_GATE_CANNOT_TELL;
        if (g->verdict == TERN_GATE_CANNOT_TELL)
            snprintf(g->why, sizeof g->why, "slower in fewer than five runs of each side: measure again");
    } else if (r->verdict == TERN_COMPARE_FASTER) {
        g->verdict = TERN_GATE_FASTER;
    } else if (isfinite(g->seen.hi) && g->seen.hi <= fmax(limit, g->floor)) {
        g->verdict = TERN_GATE_OK;
    } else {
        g->verdict = TERN_GATE_CANNOT_TELL;
        snprintf(g->why, sizeof g->why, "the interval holds the threshold: too noisy, or too few runs");
    }
}

enum tern_status tern_gate_from_records(const struct tern_record *base, size_t n_base,
                                        const struct tern_record *candidate, size_t n_candidate,
                                        double threshold, uint64_t seed, struct tern_gate *out,
                                        struct tern_error *e) {
    const struct tern_compare_options o = {.threshold = threshold, .floor = NAN, .seed = seed};
    struct tern_compare c;
    *out = (struct tern_gate){.mode = TERN_GATE_HISTORY, .threshold = threshold, .seed = seed};
    enum tern_status s = tern_compare_records(base, n_base, candidate, n_candidate, &o, &c, e);
    if (s) return s;
    if (c.machines_differ) s = tern_fail(e, TERN_INCONCLUSIVE, "gate: the records are of different machines");
    for (size_t i = 0; i < c.rows && !s; i++) {
        char name[512];
        tern_compare_row_name(&c.row[i], &o, name, sizeof name);
        struct tern_gate_row *r = tern_gate_add_row(out, name, 0);
        if (r)
            judge(r, &c.row[i], threshold);
        else
            s = tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
    }
    tern_compare_free(&c);
    if (s) tern_gate_free(out);
    return s;
}
