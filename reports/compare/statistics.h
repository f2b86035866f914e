/* Tests and intervals for two sets of measurements, none of which assumes a distribution.
 *
 * Sources: Conover, "Practical Nonparametric Statistics", 3rd ed., 5.1 (Mann-Whitney), 5.7 (signed rank);
 * Efron and Tibshirani, "An Introduction to the Bootstrap", 13.3 (percentile interval); Benjamini and
 * Hochberg, JRSS B 57 (1995). */
#ifndef TERN_REPORTS_COMPARE_STATISTICS_H
#define TERN_REPORTS_COMPARE_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

/* Median of n values in any order. `scratch` has room for n values. NaN when n == 0. */
double tern_median_of(const double *x, size_t n, double *scratch);
/* The q-quantile (0..1) of n sorted values, by linear interpolation. */
double tern_quantile_sorted(const double *sorted, size_t n, double q);

/* Two-sided p of the sign test: `below` of n differences are below zero. The caller leaves out ties. */
double tern_sign_test(size_t n, size_t below);

/* Two-sided p of the test of Mann and Whitney for two independent samples. It is exact up to 20 + 20 values
 * without ties; otherwise it is the normal approximation with corrections for ties and continuity.
 * *superiority (may be NULL) becomes P(a > b) + P(a = b)/2. p is 1 when a side is empty or memory runs out.
 */
double tern_mann_whitney(const double *a, size_t n_a, const double *b, size_t n_b, double *superiority);

/* Hodges and Lehmann's estimate of the centre of n differences (the median of all pairwise means), with its
 * interval and two-sided p by the signed rank test. lo and hi are NaN when n is too small for `confidence`.
 * Everything is NaN when n == 0 or memory runs out. The test is exact up to 60 differences; above that it is
 * the normal approximation. */
struct tern_location {
    double centre, lo, hi, p;
    size_t n;
};
struct tern_location tern_signed_rank(const double *d, size_t n, double confidence);

/* `draws` bootstrap draws of ln(median(b) / median(a)) of positive values. With `paired`, a[i] and b[i]
 * belong together: pairs are drawn, and a draw is the median of their log ratios. 0 when out of memory. */
int tern_bootstrap_log_ratio(const double *a, size_t n_a, const double *b, size_t n_b, int paired,
                             uint64_t seed, double *out, size_t draws);

/* Adjusted p values, in the order of p. Of the rows with an adjusted p up to alpha, a share of at most
 * alpha is expected to be false. 0 when out of memory. */
int tern_benjamini_hochberg(const double *p, size_t n, double *adjusted);

#endif
