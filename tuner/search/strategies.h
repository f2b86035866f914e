/* Search strategies: which of many candidates is fastest, found with as few samples as honesty allows.
 *
 * A strategy sees numbers only: it asks for rounds and gets costs (nanoseconds, or what the objective makes
 * of them). Therefore tests give it a table of invented costs, and it can be replayed from a journal or from
 * a recorded table. The final at the end is the full paired protocol with an A/A control; only it decides a
 * winner. Sources: successive halving (Jamieson, Talwalkar 2016), the 1.25x rule of Highway's auto-tuner,
 * nanobench's paired comparison; local search with restarts and evolution as Kernel Tuner has them. */
#ifndef TERN_TUNER_SEARCH_STRATEGIES_H
#define TERN_TUNER_SEARCH_STRATEGIES_H

#include "base/status.h"
#include "measure/statistics.h"
#include "tuner/search/guide.h"
#include "tuner/wisdom/effort.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_SEARCH_DIMS 7

/* Where a candidate stands. Candidates of one group (a variant) are one after the other. */
struct tern_candidate_point {
    uint32_t group;
    unsigned char dims, seed; /* seed: measured before the others of its group */
    unsigned char
        at[TERN_SEARCH_DIMS]; /* place of each parameter's value in its list, ascending in meaning */
    unsigned char bears[TERN_SEARCH_DIMS]; /* enum tern_bears */
};

/* What a strategy works on. Candidates are numbers below `count`. */
struct tern_search {
    size_t count;
    size_t fallback;     /* the default candidate: never dropped before it has been measured */
    const double *guess; /* rough cost per candidate, NaN where unknown; may be NULL */
    const double *least; /* no candidate can cost less than this; may be NULL */
    const struct tern_candidate_point *place; /* NULL: every candidate is a group of its own, and a seed */
    const struct tern_effort *effort;
    uint64_t seed;
    size_t samples_max; /* 0: the strategy's own limit */
    /* Measures round `number` over which[0..n) into cost[0..n); NaN where a candidate cannot be measured.
     * Returns 0 when interrupted: nothing was measured then. */
    int (*round)(void *ctx, size_t number, const size_t *which, size_t n, double *cost);
    /* 0: the budget is spent, do not begin round `number`. */
    int (*go)(void *ctx, size_t number);
    /* What bounds a candidate of this cost; may be NULL. */
    enum tern_bound (*bound)(void *ctx, size_t candidate, double cost);
    /* Told after every round which candidate the strategy would name now, SIZE_MAX: none; may be NULL. */
    void (*answer)(void *ctx, size_t candidate);
    void *ctx;
};

struct tern_found {
    size_t count;
    struct tern_estimate *estimate; /* per candidate; n == 0: never measured */
    const char **dropped;           /* why it is out, static text; NULL: stayed to the end */
    size_t *order; /* all measured candidates, best first: survivors, then the dropped, by least cost */
    size_t ordered, survivors, rounds, samples;
    size_t spared;   /* never measured, because of what bounds their neighbours (guide.h) */
    int complete;    /* the strategy ended by itself */
    int interrupted; /* a round was interrupted */
};

struct tern_strategy {
    const char *name, *title;
    enum tern_status (*run)(const struct tern_search *s, struct tern_found *out, struct tern_error *e);
};

/* All strategies; the first is the default. */
const struct tern_strategy *tern_strategies(size_t *count);
const struct tern_strategy *tern_strategy_named(const char *name);
void tern_found_free(struct tern_found *f);

#endif
