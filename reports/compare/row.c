/* One row: which method its records allow, and what it says. */
#include "reports/compare/internal.h"

#include "base/hash.h"
#include "base/random.h"
#include "measure/statistics.h"
#include "reports/compare/statistics.h"
#include "reports/data/key.h"
#include "reports/data/select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_VALUES = 6, MIN_RUNS = 5 };

struct values {
    double *a, *b;
    size_t n_a, n_b;
};

double tern_compare_time(const struct tern_record *r, double value) {
    return r->unit && strstr(r->unit, "/s") ? 1 / value : value;
}

/* Repetitions of Google Benchmark follow one another: equal numbers of them are no pairs. */
static int by_rounds(const struct tern_record *r) {
    return r->sample_count > 0 && !r->source && !strstr(tern_or_empty(r->flags), "gbench");
}

static int same_run(const struct tern_record *a, const struct tern_record *b) {
    return a != b && *tern_or_empty(a->run) && !strcmp(a->run, tern_or_empty(b->run)) &&
           !strcmp(tern_or_empty(a->machine), tern_or_empty(b->machine)) &&
           a->sample_count == b->sample_count && by_rounds(a) && by_rounds(b);
}

static int usable(double x) {
    return isfinite(x) && x > 0;
}

/* Rounds in which both were measured. */
static void pairs(const struct tern_compare_side *a, const struct tern_compare_side *b, struct values *v) {
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++) {
            const struct tern_record *x = a->item[i], *y = b->item[j];
            for (size_t k = 0; same_run(x, y) && k < x->sample_count; k++) {
                const double p = tern_compare_time(x, x->samples[k]), q = tern_compare_time(y, y->samples[k]);
                if (!usable(p) || !usable(q)) continue;
                v->a[v->n_a++] = p;
                v->b[v->n_b++] = q;
            }
        }
}

static size_t runs_of(const struct tern_compare_side *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        size_t j = 0;
        while (j < i && strcmp(tern_or_empty(s->item[j]->run), tern_or_empty(s->item[i]->run))) j++;
        n += j == i;
    }
    return n;
}

/* One value per run: the median of the medians of its records. */
static size_t run_medians(const struct tern_compare_side *s, double *out) {
    size_t n = 0;
    double *own = malloc((2 * s->count + 1) * sizeof *own);
    if (!own) return 0;
    for (size_t i = 0; i < s->count; i++) {
        size_t first = 0, count = 0;
        while (first < i && strcmp(tern_or_empty(s->item[first]->run), tern_or_empty(s->item[i]->run)))
            first++;
        if (first < i) continue;
        for (size_t j = i; j < s->count; j++) {
            const double t = tern_compare_time(s->item[j], s->item[j]->est.median);
            if (!strcmp(tern_or_empty(s->item[j]->run), tern_or_empty(s->item[i]->run)) && usable(t))
                own[count++] = t;
        }
        if (count) out[n++] = tern_median_of(own, count, own + s->count);
    }
    free(own);
    return n;
}

static size_t raw_samples(const struct tern_compare_side *s, double *out) {
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->item[i]->sample_count; k++) {
            const double t = tern_compare_time(s->item[i], s->item[i]->samples[k]);
            if (usable(t)) out[n++] = t;
        }
    return n;
}

static size_t room_for(const struct tern_compare_side *a, const struct tern_compare_side *b) {
    size_t room = a->count + b->count + 1, one = 1;
    for (size_t i = 0; i < a->count; i++) room += a->item[i]->sample_count;
    for (size_t i = 0; i < b->count; i++) room += b->item[i]->sample_count;
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            if (same_run(a->item[i], b->item[j])) one += a->item[i]->sample_count;
    return room > one ? room : one;
}

/* An interval of the median as the standard error of its logarithm; NaN without one. */
static double log_error(const struct tern_record *r) {
    if (!usable(r->est.ci_lo) || !usable(r->est.ci_hi)) return NAN;
    return fabs(log(r->est.ci_hi / r->est.ci_lo)) / (2 * 1.959964);
}

static double normal(struct tern_random *r) {
    return sqrt(-2 * log(1 - tern_random_unit(r))) * cos(6.283185307179586 * tern_random_unit(r));
}

static void by_summary(struct tern_compare_row *row, uint64_t seed, double *draw, size_t draws) {
    const double x = tern_compare_time(row->a, row->median_a), y = tern_compare_time(row->b, row->median_b);
    const double error = hypot(log_error(row->a), log_error(row->b));
    struct tern_random r = {seed};
    if (usable(x) && usable(y)) row->ratio = y / x;
    if (!isfinite(error) || !isfinite(row->ratio)) return;
    row->method = TERN_COMPARE_SUMMARY;
    row->n_a = row->a->est.n, row->n_b = row->b->est.n;
    row->lo = row->ratio * exp(-1.959964 * error);
    row->hi = row->ratio * exp(1.959964 * error);
    row->p = error > 0 ? erfc(fabs(log(row->ratio)) / error / sqrt(2)) : 1;
    for (size_t i = 0; i < draws; i++) draw[i] = log(row->ratio) + error * normal(&r);
}

