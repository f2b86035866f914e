/* Rows from two heaps of records, the floor, and the verdicts. */
#include "reports/compare/compare.h"

#include "base/memory.h"
#include "measure/sampling/floor.h"
#include "measure/statistics.h"
#include "reports/compare/internal.h"
#include "reports/compare/statistics.h"
#include "reports/data/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double threshold_default = 0.01, alpha_default = 0.05;
enum { DRAWS = 2000, FLOOR_PAIRS_MIN = 5 };

struct entry {
    const struct tern_record *r;
    int side;
    size_t place; /* in its set: later is newer */
};

struct grouping {
    const struct tern_compare_options *o;
    int with_machine;
};

static int problem_order(const struct tern_record *a, const struct tern_record *b, int with_machine) {
    int o = tern_text_order(a->kind, b->kind);
    if (!o && with_machine) o = tern_text_order(a->machine, b->machine);
    if (!o) o = tern_shape_order(a, b);
    if (!o) o = tern_text_order(a->unit, b->unit);
    if (!o && !a->m) o = tern_text_order(a->model, b->model);
    return o;
}

static int group_order(const struct grouping *g, const struct tern_record *a, const struct tern_record *b) {
    int o = problem_order(a, b, g->with_machine);
    if (o || g->o->across_variants || g->o->best) return o;
    o = tern_text_order(a->variant, b->variant);
    return o ? o : tern_text_order(a->params, b->params);
}

static int by_group(const void *pa, const void *pb, void *user) {
    const struct entry *a = pa, *b = pb;
    int o = group_order(user, a->r, b->r);
    if (!o) o = a->side - b->side;
    return o ? o : tern_number_order(a->place, b->place);
}

/* qsort without hidden state; the sets are small and the order must be stable. */
static int sort_entries(struct entry *x, size_t n, struct grouping *g) {
    struct entry *other = malloc((n + 1) * sizeof *other), *from = x, *to = other;
    if (!other) return 0;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * width) {
            const size_t mid = tern_min(lo + width, n), hi = tern_min(lo + 2 * width, n);
            for (size_t i = lo, j = mid, k = lo; k < hi; k++)
                to[k] = i < mid && (j >= hi || by_group(&from[i], &from[j], g) <= 0) ? from[i++] : from[j++];
        }
        struct entry *swap = from;
        from = to, to = swap;
    }
    if (from != x) memcpy(x, from, n * sizeof *x);
    free(other);
    return 1;
}

static int comparable(const struct tern_record *r) {
    return r->est.n && r->est.median > 0 && r->unit && tern_text_order(r->kind, "machine") &&
           tern_text_order(r->kind, "verify");
}

static int share_a_machine(const struct tern_record *a, size_t n_a, const struct tern_record *b, size_t n_b) {
    for (size_t i = 0; i < n_a; i++) {
        if (i && !tern_text_order(a[i].machine, a[i - 1].machine)) continue;
        for (size_t j = 0; j < n_b; j++)
            if (!tern_text_order(a[i].machine, b[j].machine)) return 1;
    }
    return 0;
}

/* Keeps the records of the fastest variant of a side. */
static void keep_best(struct tern_compare_side *s) {
    const struct tern_record *best = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const struct tern_record *r = s->item[i];
        if (!tern_text_order(r->format, "f16") || !tern_text_order(r->format, "f32")) continue;
        if (!best || tern_compare_time(r, r->est.median) < tern_compare_time(best, best->est.median))
            best = r;
    }
    size_t kept = 0;
    for (size_t i = 0; best && i < s->count; i++)
        if (!tern_text_order(s->item[i]->variant, best->variant) &&
            !tern_text_order(s->item[i]->params, best->params))
            s->item[kept++] = s->item[i];
    if (best) s->count = kept;
}

