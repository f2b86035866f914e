/* The matrix of the exact head: its codes, scales and norms. */
#include "harness/head/exact_internal.h"

#include <string.h>

static int get_view(struct tern_exact *x, struct tern_exact_view *v) {
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
    x->segments = tern_min(x->groups, TERN_EXACT_SEGMENTS);
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
    out[0] = (struct tern_exact_part){x->codes.data, x->rows * x->scan.row_bytes, 1};
    out[1] = (struct tern_exact_part){x->scan.scale, x->rows * sizeof(float), 0};
    out[2] = (struct tern_exact_part){x->norm, x->rows * sizeof(float), 0};
    out[3] = (struct tern_exact_part){x->residual, x->rows * x->segments * sizeof(float), 0};
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

void tern_exact_pack(struct tern_exact *x, size_t r, const float *row) {
    const struct tern_scan *s = &x->scan;
    const size_t unit_bytes = s->bits == 6 ? 192 : 256;
    const int most = x->zero - 1;
    unsigned char *p = (unsigned char *)x->codes.data + r * s->row_bytes;
    double residual[TERN_EXACT_SEGMENTS] = {0}, kept = 0, whole = 0;
    const float top = tern_exact_largest(row, x->k);
    memset(p, 0, s->row_bytes);
    /* Steps are scale * 1..255; the largest block needs top / most. */
    const float scale = isfinite(top) ? tern_exact_up((double)top / most / 255) : 0;
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
    x->norm[r] = tern_exact_up(sqrt(kept > whole ? kept : whole) * (1 + TERN_EXACT_SLACK));
    for (size_t i = 0; i < x->segments; i++)
        x->residual[r * x->segments + i] = tern_exact_up(sqrt(residual[i]) * (1 + TERN_EXACT_SLACK));
}

void tern_exact_packed(struct tern_exact *x) {
    x->sound = 1;
    for (size_t r = 0; r < x->rows; r++)
        if (!isfinite(x->norm[r])) x->sound = 0;
}

void tern_exact_counts(const struct tern_exact *x, struct tern_exact_counts *out) {
    *out = (struct tern_exact_counts){.steps = x->view[0].seen.steps};
    for (size_t w = 0; w < x->workers; w++) {
        out->rescored += x->view[w].seen.rescored;
        out->whole += x->view[w].seen.whole;
        out->whole_rows += x->view[w].seen.whole_rows;
    }
}
