/* One vector against the matrix: a scan with bounds, and the rows that the bounds leave. */
#include "harness/head/exact_internal.h"

#include <string.h>

#define CHUNK 256      /* rows between two looks at the bounds */
#define TINY  0x1p-90f /* above what underflow can lose */

int tern_exact_can(const struct tern_wanted *want) {
    if (want->margin > 0) return want->top <= TERN_EXACT_TOP_MAX;
    return want->top && want->top <= TERN_EXACT_TOP_MAX;
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
static void first_stage(struct tern_exact *x, struct tern_exact_view *v, const struct tern_exact_full *full,
                        size_t top, size_t from, size_t to, float *logits) {
    const struct tern_scan_vector q = {v->high, v->low, v->offset, v->scale};
    const struct tern_q6_vector own = {v->high, v->zero, v->step};
    v->count = 0;
    for (size_t r = from; r < to;) {
        const size_t end = tern_min(r + CHUNK, to);
        if (x->in_place)
            full->ops->scan_q6_k(full->data, x->k, r, end, &own, logits + r);
        else
            full->ops->scan(&x->scan, &q, r, end, logits + r);
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
    if (!x->sound || !tern_exact_can(want) || !tern_exact_look(x, v, h)) {
        whole_share(x, full, h, from, to, logits); /* all workers decide alike: same h, same matrix */
        v->seen.steps++;
        v->seen.whole++;
        v->seen.whole_rows += to - from;
        return;
    }
    const size_t top = tern_min(want->top ? want->top : 1, x->rows);
    first_stage(x, v, full, top, from, to, logits);
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

void tern_exact_scan(struct tern_exact *x, size_t w, size_t workers, const struct tern_exact_full *full,
                     const float *h, float *estimate) {
    size_t from, to;
    tern_share(x->rows, 1, w, workers, &from, &to);
    if (tern_exact_look(x, &x->view[w], h)) first_stage(x, &x->view[w], full, 1, from, to, estimate);
}

int tern_exact_estimate(struct tern_exact *x, const struct tern_exact_full *full, const float *h,
                        float *estimate, float *bound) {
    if (!x->sound || !tern_exact_look(x, &x->view[0], h)) return 0;
    first_stage(x, &x->view[0], full, 1, 0, x->rows, estimate);
    memcpy(bound, x->bound, x->rows * sizeof *bound);
    return 1;
}