/* |ln| of the ratio of consecutive runs of the same thing by the same code. */
static size_t null_differences(const struct entry *x, size_t n, const struct grouping *g, double *out) {
    size_t count = 0;
    const struct grouping strict = {g->o, 1};
    for (size_t i = 1; i < n; i++) {
        const struct tern_record *a = x[i - 1].r, *b = x[i].r;
        if (x[i - 1].side != x[i].side || problem_order(a, b, strict.with_machine) ||
            tern_text_order(a->variant, b->variant) || tern_text_order(a->params, b->params) ||
            tern_text_order(a->code, b->code) || tern_text_order(a->commit, b->commit) ||
            !tern_text_order(a->run, b->run))
            continue;
        out[count++] = fabs(log(a->est.median / b->est.median));
    }
    return count;
}

static int find_floor(const struct entry *x, size_t n, const struct grouping *g, struct tern_compare *out) {
    double *d = malloc((n + 1) * sizeof *d);
    if (!d) return 0;
    out->floor_pairs = null_differences(x, n, g, d);
    tern_sort(d, out->floor_pairs);
    out->floor = NAN;
    if (out->floor_pairs >= FLOOR_PAIRS_MIN)
        out->floor = expm1(tern_quantile_sorted(d, out->floor_pairs, 0.9));
    free(d);
    return 1;
}

/* Rounds of one run are held against the A/A of that run, everything else against runs of the same thing. The A/A of
 * single runs does not see what differs from run to run, so it can only raise that floor. */
static double floor_of(const struct tern_compare_row *r, const struct tern_compare *c,
                       const struct tern_compare_options *o, enum tern_compare_floor *from) {
    const double own = fmax(r->a->floor, r->b->floor); /* fmax passes over NaN */
    if (isfinite(o->floor)) return *from = TERN_FLOOR_GIVEN, o->floor;
    if (r->method == TERN_COMPARE_PAIRED && isfinite(own)) return *from = TERN_FLOOR_ROUNDS, own;
    if (isfinite(c->floor)) return *from = TERN_FLOOR_RUNS, fmax(c->floor, own);
    return *from = TERN_FLOOR_ASSUMED, fmax(TERN_FLOOR_UNKNOWN, own);
}

/* The rule of measure/sampling/floor.h; over many rows the adjusted p must agree. */
static enum tern_compare_verdict judge(const struct tern_compare_row *r,
                                       const struct tern_compare_options *o) {
    const size_t n = r->method == TERN_COMPARE_PAIRED ? r->n_a : r->n_a + r->n_b;
    const struct tern_ratio ratio = {.n = n, .median = r->ratio, .ci_lo = r->lo, .ci_hi = r->hi};
    if (!r->method) return TERN_COMPARE_CANNOT_TELL;
    const enum tern_difference d = tern_difference_of(&ratio, fmax(r->floor, o->threshold));
    if (d == TERN_DIFFERENCE_NONE) return TERN_COMPARE_SAME;
    if (d == TERN_DIFFERENCE_OPEN || !(r->p_adjusted <= o->alpha)) return TERN_COMPARE_CANNOT_TELL;
    return d == TERN_DIFFERENCE_SLOWER ? TERN_COMPARE_SLOWER : TERN_COMPARE_FASTER;
}

static int judge_all(struct tern_compare *c, const struct tern_compare_options *o) {
    double *p = malloc((2 * c->rows + 1) * sizeof *p), *adjusted = p ? p + c->rows : NULL;
    size_t n = 0;
    for (size_t i = 0; p && i < c->rows; i++)
        if (isfinite(c->row[i].p)) p[n++] = c->row[i].p;
    if (!p || !tern_benjamini_hochberg(p, n, adjusted)) return free(p), 0;
    n = 0;
    for (size_t i = 0; i < c->rows; i++) {
        struct tern_compare_row *r = &c->row[i];
        if (isfinite(r->p)) r->p_adjusted = adjusted[n++];
        r->floor = floor_of(r, c, o, &r->floor_from);
        r->verdict = judge(r, o);
        c->count[r->verdict]++;
    }
    free(p);
    return 1;
}

