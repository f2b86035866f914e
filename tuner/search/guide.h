/* What bounds a candidate, and which parameters are therefore not worth turning (profile-guided pruning).
 *
 * A candidate that waits for memory gains nothing from unrolling; one that is busy computing gains nothing
 * from prefetching. With a PMU the counters tell, without one the shares of two measured ceilings: read
 * bandwidth and integer multiply-adds. Cycles and instructions are all that a PMU must count: how busy the core
 * is. What it reads from memory is known without counting, since every weight of a cold problem comes from there and
 * none of a hot one; where misses are counted too, they tell. In doubt the answer is "unknown", and nothing is
 * pruned. Source of the idea: the profile-based searcher of KTT; of the rule: the roofline model (Williams,
 * Waterman, Patterson, 2009). */
#ifndef TERN_TUNER_SEARCH_GUIDE_H
#define TERN_TUNER_SEARCH_GUIDE_H

#include "measure/counters/count.h"

enum tern_bound { TERN_BOUND_UNKNOWN, TERN_BOUND_MEMORY, TERN_BOUND_COMPUTE };
/* "unknown", "memory", "compute" */
const char *tern_bound_name(enum tern_bound b);

/* What a run-time parameter bears on, by its name in the registry. */
enum tern_bears { TERN_BEARS_BOTH, TERN_BEARS_MEMORY, TERN_BEARS_COMPUTE };
enum tern_bears tern_param_bears(const char *name);

/* What one call counts, on all its threads together; NaN: not counted. */
struct tern_guide_counts {
    double cycles, instructions, llc_misses;
};
extern const struct tern_guide_counts tern_guide_nothing; /* all NaN */

/* Takes them from a count of the group "guide". */
struct tern_guide_counts tern_guide_take(const struct tern_counter_group *g,
                                         const struct tern_counted *counted);

/* Measured facts of one candidate; NaN: not known. */
struct tern_guide_facts {
    double of_read, of_int8; /* shares of the ceilings, 0..1 */
    double ipc;              /* counted instructions per cycle */
    double peak_ipc;         /* those of the loop that measures the multiply-add peak, which never waits */
    double missed;           /* share of the read bandwidth that counted last-level misses fill */
    int hot;                 /* the weights stay in a cache of the core */
};

/* The share of a read bandwidth (bytes per ns) that so many last-level misses in so many ns fill. */
double tern_guide_missed(double llc_misses, double ns, double read_gbps);

/* Counters decide when instructions per cycle are known, and what is read from memory; else the shares do. *why (may
 * be NULL) gets static text: which rule spoke. */
enum tern_bound tern_bound_of(const struct tern_guide_facts *f, const char **why);

/* 1 when a candidate that is bound so has nothing to gain from the parameter. */
int tern_guide_skips(enum tern_bound b, enum tern_bears p);

#endif
