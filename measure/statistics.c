#include "measure/statistics.h"

#include <math.h>
#include <stdlib.h>

static const double confidence_95 = 0.95;
static const double unstable_mad = 0.05; /* share of the median */

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void tern_sort(double *x, size_t n) {
    if (n) qsort(x, n, sizeof *x, ascending);
}

double tern_median_sorted(const double *sorted, size_t n) {
    if (n == 0) return NAN;
    return n % 2 ? sorted[n / 2] : sorted[n / 2 - 1] + (sorted[n / 2] - sorted[n / 2 - 1]) / 2;
}

double tern_mad_in_place(double *x, size_t n, double centre) {
    for (size_t i = 0; i < n; i++) x[i] = fabs(x[i] - centre);
    tern_sort(x, n);
    return tern_median_sorted(x, n);
}

/* In logarithms, because 2^-n leaves the range of double at n = 1075. */
static double log_binomial_next(double log_term, size_t n, size_t k) {
    return log_term + log((double)(n - k) / (double)(k + 1));
}

double tern_binomial_tail(size_t n, size_t k) {
    if (k >= n) return 1;
    double log_term = -(double)n * log(2), sum = exp(log_term);
    for (size_t i = 0; i < k; i++) {
        log_term = log_binomial_next(log_term, n, i);
        sum += exp(log_term);
    }
    return sum;
}

size_t tern_interval_rank(size_t n, double confidence) {
    double allowed = (1 - confidence) / 2;
    double log_term = -(double)n * log(2), sum = exp(log_term);
    size_t rank = 0; /* invariant: sum = P(X <= rank) */
    while (rank < n / 2 && sum <= allowed) {
        log_term = log_binomial_next(log_term, n, rank);
        sum += exp(log_term);
        rank++;
    }
    return rank;
}

/* Ends of the 95 % interval of the median of sorted values; NaN when n is too small. */
static void median_interval(const double *sorted, size_t n, double *lo, double *hi) {
    size_t r = tern_interval_rank(n, confidence_95);
    *lo = r ? sorted[r - 1] : NAN;
    *hi = r ? sorted[n - r] : NAN;
}

static struct tern_estimate no_estimate(void) {
    return (struct tern_estimate){.median = NAN, .mad = NAN, .min = NAN, .ci_lo = NAN, .ci_hi = NAN};
}

struct tern_estimate tern_estimate_of(const double *ns, size_t n) {
    struct tern_estimate out = no_estimate();
    double *x = n ? calloc(n, sizeof *x) : NULL;
    if (!x) return out;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(ns[i])) x[kept++] = ns[i];
    tern_sort(x, kept);
    double median = tern_median_sorted(x, kept);
    if (median > 0) {
        out.n = kept;
        out.median = median;
        out.min = x[0];
        median_interval(x, kept, &out.ci_lo, &out.ci_hi);
        out.mad = tern_mad_in_place(x, kept, median);
        out.unstable = out.mad > unstable_mad * median;
    }
    free(x);
    return out;
}

struct tern_ratio tern_ratio_of(const double *t, const double *base, size_t n) {
    struct tern_ratio out = {.median = NAN, .ci_lo = NAN, .ci_hi = NAN};
    double *x = n ? calloc(n, sizeof *x) : NULL;
    if (!x) return out;
    for (size_t i = 0; i < n; i++) {
        out.ties += t[i] == base[i];
        if (!(t[i] > 0 && base[i] > 0 && isfinite(t[i]) && isfinite(base[i]))) continue;
        x[out.n++] = log(t[i]) - log(base[i]);
    }
    if (out.n) {
        tern_sort(x, out.n);
        out.median = exp(tern_median_sorted(x, out.n));
        median_interval(x, out.n, &out.ci_lo, &out.ci_hi);
        out.ci_lo = exp(out.ci_lo);
        out.ci_hi = exp(out.ci_hi);
    }
    free(x);
    return out;
}
