#include "reports/compare/statistics.h"

#include "base/memory.h"
#include "base/random.h"
#include "measure/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_MAX = 20, SIGNED_EXACT_MAX = 60 };

static double normal_tail(double z) {
    return erfc(fabs(z) / sqrt(2));
}

double tern_median_of(const double *x, size_t n, double *scratch) {
    if (!n) return NAN;
    memcpy(scratch, x, n * sizeof *x);
    tern_sort(scratch, n);
    return tern_median_sorted(scratch, n);
}

double tern_quantile_sorted(const double *sorted, size_t n, double q) {
    if (!n) return NAN;
    const double at = q * (double)(n - 1);
    const size_t i = (size_t)at;
    return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

double tern_sign_test(size_t n, size_t below) {
    if (!n) return 1;
    const size_t few = below < n - below ? below : n - below;
    return fmin(1, 2 * tern_binomial_tail(n, few));
}

/* P(U <= u) when all orders of n_a + n_b values are equally likely; U counts pairs with a > b. */
static double exact_tail(size_t n_a, size_t n_b, size_t u) {
    const size_t width = n_a * n_b + 1;
    double *ways = calloc((n_a + 1) * width, sizeof *ways), below = 0, total = 0;
    if (!ways) return NAN;
    /* ways[i][s]: choices of i ranks so far whose sum of (rank - place) is s; ranks are added one by one. */
    ways[0] = 1;
    for (size_t rank = 1; rank <= n_a + n_b; rank++)
        for (size_t i = n_a < rank ? n_a : rank; i >= 1; i--)
            for (size_t s = rank - i; s < width; s++)
                ways[i * width + s] += ways[(i - 1) * width + s - (rank - i)];
    for (size_t s = 0; s < width; s++) {
        total += ways[n_a * width + s];
        if (s <= u) below += ways[n_a * width + s];
    }
    free(ways);
    return below / total;
}

double tern_mann_whitney(const double *a, size_t n_a, const double *b, size_t n_b, double *superiority) {
    const size_t n = n_a + n_b;
    double u = 0, tied = 0;
    if (superiority) *superiority = NAN;
    double *all = n_a && n_b ? malloc(n * sizeof *all) : NULL;
    if (!all) return 1;
    for (size_t i = 0; i < n_a; i++)
        for (size_t j = 0; j < n_b; j++) u += a[i] > b[j] ? 1 : a[i] < b[j] ? 0 : 0.5;
    memcpy(all, a, n_a * sizeof *a);
    memcpy(all + n_a, b, n_b * sizeof *b);
    tern_sort(all, n);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && !(all[j] > all[i]); j++) continue;
        const double t = (double)(j - i);
        tied += t * t * t - t;
    }
    free(all);
    const double pairs = (double)n_a * (double)n_b, mean = pairs / 2, size = (double)n;
    if (superiority) *superiority = u / pairs;
    if (!(tied > 0) && n_a <= EXACT_MAX && n_b <= EXACT_MAX) {
        const double p = 2 * exact_tail(n_a, n_b, (size_t)fmin(u, pairs - u));
        if (isfinite(p)) return fmin(1, p);
    }
    const double variance = pairs / 12 * (size + 1 - tied / (size * (size - 1)));
    if (!(variance > 0)) return 1;
    return fmin(1, normal_tail(fmax(fabs(u - mean) - 0.5, 0) / sqrt(variance)));
}

/* cumulative[w] = P(W <= w) for the signed rank sum of n differences. */
static void signed_rank_distribution(size_t n, double *cumulative) {
    const size_t top = n * (n + 1) / 2;
    memset(cumulative, 0, (top + 1) * sizeof *cumulative);
    cumulative[0] = 1;
    for (size_t rank = 1; rank <= n; rank++)
        for (size_t w = top; w + 1 > rank; w--) cumulative[w] += cumulative[w - rank];
    for (size_t w = 1; w <= top; w++) cumulative[w] += cumulative[w - 1];
    const double all = cumulative[top];
    for (size_t w = 0; w <= top; w++) cumulative[w] /= all;
}

