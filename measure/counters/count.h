/* Counting: one group's events over some work, on all threads of a pool, in as many passes as its events
 * need.
 *
 * Nothing is multiplexed. Each pass repeats the work with at most TERN_PASS_EVENTS events on counters, all of
 * one back-end; a metric may join counts of several passes, because all are per call. */
#ifndef TERN_MEASURE_COUNTERS_COUNT_H
#define TERN_MEASURE_COUNTERS_COUNT_H

#include "base/pool.h"
#include "measure/counters/groups.h"
#include "measure/work.h"

#define TERN_PASS_EVENTS 4

struct tern_count_work {
    tern_work_fn work;
    void *ctx;
    uint64_t calls;              /* in each pass */
    struct tern_pool *pool;      /* whose workers do the work; NULL: the calling thread alone */
    double bytes, weights, macs; /* of one call; NaN: not known */
    double read_peak, mac_peak;  /* ceilings, bytes and multiply-adds per ns; NaN: not measured */
};

struct tern_counted_value {
    double value;  /* NaN: not counted */
    char why[256]; /* "" unless NaN */
};

struct tern_counted {
    size_t passes;
    uint64_t calls;                                       /* of each pass */
    double ns;                                            /* of one call, the mean over all passes */
    struct tern_counted_value event[TERN_GROUP_EVENTS];   /* per call, summed over the threads */
    struct tern_counted_value metric[TERN_GROUP_METRICS]; /* in the group's order */
};

/* What could not be counted says why. TERN_UNSUPPORTED, with the first reason, when no metric has a value;
 * `out` is filled then too. */
enum tern_status tern_count_group(const struct tern_counter_group *g, const struct tern_count_work *w,
                                  struct tern_counted *out, struct tern_error *e);

#endif
