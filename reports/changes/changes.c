#include "reports/changes/changes.h"

#include "base/random.h"
#include "measure/statistics.h"
#include "reports/changes/levels.h"
#include "reports/compare/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_SEGMENT = 5, WINDOW = 12, HALF_HAMPEL = 3, DRAWS = 1000, REFINE = 4 };
/* Of the windows that are searched for a level that comes and goes. */
enum { SHORTEST = 16, LONGEST = 54 };
static const double min_effect_default = 0.01, p_max_default = 0.003, outlier_sigmas = 4,
                    mad_to_sigma = 1.4826;

struct search {
    struct tern_change_options o;
    double *y;       /* logarithms without single outliers */
    double *scratch; /* room for 4 n */
    size_t n;
    struct tern_change *change;
    size_t changes;
    struct tern_random random;
};

/* Where sum |x_i - x_j| across a cut, less the sums within, is largest: Q of Matteson and James, alpha = 1.
 */
static double best_cut(const double *x, size_t n, size_t *cut) {
    double across = 0, left = 0, right = 0, best = -INFINITY;
    *cut = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) right += fabs(x[i] - x[j]);
    for (size_t at = 1; at < n; at++) {
        const double moved = x[at - 1];
        double to_left = 0, to_right = 0;
        for (size_t i = 0; i + 1 < at; i++) to_left += fabs(moved - x[i]);
        for (size_t j = at; j < n; j++) to_right += fabs(moved - x[j]);
        left += to_left;
        right -= to_right;
        across += to_right - to_left;
        if (at < MIN_SEGMENT || n - at < MIN_SEGMENT) continue;
        const double a = (double)at, b = (double)(n - at);
        const double energy = 2 * across / (a * b) - 2 * left / (a * (a - 1)) - 2 * right / (b * (b - 1));
        const double q = a * b / (a + b) * energy;
        if (q > best) best = q, *cut = at;
    }
    return best;
}

static void shuffle(struct search *s, double *x, size_t n) {
    for (size_t i = n - 1; i > 0; i--) {
        const size_t j = tern_random_below(&s->random, (uint32_t)(i + 1));
        const double swap = x[i];
        x[i] = x[j], x[j] = swap;
    }
}

/* Share of `all` permutations that reach q, as soon as it is known to be above p_max no further. */
static double permutation_p(struct search *s, const double *x, size_t n, double q, size_t all, double p_max) {
    double *shuffled = s->scratch;
    size_t reached = 0, done = 0, ignored;
    memcpy(shuffled, x, n * sizeof *x);
    while (done < all) {
        shuffle(s, shuffled, n);
        done++;
        reached += best_cut(shuffled, n, &ignored) >= q;
        if ((double)(reached + 1) / (double)(all + 1) > p_max) break;
    }
    return (double)(reached + 1) / (double)(done + 1);
}

/* The best cut of all windows of all lengths, each a quarter longer than the one before. */
struct place {
    size_t from, length, cut; /* cut: from `from` */
    double q;
};

static struct place best_window(const double *x, size_t n) {
    struct place best = {.q = -INFINITY};
    for (size_t length = SHORTEST; length <= n && length <= LONGEST; length += length / 4) {
        const size_t step = length / 4;
        for (size_t i = 0; i + length < n + step; i += step) {
            const size_t from = i + length < n ? i : n - length;
            size_t cut;
            const double q = best_cut(x + from, length, &cut);
            if (q > best.q) best = (struct place){from, length, cut, q};
        }
    }
    return best;
}

static double sum_of_steps(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 1; i < n; i++) sum += fabs(x[i] - x[i - 1]);
    return sum;
}

/* Whether the order of the points means something: with levels, neighbours are alike, and the steps between them add
 * up to less than those of nearly every random permutation. */
static int is_ordered(struct search *s, const double *x, size_t n, double *p) {
    const double sum = sum_of_steps(x, n);
    const size_t all = s->o.permutations;
    double *shuffled = s->scratch;
    size_t reached = 0;
    memcpy(shuffled, x, n * sizeof *x);
    for (size_t done = 0; done < all; done++) {
        shuffle(s, shuffled, n);
        reached += sum_of_steps(shuffled, n) <= sum;
        if ((double)(reached + 1) / (double)(all + 1) > s->o.p_max) return 0;
    }
    *p = (double)(reached + 1) / (double)(all + 1);
    return 1;
}

