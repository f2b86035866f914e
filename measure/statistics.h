/* Robust statistics of repeated timings: medians, and intervals that assume nothing about the distribution.
 *
 * The interval of a median is a pair of order statistics. Of n independent samples the number below the true
 * median is binomial(n, 1/2), so [x_(r), x_(n+1-r)] contains it with probability 1 - 2 P(X <= r-1), exactly,
 * whatever the distribution (the sign test turned round). Below n = 6 not even [min, max] reaches 95 %.
 * Source: Conover, "Practical Nonparametric Statistics", 3rd ed., 3.2. */
#ifndef TERN_MEASURE_STATISTICS_H
#define TERN_MEASURE_STATISTICS_H

#include <stddef.h>

/* Summary of one thing's samples, in their unit. Not measured: n == 0 and the numbers NaN; so is a median
 * that is not above zero, which the clock could not see. */
struct tern_estimate {
    size_t n;
    double median, mad, min;
    double ci_lo, ci_hi; /* 95 % interval of the median by order statistics; NaN when n < 6 */
    int unstable;        /* MAD above 5 % of the median */
};

/* Ratio of paired samples. n counts the pairs used: one with a time of zero (below the overhead) is dropped.
 * Ties are pairs whose two times were equal, dropped or not: many of them mean a clock too coarse, not
 * equality. n == 0: numbers are NaN. */
struct tern_ratio {
    size_t n, ties;
    double median;       /* time of the one / time of the base */
    double ci_lo, ci_hi; /* 95 % sign-test interval; NaN when n < 6 */
};

/* Values that are not finite are left out. */
struct tern_estimate tern_estimate_of(const double *x, size_t n);
/* Median and sign-test interval of t[i]/base[i] over n paired rounds. */
struct tern_ratio tern_ratio_of(const double *t, const double *base, size_t n);

/* Sorts ascending, in place. No NaN. */
void tern_sort(double *x, size_t n);

/* Median of n sorted values: the middle one, or the mean of the two in the middle. NaN when n == 0. */
double tern_median_sorted(const double *sorted, size_t n);

/* Median absolute deviation from `centre`, not rescaled. Overwrites x with the sorted deviations. */
double tern_mad_in_place(double *x, size_t n, double centre);

/* P(X <= k) for X ~ binomial(n, 1/2). */
double tern_binomial_tail(size_t n, size_t k);

/* The largest rank r >= 1 for which [x_(r), x_(n+1-r)] covers the median with at least `confidence` (0.95;
 * for one of several simultaneous comparisons, 1 - 0.05/comparisons). 0 when n is too small for that. */
size_t tern_interval_rank(size_t n, double confidence);

#endif