static void mean_of(struct tern_compare *c, double *sum, size_t draws) {
    double total = 0;
    c->mean = c->lo = c->hi = NAN;
    for (size_t i = 0; i < c->rows; i++)
        if (c->row[i].method) total += log(c->row[i].ratio), c->in_mean++;
    if (!c->in_mean) return;
    tern_sort(sum, draws);
    c->mean = exp(total / (double)c->in_mean);
    c->lo = exp(tern_quantile_sorted(sum, draws, 0.025) / (double)c->in_mean);
    c->hi = exp(tern_quantile_sorted(sum, draws, 0.975) / (double)c->in_mean);
}

static enum tern_status make_rows(struct entry *x, size_t n, struct grouping *g, struct tern_compare *out,
                                  double *sum, struct tern_error *e) {
    const struct tern_record **item = malloc((n + 1) * sizeof *item);
    enum tern_status s = item ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "compare: out of memory");
    for (size_t i = 0, end; i < n && !s; i = end) {
        struct tern_compare_side side[2] = {{item, 0}, {NULL, 0}};
        for (end = i; end < n && !group_order(g, x[i].r, x[end].r); end++) {
            item[end - i] = x[end].r;
            side[x[end].side].count++;
        }
        side[1].item = item + side[0].count;
        if (!side[0].count || !side[1].count) {
            out->only_a += !side[1].count;
            out->only_b += !side[0].count;
            continue;
        }
        for (int k = 0; k < 2 && g->o->best; k++) keep_best(&side[k]);
        s = tern_compare_measure(&side[0], &side[1], g->o, &out->row[out->rows++], sum, e);
    }
    free(item);
    return s;
}

enum tern_status tern_compare_records(const struct tern_record *a, size_t n_a, const struct tern_record *b,
                                      size_t n_b, const struct tern_compare_options *given,
                                      struct tern_compare *out, struct tern_error *e) {
    struct tern_compare_options o = *given;
    if (!(o.threshold > 0)) o.threshold = threshold_default;
    if (!(o.alpha > 0)) o.alpha = alpha_default;
    if (!o.resamples) o.resamples = DRAWS;
    *out = (struct tern_compare){.floor = NAN};
    struct grouping g = {&o, share_a_machine(a, n_a, b, n_b)};
    out->machines_differ = !g.with_machine;
    size_t n = 0;
    struct entry *x = malloc((n_a + n_b + 1) * sizeof *x);
    double *sum = calloc(o.resamples, sizeof *sum);
    out->row = malloc((n_a + n_b + 1) * sizeof *out->row);
    enum tern_status s = TERN_OK;
    int ok = x && sum && out->row;
    for (size_t i = 0; ok && i < n_a + n_b; i++) {
        const struct tern_record *r = i < n_a ? &a[i] : &b[i - n_a];
        if (comparable(r)) x[n++] = (struct entry){r, i >= n_a, i};
    }
    ok = ok && sort_entries(x, n, &g) && find_floor(x, n, &g, out);
    if (ok) s = make_rows(x, n, &g, out, sum, e);
    if (!s && ok) ok = judge_all(out, &o);
    if (!ok) s = tern_fail(e, TERN_NO_MEMORY, "compare: %zu records: out of memory", n_a + n_b);
    if (!s) mean_of(out, sum, o.resamples);
    if (!s && !out->rows)
        s = tern_fail(e, TERN_INCONCLUSIVE,
                      "compare: A and B have nothing in common (%zu and %zu things alone)", out->only_a,
                      out->only_b);
    free(x);
    free(sum);
    if (s) tern_compare_free(out);
    return s;
}

void tern_compare_free(struct tern_compare *c) {
    free(c->row);
    c->row = NULL;
    c->rows = 0;
}