/* A level that comes and goes hides in a segment: none of its ends divides the whole. That there are levels shows in
 * the order of the points; where, in a window of their own size. The best window must also be better than the best
 * windows of most permutations, which those of a slow drift are not. */
static int cut_window(struct search *s, size_t from, size_t to, size_t *cut, double *q, double *p) {
    enum { PERMUTATIONS = 199, MOST = 9 };
    const size_t n = to - from;
    double *shuffled = s->scratch;
    size_t reached = 0;
    if (n < SHORTEST || !is_ordered(s, s->y + from, n, p)) return 0;
    const struct place best = best_window(s->y + from, n);
    if (!(best.q > 0)) return 0;
    memcpy(shuffled, s->y + from, n * sizeof *shuffled);
    for (size_t done = 0; done < PERMUTATIONS; done++) {
        shuffle(s, shuffled, n);
        reached += best_window(shuffled, n).q >= best.q;
        if (reached > MOST) return 0;
    }
    *q = best.q;
    *cut = best.from + best.cut;
    return 1;
}

static void divide(struct search *s, size_t from, size_t to) {
    size_t cut;
    if (to - from < 2 * MIN_SEGMENT) return;
    double q = best_cut(s->y + from, to - from, &cut), p = 1;
    if (q > 0) p = permutation_p(s, s->y + from, to - from, q, s->o.permutations, s->o.p_max);
    if (p > s->o.p_max && !cut_window(s, from, to, &cut, &q, &p)) return;
    divide(s, from, from + cut);
    s->change[s->changes++] = (struct tern_change){.at = from + cut, .q = q, .p_energy = p};
    divide(s, from + cut, to);
}

static double absolute_difference_median(const double *y, size_t n, double *scratch) {
    for (size_t i = 1; i < n; i++) scratch[i - 1] = fabs(y[i] - y[i - 1]);
    return tern_median_of(scratch, n - 1, scratch + n);
}

/* Hampel's filter: a point far from the median of its neighbours, in units of the noise, becomes it. */
static void drop_outliers(const double *in, size_t n, double *out, double *scratch) {
    const double sigma = mad_to_sigma * absolute_difference_median(in, n, scratch) / sqrt(2);
    for (size_t i = 0; i < n; i++) {
        const size_t from = i < HALF_HAMPEL ? 0 : i - HALF_HAMPEL;
        const size_t to = i + HALF_HAMPEL + 1 < n ? i + HALF_HAMPEL + 1 : n;
        const double middle = tern_median_of(in + from, to - from, scratch);
        out[i] = fabs(in[i] - middle) > outlier_sigmas * sigma ? middle : in[i];
    }
}

/* The points next to change i, up to the changes beside it. */
static void window(const struct search *s, size_t i, size_t *from, size_t *to) {
    const size_t at = s->change[i].at;
    const size_t before = i ? s->change[i - 1].at : 0,
                 after = i + 1 < s->changes ? s->change[i + 1].at : s->n;
    *from = at - before > WINDOW ? at - WINDOW : before;
    *to = after - at > WINDOW ? at + WINDOW : after;
}

/* The cut within a few points of it that leaves the least absolute deviation from the two medians. */
static void refine(struct search *s, size_t i) {
    size_t from, to, best = s->change[i].at;
    double least = INFINITY;
    window(s, i, &from, &to);
    for (size_t at = best > from + REFINE + 3 ? best - REFINE : from + 3;
         at + 3 <= to && at <= s->change[i].at + REFINE; at++) {
        double sum = 0;
        const double a = tern_median_of(s->y + from, at - from, s->scratch);
        const double b = tern_median_of(s->y + at, to - at, s->scratch);
        for (size_t j = from; j < to; j++) sum += fabs(s->y[j] - (j < at ? a : b));
        if (sum < least) least = sum, best = at;
    }
    s->change[i].at = best;
}

/* The distance of the levels beside change i, up to the changes next to it. */
static double apart(const struct search *s, size_t i) {
    return tern_levels_apart(s->y, i ? s->change[i - 1].at : 0, s->change[i].at,
                             i + 1 < s->changes ? s->change[i + 1].at : s->n, s->n);
}

/* Fills in what the points next to it say; by how much it fails, in units of what was asked for: at most 1
 * passes. */
