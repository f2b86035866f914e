/* What the winners are worth for a whole model: the time of each shape, times how often one pass calls it.
 * Decode, prefill and every thread count have sums of their own. */
#ifndef TERN_TUNER_SESSION_TOTALS_H
#define TERN_TUNER_SESSION_TOTALS_H

#include "tuner/session/tune.h"

#define TERN_MAX_TOTALS 64

/* All linear layers of one pass, in the objective's unit (ns per pass). The interval is the sum of the
 * shapes' intervals, which is wider than 95 %; NaN when a shape has none. */
struct tern_total {
    char model[96];
    size_t n, threads;
    size_t shapes, calls, missing; /* missing: shapes that were not measured, and are not in the sums */
    double median, lo, hi;
    double by_default; /* the same with the default of every shape */
    size_t rounds_min; /* the fewest rounds of a shape */
    int fastest;       /* no other thread count takes less for this n (or this one alone was tuned) */
};

struct tern_totals {
    struct tern_total item[TERN_MAX_TOTALS];
    size_t count;
};

/* Adds one outcome; those of single shapes, which belong to no model, are ignored. */
void tern_totals_add(struct tern_totals *t, const struct tern_outcome *o);
/* Marks the fastest of each model and token count among the complete ones. */
void tern_totals_end(struct tern_totals *t);

#endif
