/* The paired sampler: how long several alternatives take, and how they compare, on a machine that drifts.
 *
 * One iteration count serves all alternatives of a comparison; rounds visit them in a random cyclic
 * Latin-square order (ABBA for two); each round gives ln(t_i / t_0); the estimate is the median of those with
 * the exact, distribution-free sign-test interval. Source of the method: nanobench's compare(), checkasm's
 * statistics. */
#ifndef TERN_MEASURE_SAMPLING_SAMPLER_H
#define TERN_MEASURE_SAMPLING_SAMPLER_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Does the work `calls` times back to back. Its result must be consumed by the implementer. */
typedef void (*tern_work_fn)(void *ctx, uint64_t calls);

struct tern_alternative {
    const char *name;
    tern_work_fn work;
    void *ctx;
};

struct tern_sampler_options {
    uint64_t seed;            /* of the order of rounds */
    double epoch_seconds;     /* aimed duration of one sample; 0: 1 ms */
    size_t rounds_min;        /* 0: 7 */
    size_t rounds_max;        /* 0: 52 */
    double budget_seconds;    /* stop after this much once rounds_min are done; 0: no limit */
    const volatile int *stop; /* may be NULL; when it becomes non-zero, ends after the current round */
};

/* Robust summary of one alternative's nanoseconds per call. Not measured: n == 0 and the numbers NaN; so is a
 * median that is not above zero, which the clock could not see. */
struct tern_estimate {
    size_t n;
    double median, mad, min; /* ns per call */
    double ci_lo, ci_hi;     /* 95 % interval of the median by order statistics; NaN when n < 6 */
    int unstable;            /* MAD above 5 % of the median */
};

/* n counts the rounds used: a round with a time of zero (below the overhead) is dropped. Ties are rounds
 * whose two times were equal, dropped or not: many of them mean a clock too coarse, not equality. n == 0:
 * numbers are NaN. */
struct tern_ratio {
    size_t n, ties;
    double median;       /* time of this alternative / time of alternative 0 */
    double ci_lo, ci_hi; /* 95 % sign-test interval; NaN when n < 6 */
};

/* Results of one comparison of `count` alternatives: sample[round * count + i] ns per call. */
struct tern_comparison {
    size_t count, rounds;
    uint64_t calls;     /* per sample, the same for all */
    double overhead_ns; /* subtracted from each sample: clock and call */
    double *sample;
    struct tern_estimate *estimate;
    struct tern_ratio *ratio; /* against alternative 0 */
    uint64_t seed;            /* of the order, so that it can be printed */
    size_t warmup_rounds;     /* done and thrown away until two in a row took the same time within 2 % */
    int warm;                 /* 0: they never did, within 10 rounds or a tenth of the budget */
    /* Core frequency, probed around every round (a chain of multiplies of some 30 us): median over the
     * rounds, and the rounds in which it was more than 5 % below that. They are counted and kept. NaN and 0:
     * not known. */
    double ghz;
    size_t slow_rounds;
};

/* Measures. count >= 1; `o` may be NULL. On success the caller frees with tern_comparison_free.
 * TERN_INCONCLUSIVE when stopped before the first round. The common iteration count makes the slowest
 * alternative's sample last one epoch; it is raised until the fastest's lasts 1000 clock steps, but the
 * slowest's no longer than 100 epochs. */
enum tern_status tern_compare(const struct tern_alternative *alt, size_t count,
                              const struct tern_sampler_options *o, struct tern_comparison *out,
                              struct tern_error *e);
void tern_comparison_free(struct tern_comparison *c);

/* Summaries of raw samples, for those who collect them themselves (the tuner's races). Values that are not
 * finite are left out. */
struct tern_estimate tern_estimate_of(const double *ns, size_t n);
/* Median and sign-test interval of t[i]/base[i] over n paired rounds. */
struct tern_ratio tern_ratio_of(const double *t, const double *base, size_t n);

/* Fills order[0..count) with row `round` of a random cyclic Latin square for this seed. */
void tern_latin_order(uint64_t seed, size_t round, size_t count, size_t *order);

#endif
