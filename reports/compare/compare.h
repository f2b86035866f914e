/* Comparison of two sets of records, row by row. A difference counts when two things hold: it is significant,
 * and it is larger than the floor. The floor is the difference that one thing shows against itself (A/A).
 *
 * Every ratio is a ratio of times, B over A: below 1, B is faster. Rates are turned into times first. */
#ifndef TERN_REPORTS_COMPARE_COMPARE_H
#define TERN_REPORTS_COMPARE_COMPARE_H

#include "measure/records/record.h"
#include "reports/data/text.h"

#include <stddef.h>
#include <stdint.h>

enum tern_compare_method {
    TERN_COMPARE_NONE,    /* no numbers to judge by */
    TERN_COMPARE_PAIRED,  /* rounds of one run: median of the ratios, interval and p of the sign test */
    TERN_COMPARE_RUNS,    /* five runs or more of each: medians of runs, bootstrap interval, Mann-Whitney p */
    TERN_COMPARE_SAMPLES, /* fewer runs: the same with raw samples; does not see what differs between runs */
    TERN_COMPARE_SUMMARY  /* only medians and intervals: normal approximation of the logarithms */
};

enum tern_compare_verdict {
    TERN_COMPARE_FASTER,
    TERN_COMPARE_SLOWER,
    TERN_COMPARE_SAME,       /* the whole interval is within the threshold */
    TERN_COMPARE_CANNOT_TELL /* none of these */
};

/* Where the floor of a row comes from. */
enum tern_compare_floor {
    TERN_FLOOR_GIVEN,  /* by the options */
    TERN_FLOOR_ROUNDS, /* A/A in the same rounds */
    TERN_FLOOR_RUNS,   /* pairs of runs of the same thing, or A/A in the rounds where that is larger */
    TERN_FLOOR_ASSUMED /* nothing was measured that holds from run to run: TERN_FLOOR_UNKNOWN, or more */
};

struct tern_compare_options {
    double threshold; /* smallest difference of interest, as a share; 0: 0.01 */
    double floor;     /* as a share; NaN: taken from the records */
    double alpha;     /* the largest adjusted p that counts; 0: 0.05 */
    size_t resamples; /* of the bootstrap; 0: 2000 */
    uint64_t seed;
    int across_variants; /* A and B are two variants, and a row is a problem */
    int best;            /* a row is a problem, and each side has its fastest variant there */
};

struct tern_compare_row {
    const struct tern_record *a, *b; /* the newest record of each side, borrowed */
    size_t runs_a, runs_b, n_a, n_b; /* runs; values that the method used */
    double median_a, median_b;       /* in the records' unit */
    enum tern_compare_method method;
    double ratio, lo, hi; /* time of B over A, 95 %; NaN: not known */
    double p, p_adjusted; /* two-sided; adjusted over all rows; NaN: not known */
    double superiority;   /* P(a sample of A takes longer than one of B); NaN when paired or not known */
    double floor;         /* what the difference was compared with */
    enum tern_compare_floor floor_from;
    enum tern_compare_verdict verdict;
};

struct tern_compare {
    struct tern_compare_row *row;
    size_t rows, only_a, only_b; /* only_a, only_b: what the other side does not have */
    size_t count[4];             /* rows by verdict */
    double mean, lo, hi;         /* geometric mean of the ratios, with its 95 % interval for these rows */
    size_t in_mean;              /* rows that the mean is of */
    double floor;                /* A/A difference in the records; NaN: they have no A/A pair */
    size_t floor_pairs;          /* pairs of runs that the floor comes from */
    int machines_differ;         /* the sets have no machine in common: rows were matched without it */
};

/* Borrows the records. TERN_INCONCLUSIVE when the sets have no row in common. */
enum tern_status tern_compare_records(const struct tern_record *a, size_t n_a, const struct tern_record *b,
                                      size_t n_b, const struct tern_compare_options *o,
                                      struct tern_compare *out, struct tern_error *e);
void tern_compare_free(struct tern_compare *c);

/* The name of a row: "gemv_p64_... gemv 6912x2560x1 t1 wcold". */
void tern_compare_row_name(const struct tern_compare_row *r, const struct tern_compare_options *o, char *out,
                           size_t out_bytes);
/* `name_a` and `name_b` are the names of the two sides. */
void tern_compare_text(const struct tern_compare *c, const struct tern_compare_options *o, const char *name_a,
                       const char *name_b, struct tern_text *t);
void tern_compare_markdown(const struct tern_compare *c, const struct tern_compare_options *o,
                           const char *name_a, const char *name_b, struct tern_text *t);
void tern_compare_csv(const struct tern_compare *c, const struct tern_compare_options *o,
                      struct tern_text *t);
void tern_compare_json(const struct tern_compare *c, const struct tern_compare_options *o, const char *name_a,
                       const char *name_b, struct tern_text *t);

#endif
