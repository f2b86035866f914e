#include "harness/head/exact.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define SEGMENTS 8       /* parts of a row with residual norms of their own, at most */
#define CHUNK    256     /* rows between two looks at the bounds */
#define HIGHEST  32512   /* 127 * 256: the largest code of the vector */
#define SLACK    0x1p-10 /* over every norm: far more than the rounding of the few f32 operations behind it */
#define UNIT     0x1p-24
#define TINY     0x1p-90f /* above what underflow can lose */

/* What one worker keeps of the current vector. */
struct view {
    int8_t *high, *low;
    int32_t *offset;
    float segment[SEGMENTS], rest; /* factors of the bound */
    float scale;
    float *best; /* heap of the largest lower bounds, smallest first */
    size_t count;
    struct tern_exact_counts seen;
    char pad[TERN_CACHE_LINE];
};

struct tern_exact {
    struct tern_scan scan;
    size_t rows, k, groups, segments, workers;
    int zero; /* the code that stands for it */
    struct tern_pages codes;
    float *norm, *residual; /* [rows], [rows][segments] */
    float *bound;           /* of the current vector */
    int sound;              /* every row has a finite norm */
    struct view *view;
    float *merged;
};

int tern_exact_can(const struct tern_wanted *want) {
    if (want->margin > 0) return want->top <= TERN_EXACT_TOP_MAX;
    return want->top && want->top <= TERN_EXACT_TOP_MAX;
}

static int get_view(struct tern_exact *x, struct view *v) {
    const size_t columns = x->scan.all_units * TERN_SCAN_UNIT;
    v->high = tern_alloc(columns);
    v->low = tern_alloc(columns);
    v->offset = tern_alloc(x->groups * 16 * sizeof *v->offset);
    v->best = tern_alloc(TERN_EXACT_TOP_MAX * sizeof *v->best);
    return v->high && v->low && v->offset && v->best;
}

enum tern_status tern_exact_new(size_t rows, size_t k, size_t workers, const struct tern_exact_options *o,
                                struct tern_exact **out, struct tern_error *e) {
    const int bits = o && o->bits ? o->bits : 6;
    const size_t block = o && o->block ? o->block : 32;
    *out = NULL;
    if (bits < 6 || bits > 8) return tern_fail(e, TERN_BAD_INPUT, "exact2: %d bits: 6, 7 or 8", bits);
    if (block != 16 && block != 32 && block != 64)
        return tern_fail(e, TERN_BAD_INPUT, "exact2: blocks of %zu: 16, 32 or 64", block);
    if (!rows || !k || k > (size_t)1 << 24 || rows > (size_t)1 << 31)
        return tern_fail(e, TERN_BAD_INPUT, "exact2: a matrix of %zux%zu", rows, k);
    struct tern_exact *x = tern_alloc(sizeof *x);
    if (!x) return tern_fail(e, TERN_NO_MEMORY, "exact2: out of memory");
    const size_t unit = bits == 6 ? 192 : 256;
    x->scan.bits = bits;
    x->scan.units = block / 16;
    x->scan.all_units = (k + TERN_SCAN_UNIT - 1) / TERN_SCAN_UNIT;
    x->groups = (x->scan.all_units + x->scan.units - 1) / x->scan.units;
    x->scan.row_bytes = x->groups * 16 + x->scan.all_units * unit;
    x->segments = tern_min(x->groups, SEGMENTS);
    x->zero = 1 << (bits - 1);
    x->rows = rows;
    x->k = k;
    x->workers = workers;
    int ok = !tern_pages_get(&x->codes, tern_mul_size(rows, x->scan.row_bytes));
    x->scan.data = x->codes.data;
    x->scan.scale = tern_alloc(rows * sizeof(float));
    x->norm = tern_alloc(rows * sizeof(float));
    x->residual = tern_alloc(tern_mul_size(rows, x->segments * sizeof(float)));
    x->bound = tern_alloc(rows * sizeof(float));
    x->view = tern_alloc(workers * sizeof *x->view);
    x->merged = tern_alloc(workers * TERN_EXACT_TOP_MAX * sizeof(float));
    ok = ok && x->scan.scale && x->norm && x->residual && x->bound && x->view && x->merged;
    for (size_t w = 0; ok && w < workers; w++) ok = get_view(x, &x->view[w]);
    if (!ok) {
        tern_exact_free(x);
        return tern_fail(e, TERN_NO_MEMORY, "exact2: out of memory for %zux%zu", rows, k);
    }
    *out = x;
    return TERN_OK;
}

void tern_exact_free(struct tern_exact *x) {
    if (!x) return;
    for (size_t w = 0; x->view && w < x->workers; w++) {
        tern_free(x->view[w].high);
        tern_free(x->view[w].low);
        tern_free(x->view[w].offset);
        tern_free(x->view[w].best);
    }
    tern_pages_drop(&x->codes);
    tern_free(x->scan.scale);
    tern_free(x->norm);
    tern_free(x->residual);
    tern_free(x->bound);
    tern_free(x->view);
    tern_free(x->merged);
    tern_free(x);
}

size_t tern_exact_bytes(const struct tern_exact *x) {
    return x->rows * (x->scan.row_bytes + (2 + x->segments) * sizeof(float));
}

void tern_exact_parts(struct tern_exact *x, struct tern_exact_part out[TERN_EXACT_PARTS]) {
    out[0] = (struct tern_exact_part){x->codes.data, x->rows * x->scan.row_bytes};
    out[1] = (struct tern_exact_part){x->scan.scale, x->rows * sizeof(float)};
    out[2] = (struct tern_exact_part){x->norm, x->rows * sizeof(float)};
    out[3] = (struct tern_exact_part){x->residual, x->rows * x->segments * sizeof(float)};
}

