/* From a list of records to what a report shows: problems with their ranked variants, ceilings, end-to-end
 * runs.
 *
 * A problem is (machine, M, K, N, threads, regime). Of several runs of one problem the newest counts. When
 * all runs are asked for, each run is a problem of its own, because different runs were not measured
 * together.
 *
 * All records of other programs (those with a `source`) are in `imported`. They also take part in problems
 * when tern measured on their machine and when they are times. When no record is tern's own, all are
 * treated as if they were. */
#ifndef TERN_REPORTS_DATA_SELECT_H
#define TERN_REPORTS_DATA_SELECT_H

#include "measure/records/record.h"
#include "reports/data/order.h"
#include "reports/data/speedup.h"

#include <stddef.h>

enum tern_rank_class {
    TERN_STANDING_BEST,      /* lowest median of the exact ternary variants that have an interval */
    TERN_STANDING_TIED,      /* its 95 % interval overlaps the best one's */
    TERN_STANDING_SLOWER,    /* it does not */
    TERN_STANDING_UNDECIDED, /* fewer than 6 samples: no interval to judge by */
    TERN_STANDING_DENSE      /* a dense baseline, never a winner */
};

struct tern_report_entry {
    const struct tern_record *record;
    enum tern_rank_class standing;
};

struct tern_report_problem {
    const struct tern_record *key;   /* a record of this problem: machine, shape, threads, regime, run */
    struct tern_report_entry *entry; /* by rising median */
    size_t count, tied;
    const struct tern_record *best;            /* NULL: only dense baselines here */
    const struct tern_record *f16, *f32, *i2s; /* the fastest of each baseline format; NULL: not measured */
};

/* One ceiling: GB/s for op "read", GMAC/s otherwise. Several measurements of one run are one ceiling. */
struct tern_report_ceiling {
    const struct tern_record *record; /* the last one */
    size_t records;
    double rate, lo,
        hi; /* of one record: median and its 95 % interval; of several: the median, the lowest and
                            the highest of their medians */
    int is_read;
};

struct tern_series_set;
struct tern_annotations;

struct tern_report_data {
    const struct tern_record *all;
    size_t all_count;
    struct tern_report_problem *problem; /* by machine, N, threads, regime, M, K */
    size_t problems;
    struct tern_report_ceiling *ceiling;
    size_t ceilings;
    const struct tern_record **e2e; /* newest of each (machine, model, op, N, threads, plan) */
    size_t e2es;
    const struct tern_record **machine; /* newest of each machine key */
    size_t machines;
    const struct tern_record **search; /* newest of each problem, in the order of the problems */
    size_t searches;
    const struct tern_record **verify; /* newest run */
    size_t verifies;
    const struct tern_record **imported; /* measured by other programs, newest of each */
    size_t imports;
    const struct tern_series_set *history; /* borrowed; NULL: none was given */
    const struct tern_annotations *notes;  /* borrowed; NULL: none */
    size_t older;                          /* sample records of older runs, left out */
    size_t repeats; /* sample records replaced by a later one of the same run, variant and parameters */
    size_t empty;   /* sample, e2e and ceiling records without a number, and samples that are rates */
    struct tern_report_entry *entries; /* storage of all problems */
};

/* Borrows `all`, which must outlive `d`. */
enum tern_status tern_report_select(const struct tern_record *all, size_t count, int all_runs,
                                    struct tern_report_data *d, struct tern_error *e);
void tern_report_data_free(struct tern_report_data *d);

/* The search of the problem of `key`, in the same run; NULL: none. */
const struct tern_record *tern_report_search_of(const struct tern_report_data *d,
                                                const struct tern_record *key);

/* "best", "not separable", ... */
const char *tern_standing_name(enum tern_rank_class s);

/* The ceilings for this problem's thread count: those of its own run, else those of the newest run on its
 * machine. Writes at most `room` pointers and returns how many. *same_run is 1 for its own run. */
size_t tern_report_ceilings_of(const struct tern_report_data *d, const struct tern_record *key,
                               const struct tern_report_ceiling **out, size_t room, int *same_run);

/* 1 when both regimes read from the same kind of memory: "wcold-capped" is the same as "wcold". */
int tern_same_memory(const char *a, const char *b);

#endif
