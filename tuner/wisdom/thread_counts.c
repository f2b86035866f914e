#include "tuner/wisdom/thread_counts.h"

#include <math.h>

struct tern_pass_time tern_pass_time_of(const struct tern_wisdom *w, uint32_t usable,
                                        const struct tern_shape_calls *shape, size_t shapes,
                                        const struct tern_problem *p) {
    struct tern_pass_time sum = {0, 0, 0};
    if (!shapes) sum.median = sum.lo = sum.hi = NAN;
    for (size_t i = 0; i < shapes; i++) {
        struct tern_problem q = *p;
        q.m = shape[i].m, q.k = shape[i].k;
        const struct tern_wisdom_entry *en = tern_wisdom_nearest(w, usable, &q, NULL);
        if (en && en->lent) en = NULL; /* its time is not one of these threads */
        const double calls = (double)shape[i].calls, per = en ? calls / (double)en->problem.n : NAN;
        sum.median += en ? per * en->median_ns : NAN;
        sum.lo += en ? per * en->ci_lo_ns : NAN;
        sum.hi += en ? per * en->ci_hi_ns : NAN;
    }
    return sum;
}

size_t tern_threads_for(const struct tern_wisdom *w, uint32_t usable, const struct tern_shape_calls *shape,
                        size_t shapes, const struct tern_problem *p) {
    const struct tern_pass_time own = tern_pass_time_of(w, usable, shape, shapes, p);
    double least = own.median;
    size_t best = p->threads;
    for (size_t i = 0; w && !isnan(own.lo) && i < w->count; i++) {
        struct tern_problem q = *p;
        q.threads = w->entry[i].problem.threads;
        if (q.threads >= p->threads || q.threads == best) continue;
        const struct tern_pass_time t = tern_pass_time_of(w, usable, shape, shapes, &q);
        if (t.median < least && t.hi < own.lo) best = q.threads, least = t.median;
    }
    return best;
}