/* The smallest float that is not below v. */
static float up(double v) {
    const float f = (float)v;
    return (double)f < v ? nextafterf(f, INFINITY) : f;
}

/* Column `i` (0 .. 4 * vectors - 1) of block j of the group that begins at unit u. */
static size_t column(size_t u, size_t j, size_t i) {
    return u * TERN_SCAN_UNIT + i / 4 * 64 + 4 * j + i % 4;
}

static void put_code(unsigned char *unit, size_t at, unsigned code, int bits) {
    const size_t v = at / 64, i = at % 64;
    if (bits != 6) {
        unit[at] = (unsigned char)code;
        return;
    }
    unit[64 * (v % 2) + i] |= (unsigned char)((code & 15) << 4 * (v / 2));
    unit[128 + i] |= (unsigned char)((code >> 4) << 2 * v);
}

static float largest(const float *row, size_t k) {
    float top = 0;
    for (size_t i = 0; i < k; i++) {
        if (!isfinite(row[i])) return INFINITY;
        top = fabsf(row[i]) > top ? fabsf(row[i]) : top;
    }
    return top;
}

void tern_exact_pack(struct tern_exact *x, size_t r, const float *row) {
    const struct tern_scan *s = &x->scan;
    const size_t unit_bytes = s->bits == 6 ? 192 : 256;
    const int most = x->zero - 1;
    unsigned char *p = (unsigned char *)x->codes.data + r * s->row_bytes;
    double residual[SEGMENTS] = {0}, kept = 0, whole = 0;
    const float top = largest(row, x->k);
    memset(p, 0, s->row_bytes);
    /* Steps are scale * 1..255; the largest block needs top / most. */
    const float scale = isfinite(top) ? up((double)top / most / 255) : 0;
    s->scale[r] = scale;
    if (!isfinite(top)) {
        x->norm[r] = INFINITY;
        return;
    }
    for (size_t g = 0, u = 0; g < x->groups; g++, u += s->units) {
        unsigned char *steps = p;
        const size_t units = tern_min(s->units, s->all_units - u);
        for (size_t j = 0; j < 16; j++) {
            float high = 0;
            for (size_t i = 0; i < 16 * units; i++) {
                const size_t c = column(u, j, i);
                if (c < x->k && fabsf(row[c]) > high) high = fabsf(row[c]);
            }
            double step = scale > 0 ? ceil((double)high / most / (double)scale) : 0;
            step = step < 1 ? 1 : step > 255 ? 255 : step;
            steps[j] = (unsigned char)step;
            const double width = step * (double)scale;
            for (size_t i = 0; i < 16 * units; i++) {
                const size_t c = column(u, j, i);
                const double w = c < x->k ? (double)row[c] : 0;
                double q = width > 0 ? rint(w / width) : 0;
                q = q > most ? most : q < -most ? -most : q;
                put_code(steps + 16 + (c / TERN_SCAN_UNIT - u) * unit_bytes, c % TERN_SCAN_UNIT,
                         (unsigned)((int)q + x->zero), s->bits);
                const double left = w - q * width;
                residual[g * x->segments / x->groups] += left * left;
                kept += q * width * q * width;
                whole += w * w;
            }
        }
        p += 16 + units * unit_bytes;
    }
    x->norm[r] = up(sqrt(kept > whole ? kept : whole) * (1 + SLACK));
    for (size_t i = 0; i < x->segments; i++)
        x->residual[r * x->segments + i] = up(sqrt(residual[i]) * (1 + SLACK));
}

/* Two planes of codes for h and the factors of the bound; 0 when h is not finite. */
static int look_at(const struct tern_exact *x, struct view *v, size_t k, const float *h) {
    const float top = largest(h, k);
    if (!isfinite(top)) return 0;
    v->scale = up((double)top / HIGHEST);
    const double inverse = v->scale > 0 ? 1 / (double)v->scale : 0;
    double segment[SEGMENTS] = {0}, error = 0, coded = 0, all = 0;
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
    for (size_t i = 0; i < x->segments; i++) v->segment[i] = up(sqrt(segment[i]) * (1 + SLACK));
    const double seen = sqrt(coded) * (double)v->scale;
    /* e . w^ ; the scan's own sums and the two additions of the bound; the full head's sums. */
    v->rest = up(
        (sqrt(error) + ((double)x->groups + 14) * UNIT * seen + tern_rows_roundings(k) * UNIT * sqrt(all)) *
        (1 + SLACK));
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
static void first_stage(struct tern_exact *x, struct view *v, const struct tern_head_ops *ops, size_t top,
                        size_t from, size_t to, float *logits) {
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
    struct view *v = &x->view[w];
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

void tern_exact_packed(struct tern_exact *x) {
    x->sound = 1;
    for (size_t r = 0; r < x->rows; r++)
        if (!isfinite(x->norm[r])) x->sound = 0;
}

int tern_exact_estimate(struct tern_exact *x, const struct tern_head_ops *ops, const float *h,
                        float *estimate, float *bound) {
    if (!x->sound || !look_at(x, &x->view[0], x->k, h)) return 0;
    first_stage(x, &x->view[0], ops, 1, 0, x->rows, estimate);
    memcpy(bound, x->bound, x->rows * sizeof *bound);
    return 1;
}

void tern_exact_counts(const struct tern_exact *x, struct tern_exact_counts *out) {
    *out = (struct tern_exact_counts){.steps = x->view[0].seen.steps};
    for (size_t w = 0; w < x->workers; w++) {
        out->rescored += x->view[w].seen.rescored;
        out->whole += x->view[w].seen.whole;
        out->whole_rows += x->view[w].seen.whole_rows;
    }
}