static int by_values(struct tern_compare_row *row, struct values *v, enum tern_compare_method method,
                     uint64_t seed, double *draw, size_t draws) {
    const int paired = method == TERN_COMPARE_PAIRED;
    double *scratch = malloc((v->n_a + v->n_b + draws + 1) * sizeof *scratch);
    if (!scratch || !tern_bootstrap_log_ratio(v->a, v->n_a, v->b, v->n_b, paired, seed, draw, draws)) {
        free(scratch);
        return 0;
    }
    row->method = method;
    row->n_a = v->n_a, row->n_b = v->n_b;
    if (paired) {
        const struct tern_ratio r = tern_ratio_of(v->b, v->a, v->n_a);
        size_t below = 0, differ = 0;
        for (size_t i = 0; i < v->n_a; i++) {
            below += v->b[i] < v->a[i];
            differ += v->b[i] < v->a[i] || v->b[i] > v->a[i];
        }
        row->ratio = r.median, row->lo = r.ci_lo, row->hi = r.ci_hi;
        row->p = tern_sign_test(differ, below);
    } else {
        row->ratio = tern_median_of(v->b, v->n_b, scratch) / tern_median_of(v->a, v->n_a, scratch);
        memcpy(scratch, draw, draws * sizeof *draw);
        tern_sort(scratch, draws);
        row->lo = exp(tern_quantile_sorted(scratch, draws, 0.025));
        row->hi = exp(tern_quantile_sorted(scratch, draws, 0.975));
        row->p = tern_mann_whitney(v->a, v->n_a, v->b, v->n_b, &row->superiority);
    }
    free(scratch);
    return 1;
}

static uint64_t seed_of(const struct tern_compare_row *row, uint64_t seed) {
    char problem[256];
    tern_record_problem(row->a, problem, sizeof problem);
    const uint64_t h = tern_hash(TERN_HASH_START ^ seed, problem, strlen(problem));
    const char *name = tern_or_empty(row->a->variant);
    return tern_hash(h, name, strlen(name));
}

static double middle(const struct tern_compare_side *s) {
    double *x = malloc((2 * s->count + 1) * sizeof *x), m = NAN;
    size_t n = 0;
    if (!x) return m;
    for (size_t i = 0; i < s->count; i++)
        if (usable(s->item[i]->est.median)) x[n++] = s->item[i]->est.median;
    m = tern_median_of(x, n, x + s->count);
    free(x);
    return m;
}

enum tern_status tern_compare_measure(const struct tern_compare_side *a, const struct tern_compare_side *b,
                                      const struct tern_compare_options *o, struct tern_compare_row *row,
                                      double *sum, struct tern_error *e) {
    const size_t room = room_for(a, b), draws = o->resamples;
    *row = (struct tern_compare_row){.a = a->item[a->count - 1],
                                     .b = b->item[b->count - 1],
                                     .runs_a = runs_of(a),
                                     .runs_b = runs_of(b),
                                     .median_a = middle(a),
                                     .median_b = middle(b),
                                     .ratio = NAN,
                                     .lo = NAN,
                                     .hi = NAN,
                                     .p = NAN,
                                     .p_adjusted = NAN,
                                     .superiority = NAN,
                                     .floor = NAN,
                                     .verdict = TERN_COMPARE_CANNOT_TELL};
    struct values v = {malloc(room * sizeof(double)), malloc(room * sizeof(double)), 0, 0};
    double *draw = malloc(draws * sizeof *draw);
    const uint64_t seed = seed_of(row, o->seed);
    int ok = v.a && v.b && draw;
    enum tern_compare_method method = TERN_COMPARE_NONE;
    if (ok) {
        pairs(a, b, &v);
        if (v.n_a >= MIN_VALUES) method = TERN_COMPARE_PAIRED;
    }
    if (ok && !method && row->runs_a >= MIN_RUNS && row->runs_b >= MIN_RUNS) {
        v.n_a = run_medians(a, v.a), v.n_b = run_medians(b, v.b);
        if (v.n_a >= MIN_RUNS && v.n_b >= MIN_RUNS) method = TERN_COMPARE_RUNS;
    }
    if (ok && !method) {
        v.n_a = raw_samples(a, v.a), v.n_b = raw_samples(b, v.b);
        if (v.n_a >= MIN_VALUES && v.n_b >= MIN_VALUES) method = TERN_COMPARE_SAMPLES;
    }
    if (ok && method) ok = by_values(row, &v, method, seed, draw, draws);
    if (ok && !method) by_summary(row, seed, draw, draws);
    for (size_t i = 0; ok && row->method && i < draws; i++) sum[i] += draw[i];
    free(draw);
    free(v.a);
    free(v.b);
    return ok ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "compare: out of memory");
}
