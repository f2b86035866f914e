/* How many threads: of the counts that wisdom knows, which is fastest for the shapes of a model. */
#ifndef TERN_TUNER_WISDOM_THREAD_COUNTS_H
#define TERN_TUNER_WISDOM_THREAD_COUNTS_H

#include "tuner/wisdom/wisdom.h"

/* How often one pass multiplies by an m x k matrix. */
struct tern_shape_calls {
    size_t m, k, calls;
};

/* Sum of the medians of all shapes at p->threads, and the sum of their intervals, which is wider than 95 %;
 * ns. NaN when a shape is not known (lo and hi: has no interval). p tells tokens, threads and regime; the
 * entry of each shape is the one that tern_plan_for would go by. */
struct tern_pass_time {
    double median, lo, hi;
};
struct tern_pass_time tern_pass_time_of(const struct tern_wisdom *w, uint32_t usable,
                                        const struct tern_shape_calls *shape, size_t shapes,
                                        const struct tern_problem *p);

/* The thread count for a pass of p->n tokens, at most p->threads, which is the count without wisdom. It is
 * the count with the least sum of medians, provided that all shapes are known with both counts and that the
 * intervals of the two sums do not overlap. Otherwise it is p->threads. */
size_t tern_threads_for(const struct tern_wisdom *w, uint32_t usable, const struct tern_shape_calls *shape,
                        size_t shapes, const struct tern_problem *p);

#endif