/* The number of pairwise means above zero is the signed rank sum, ties shared. */
static double p_of(const double *mean, size_t n, size_t count, const double *cumulative) {
    double above = 0;
    const double top = (double)count;
    for (size_t i = 0; i < count; i++) above += mean[i] > 0 ? 1 : mean[i] < 0 ? 0 : 0.5;
    const double low = fmin(above, top - above);
    if (cumulative) return fmin(1, 2 * cumulative[(size_t)floor(low)]);
    const double size = (double)n, sd = sqrt(size * (size + 1) * (2 * size + 1) / 24);
    return fmin(1, normal_tail(fmax(top / 2 - low - 0.5, 0) / sd));
}

struct tern_location tern_signed_rank(const double *d, size_t n, double confidence) {
    struct tern_location out = {NAN, NAN, NAN, NAN, n};
    const size_t count = n * (n + 1) / 2;
    double *mean = n ? malloc(tern_mul_size(count, sizeof *mean)) : NULL;
    double *cumulative = n && n <= SIGNED_EXACT_MAX ? malloc((count + 1) * sizeof *cumulative) : NULL;
    if (!mean || (n <= SIGNED_EXACT_MAX && !cumulative)) goto done;
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) mean[at++] = (d[i] + d[j]) / 2;
    tern_sort(mean, count);
    out.centre = tern_median_sorted(mean, count);
    if (cumulative) signed_rank_distribution(n, cumulative);
    out.p = p_of(mean, n, count, cumulative);
    size_t cut = 0; /* so many pairwise means are left out at each end */
    if (cumulative) {
        while (cut <= count && 2 * cumulative[cut] <= 1 - confidence) cut++;
    } else {
        const double size = (double)n, sd = sqrt(size * (size + 1) * (2 * size + 1) / 24);
        cut = (size_t)fmax(0, floor((double)count / 2 - 1.959964 * sd));
    }
    if (cut && 2 * cut <= count) out.lo = mean[cut - 1], out.hi = mean[count - cut];
done:
    free(cumulative);
    free(mean);
    return out;
}

static double draw_median(const double *x, size_t n, struct tern_random *r, double *scratch) {
    for (size_t i = 0; i < n; i++) scratch[i] = x[tern_random_below(r, (uint32_t)n)];
    tern_sort(scratch, n);
    return tern_median_sorted(scratch, n);
}

int tern_bootstrap_log_ratio(const double *a, size_t n_a, const double *b, size_t n_b, int paired,
                             uint64_t seed, double *out, size_t draws) {
    struct tern_random r = {seed};
    const size_t n = n_a > n_b ? n_a : n_b;
    double *scratch = malloc((2 * n + 1) * sizeof *scratch);
    if (!scratch) return 0;
    double *log_ratio = scratch + n;
    for (size_t i = 0; paired && i < n_a; i++) log_ratio[i] = log(b[i] / a[i]);
    for (size_t i = 0; i < draws; i++) {
        if (paired)
            out[i] = draw_median(log_ratio, n_a, &r, scratch);
        else
            out[i] = log(draw_median(b, n_b, &r, scratch)) - log(draw_median(a, n_a, &r, scratch));
    }
    free(scratch);
    return 1;
}

struct place {
    double p;
    size_t at;
};

static int by_falling_p(const void *a, const void *b) {
    const double x = ((const struct place *)a)->p, y = ((const struct place *)b)->p;
    return (x < y) - (x > y);
}

int tern_benjamini_hochberg(const double *p, size_t n, double *adjusted) {
    struct place *order = malloc((n + 1) * sizeof *order);
    double least = 1;
    if (!order) return 0;
    for (size_t i = 0; i < n; i++) order[i] = (struct place){p[i], i};
    qsort(order, n, sizeof *order, by_falling_p);
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, order[i].p * (double)n / (double)(n - i));
        adjusted[order[i].at] = least;
    }
    free(order);
    return 1;
}
