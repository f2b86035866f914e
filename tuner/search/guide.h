/* What bounds a candidate, and which parameters are therefore not worth turning (profile-guided pruning).
 *
 * A candidate that waits for memory gains nothing from unrolling; one that is busy computing gains nothing
 * from prefetching. With a PMU the counters tell, without one the shares of two measured ceilings: read
 * bandwidth and integer multiply-adds. In doubt the answer is "unknown", and nothing is pruned. Source of the
 * idea: the profile-based searcher of KTT; of the rule: the roofline model (Williams, Waterman, Patterson,
 * 2009). */
#ifndef TERN_TUNER_SEARCH_GUIDE_H
#define TERN_TUNER_SEARCH_GUIDE_H

#include "measure/counters/count.h"

enum tern_bound { TERN_BOUND_UNKNOWN, TERN_BOUND_MEMORY, TERN_BOUND_COMPUTE };
/* "unknown", "memory", "compute" */
const char *tern_bound_name(enum tern_bound b);

/* What a run-time parameter bears on, by its name in the registry. */
enum tern_bears { TERN_BEARS_BOTH, TERN_BEARS_MEMORY, TERN_BEARS_COMPUTE };
enum tern_bears tern_param_bears(const char *name);

/* Measured facts of one candidate; NaN: not known. */
struct tern_guide_facts {
    double of_read, of_int8;                 /* shares of the ceilings, 0..1 */
    double cycles, instructions, llc_misses; /* per call, from counters */
    double ns;                               /* per call */
    double read_gbps;                        /* ceiling */
};

/* Takes cycles, instructions and misses from a count of the group "guide"; what was not counted is NaN. */
void tern_guide_take(struct tern_guide_facts *f, const struct tern_counter_group *g,
                     const struct tern_counted *counted);

/* Counters decide when cycles, instructions and misses are all known, else the shares. *why (may be NULL)
 * gets static text: which rule spoke. */
enum tern_bound tern_bound_of(const struct tern_guide_facts *f, const char **why);

/* 1 when a candidate that is bound so has nothing to gain from the parameter. */
int tern_guide_skips(enum tern_bound b, enum tern_bears p);

#endif