static double weigh(struct search *s, size_t i) {
    struct tern_change *c = &s->change[i];
    size_t from, to;
    window(s, i, &from, &to);
    c->n_before = c->at - from, c->n_after = to - c->at;
    const double a = tern_median_of(s->y + from, c->n_before, s->scratch);
    const double b = tern_median_of(s->y + c->at, c->n_after, s->scratch);
    c->p_rank = tern_mann_whitney(s->y + from, c->n_before, s->y + c->at, c->n_after, NULL);
    c->before = exp(a), c->after = exp(b);
    const double effect = fabs(b - a) > 0 ? log1p(s->o.min_effect) / fabs(b - a) : INFINITY;
    c->apart = apart(s, i);
    return c->apart > 0 ? effect : fmax(effect, c->p_rank / s->o.p_max);
}

/* The worst candidate goes, its neighbours get longer windows, until all pass. */
static void prune(struct search *s) {
    while (s->changes) {
        size_t worst = 0;
        double most = -1;
        for (size_t i = 0; i < s->changes; i++) {
            const double w = weigh(s, i);
            if (w > most) most = w, worst = i;
        }
        if (most <= 1) return;
        memmove(&s->change[worst], &s->change[worst + 1], (s->changes - worst - 1) * sizeof *s->change);
        s->changes--;
    }
}

static size_t distance(size_t a, size_t b) {
    return a > b ? a - b : b - a;
}

/* Cuts between levels that lie apart, except beside a change that is found already and is one of them, too. A change
 * that is a few runs off moves there. */
static void add_apart(struct search *s) {
    for (size_t at = TERN_LEVEL_RUNS; at + TERN_LEVEL_RUNS <= s->n; at++) {
        size_t i = 0;
        if (!(tern_levels_apart(s->y, 0, at, s->n, s->n) > 0)) continue;
        while (i < s->changes && s->change[i].at + TERN_LEVEL_RUNS < at) i++;
        if (i < s->changes && distance(s->change[i].at, at) <= TERN_LEVEL_RUNS) {
            if (!(apart(s, i) > 0)) {
                s->change[i].at = at;
                continue;
            }
            if (distance(s->change[i].at, at) < TERN_LEVEL_RUNS) continue;
            i += s->change[i].at < at;
        }
        memmove(&s->change[i + 1], &s->change[i], (s->changes - i) * sizeof *s->change);
        s->change[i] = (struct tern_change){.at = at, .q = NAN, .p_energy = NAN};
        s->changes++;
    }
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void interval(struct search *s, struct tern_change *c, double *draw) {
    double *x = s->scratch;
    for (size_t i = 0; i < c->n_before; i++) x[i] = exp(s->y[c->at - c->n_before + i]);
    for (size_t i = 0; i < c->n_after; i++) x[c->n_before + i] = exp(s->y[c->at + i]);
    c->ratio = c->after / c->before;
    c->lo = c->hi = NAN;
    if (!tern_bootstrap_log_ratio(x, c->n_before, x + c->n_before, c->n_after, 0, s->o.seed + c->at, draw,
                                  DRAWS))
        return;
    qsort(draw, DRAWS, sizeof *draw, by_value);
    c->lo = exp(tern_quantile_sorted(draw, DRAWS, 0.025));
    c->hi = exp(tern_quantile_sorted(draw, DRAWS, 0.975));
}

int tern_changes_find(const double *x, size_t n, const struct tern_change_options *o,
                      struct tern_change *change, size_t *changes) {
    struct search s = {.n = n, .change = change};
    if (o) s.o = *o;
    if (!(s.o.min_effect > 0)) s.o.min_effect = min_effect_default;
    if (!(s.o.p_max > 0)) s.o.p_max = p_max_default;
    if (!s.o.permutations) s.o.permutations = (size_t)fmax(199, ceil(2 / s.o.p_max) - 1);
    s.random.state = s.o.seed;
    *changes = 0;
    if (n < TERN_CHANGES_RUNS_MIN) return 1;
    double *block = malloc((6 * n + DRAWS) * sizeof *block);
    if (!block) return 0;
    s.y = block, s.scratch = block + 2 * n;
    for (size_t i = 0; i < n; i++) s.y[n + i] = log(x[i]);
    drop_outliers(s.y + n, n, s.y, s.scratch);
    divide(&s, 0, n);
    prune(&s);
    for (size_t i = 0; i < s.changes; i++) refine(&s, i);
    prune(&s);
    add_apart(&s);
    prune(&s);
    for (size_t i = 0; i < s.changes; i++) {
        interval(&s, &s.change[i], block + 6 * n);
        s.change[i].since = s.change[i].at - 1;
    }
    free(block);
    *changes = s.changes;
    return 1;
}
