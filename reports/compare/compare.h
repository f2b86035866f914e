/* Comparison of two sets of records, row by row, with a verdict that has two keys: a difference counts when
 * it is significant and larger than the floor, the differences that the same thing shows against itself.
 *
 * Every ratio is a time: B over A, below 1 means that B is faster. A unit per second is turned round. */
#ifndef TERN_REPORTS_COMPARE_COMPARE_H
#define TERN_REPORTS_COMPARE_COMPARE_H

#include "measure/records/record.h"
#include "reports/data/text.h"

#include <stddef.h>
#include <stdint.h>

enum tern_compare_method {
    TERN_COMPARE_NONE,    /* no numbers to judge by */
    TERN_COMPARE_PAIRED,  /* rounds of the same run: median of the ratios, sign-test interval and p */
    TERN_COMPARE_RUNS,    /* five runs or more of each: medians of runs, bootstrap interval, Mann-Whitney p */
    TERN_COMPARE_SAMPLES, /* raw samples of fewer runs: the same, blind for what differs from run to run */
    TERN_COMPARE_SUMMARY  /* medians with intervals only: normal approximation of the logarithms */
};

enum tern_compare_verdict {
    TERN_COMPARE_FASTER,
    TERN_COMPARE_SLOWER,
    TERN_COMPARE_SAME,       /* the whole interval is within the limit */
    TERN_COMPARE_CANNOT_TELL /* neither */
};

struct tern_compare_options {
    double threshold; /* smallest difference of interest, as a share; 0: 0.01 */
    double floor;     /* as a share; NaN: found in the records */
    double alpha;     /* of the adjusted p; 0: 0.05 */
    size_t resamples; /* of the bootstrap; 0: 2000 */
    uint64_t seed;
    int across_variants; /* A and B are variants: rows are problems */
    int best;            /* rows are problems, each side has its fastest variant there */
};

struct tern_compare_row {
    const struct tern_record *a, *b; /* the newest of each side, borrowed */
    size_t runs_a, runs_b, n_a, n_b; /* runs, and values that the method used */
    double median_a, median_b;       /* in the records' unit */
    enum tern_compare_method method;
    double ratio, lo, hi; /* time of B over A, 95 %; NaN: not known */
    double p, p_adjusted; /* two-sided; adjusted over all rows; NaN: not known */
    double superiority;   /* P(a sample of A takes longer than one of B); NaN when paired or not known */
    double floor;         /* that this row was held against */
    enum tern_compare_verdict verdict;
};

struct tern_compare {
    struct tern_compare_row *row;
    size_t rows, only_a, only_b; /* things that one side alone has */
    size_t count[4];             /* rows by verdict */
    double mean, lo, hi;         /* geometric mean of the ratios, 95 % for these very rows */
    size_t in_mean;
    double floor;        /* found by A/A over the records; NaN: none found */
    size_t floor_pairs;  /* A/A pairs of runs it was found from */
    int machines_differ; /* the sets have no machine in common: rows were matched without it */
};

/* Borrows the records. TERN_INCONCLUSIVE when the sets have no row in common. */
enum tern_status tern_compare_records(const struct tern_record *a, size_t n_a, const struct tern_record *b,
                                      size_t n_b, const struct tern_compare_options *o,
                                      struct tern_compare *out, struct tern_error *e);
void tern_compare_free(struct tern_compare *c);

/* The name of a row: "gemv_p64_... gemv 6912x2560x1 t1 wcold". */
void tern_compare_row_name(const struct tern_compare_row *r, const struct tern_compare_options *o, char *out,
                           size_t out_bytes);
/* `name_a`, `name_b`: what the sides are called. */
void tern_compare_text(const struct tern_compare *c, const struct tern_compare_options *o, const char *name_a,
                       const char *name_b, struct tern_text *t);
void tern_compare_markdown(const struct tern_compare *c, const struct tern_compare_options *o,
                           const char *name_a, const char *name_b, struct tern_text *t);
void tern_compare_csv(const struct tern_compare *c, const struct tern_compare_options *o,
                      struct tern_text *t);
void tern_compare_json(const struct tern_compare *c, const struct tern_compare_options *o, const char *name_a,
                       const char *name_b, struct tern_text *t);

#endif
