/* One vector against the matrix: a scan with bounds, and the rows that the bounds leave. */
#include "harness/head/exact_internal.h"

#include <string.h>

#define CHUNK   256   /* rows between two looks at the bounds */
#define HIGHEST 32512 /* 127 * 256: the largest code of the vector */
#define UNIT    0x1p-24
#define TINY    0x1p-90f /* above what underflow can lose */

int tern_exact_can(const struct tern_wanted *want) {
    if (want->margin > 0) return want->top <= TERN_EXACT_TOP_MAX;
    return want->top && want->top <= TERN_EXACT_TOP_MAX;
}

/* Two planes of codes for h and the factors of the bound; 0 when h is not finite. */
static int look_at(const struct tern_exact *x, struct tern_exact_view *v, size_t k, const float *h) {
    const float top = tern_exact_largest(h, k);
    if (!isfinite(top)) return 0;
    v->scale = tern_exact_up((double)top / HIGHEST);
    const double inverse = v->scale > 0 ? 1 / (double)v->scale : 0;
    double segment[TERN_EXACT_SEGMENTS] = {0}, error = 0, coded = 0, all = 0;
    const size_t per_group = x->scan.units * TERN_SCAN_UNIT;
    memset(v->offset, 0, x->groups * 16 * sizeof *v->offset);
    for (size_t i = 0; i < k; i++) {
        const size_t g = i / per_group;
        const int q = (int)rint((double)h[i] * inverse), high = (q + 128) >> 8;
        const double left = (double)h[i] - q * (double)v->scale, square = (double)h[i] * (double)h[i];
        v->high[i] = (int8_t)high;
        v->low[i] = (int8_t)(q - 256 * high);
        v->offset[g * 16 + i % 64 / 4] += q * x->zero;
        error += left * left;
        coded += (double)q * q;
        segment[g * x->segments / x->groups] += square;
        all += square;
    }
    for (size_t i = 0; i < x->segments; i++)
        v->segment[i] = tern_exact_up(sqrt(segment[i]) * (1 + TERN_EXACT_SLACK));
    const double seen = sqrt(coded) * (double)v->scale;
    /* e . w^ ; the scan's own sums and the two additions of the bound; the full head's sums. */
    v->rest = tern_exact_up(
        (sqrt(error) + ((double)x->groups + 14) * UNIT * seen + tern_rows_roundings(k) * UNIT * sqrt(all)) *
        (1 + TERN_EXACT_SLACK));
    return isfinite(v->rest);
}

/* Keeps the `most` largest of what it is given, the smallest on top. */
static void keep(float *heap, size_t *count, size_t most, float value) {
    size_t at;
    if (*count < most) {
        for (at = (*count)++; at && heap[(at - 1) / 2] > value; at = (at - 1) / 2)
            heap[at] = heap[(at - 1) / 2];
        heap[at] = value;
        return;
    }
    if (!(value > heap[0])) return;
    at = 0;
    for (size_t child; (child = 2 * at + 1) < most; at = child) {
        if (child + 1 < most && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= value) break;
        heap[at] = heap[child];
    }
    heap[at] = value;
}

/* Estimates into logits, bounds into x->bound, the largest lower bounds into v->best. */
static void first_stage(struct tern_exact *x, struct tern_exact_view *v, const struct tern_head_ops *ops,
                        size_t top, size_t from, size_t to, float *logits) {
    const struct tern_scan_vector q = {v->high, v->low, v->offset, v->scale};
    v->count = 0;
    for (size_t r = from; r < to;) {
        const size_t end = tern_min(r + CHUNK, to);
        ops->scan(&x->scan, &q, r, end, logits + r);
        for (; r < end; r++) {
            const float *residual = x->residual + r * x->segments;
            float b = v->rest * x->norm[r] + TINY;
            for (size_t i = 0; i < x->segments; i++) b += v->segment[i] * residual[i];
            if (!isfinite(logits[r]) || !isfinite(b)) logits[r] = 0, b = INFINITY;
            x->bound[r] = b;
            const float low = logits[r] - b;
            if (v->count < top || low > v->best[0]) keep(v->best, &v->count, top, low);
        }
    }
}

/* No wanted row has an upper bound below this. */
static float threshold(const struct tern_exact *x, float *heap, const struct tern_wanted *want, size_t top,
                       size_t workers) {
    size_t count = 0;
    float best = -INFINITY;
    for (size_t w = 0; w < workers; w++)
        for (size_t i = 0; i < x->view[w].count; i++) {
            const float low = x->view[w].best[i];
            best = low > best ? low : best;
            keep(heap, &count, top, low);
        }
    const float last = want->top && count == top ? heap[0] : -INFINITY;
    if (!(want->margin > 0) || !isfinite(best)) return last;
    const double floor = ((double)best - want->margin) - 1e-6 * (fabs((double)best) + want->margin);
    const float cut = floor < -3e38 ? -INFINITY : nextafterf((float)floor, -INFINITY);
    return cut > last ? cut : last;
}

static void whole_share(const struct tern_exact *x, const struct tern_exact_full *full, const float *h,
                        size_t from, size_t to, float *logits) {
    if (to > from) full->ops->rows[full->type](full->data, x->k, from, to, h, logits + from);
}

void tern_exact_run(struct tern_exact *x, struct tern_pool *pool, size_t w, size_t workers,
                    const struct tern_exact_full *full, const struct tern_wanted *want, const float *h,
                    float *logits) {
    struct tern_exact_view *v = &x->view[w];
    size_t from, to;
    tern_share(x->rows, 1, w, workers, &from, &to);
    if (!x->sound || !tern_exact_can(want) || !look_at(x, v, x->k, h)) {
        whole_share(x, full, h, from, to, logits); /* all workers decide alike: same h, same matrix */
        v->seen.steps++;
        v->seen.whole++;
        v->seen.whole_rows += to - from;
        return;
    }
    const size_t top = tern_min(want->top ? want->top : 1, x->rows);
    first_stage(x, v, full->ops, top, from, to, logits);
    if (pool) tern_pool_barrier(pool);
    const float least = threshold(x, x->merged + w * TERN_EXACT_TOP_MAX, want, top, workers);
    size_t left = 0;
    for (size_t r = from; r < to; r++) left += logits[r] + x->bound[r] >= least;
    v->seen.steps++;
    if (left > (to - from) / 4) {
        v->seen.whole++;
        v->seen.whole_rows += to - from;
        whole_share(x, full, h, from, to, logits);
        return;
    }
    v->seen.rescored += left;
    for (size_t r = from; r < to; r++) {
        if (logits[r] + x->bound[r] >= least)
            full->ops->rows[full->type](full->data, x->k, r, r + 1, h, logits + r);
        else
            logits[r] = -INFINITY;
    }
}

void tern_exact_scan(struct tern_exact *x, size_t w, size_t workers, const struct tern_head_ops *ops,
                     const float *h, float *estimate) {
    size_t from, to;
    tern_share(x->rows, 1, w, workers, &from, &to);
    if (look_at(x, &x->view[w], x->k, h)) first_stage(x, &x->view[w], ops, 1, from, to, estimate);
}

int tern_exact_estimate(struct tern_exact *x, const struct tern_head_ops *ops, const float *h,
                        float *estimate, float *bound) {
    if (!x->sound || !look_at(x, &x->view[0], x->k, h)) return 0;
    first_stage(x, &x->view[0], ops, 1, 0, x->rows, estimate);
    memcpy(bound, x->bound, x->rows * sizeof *bound);
    return 1;
}
