/* The matrix of the exact head: its codes, scales and norms. */
#include "harness/head/exact_internal.h"

#include <string.h>

static int get_view(struct tern_exact *x, struct tern_exact_view *v) {
    const size_t columns = x->scan.all_units * TERN_SCAN_UNIT;
    v->high = tern_alloc(columns);
    v->best = tern_alloc(TERN_EXACT_TOP_MAX * sizeof *v->best);
    if (x->in_place) {
        v->zero = tern_alloc(columns / 8 * sizeof *v->zero);
        v->step = tern_alloc(x->groups * sizeof *v->step);
        return v->high && v->best && v->zero && v->step;
    }
    v->low = tern_alloc(columns);
    v->offset = tern_alloc(x->groups * 16 * sizeof *v->offset);
    return v->high && v->best && v->low && v->offset;
}

/* What a scan of its own codes has besides. */
static int get_codes(struct tern_exact *x, int bits, size_t block) {
    x->scan.bits = bits;
    x->scan.units = block / 16;
    x->groups = (x->scan.all_units + x->scan.units - 1) / x->scan.units;
    x->scan.row_bytes = x->groups * 16 + x->scan.all_units * (bits == 6 ? 192 : 256);
    x->segments = tern_min(x->groups, TERN_EXACT_SEGMENTS);
    x->zero = 1 << (bits - 1);
    const int pages = !tern_pages_get(&x->codes, tern_mul_size(x->rows, x->scan.row_bytes));
    x->scan.data = x->codes.data;
    x->scan.scale = tern_alloc(x->rows * sizeof(float));
    x->residual = tern_alloc(tern_mul_size(x->rows, x->segments * sizeof(float)));
    return pages && x->scan.scale && x->residual;
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
    const int in_place = o && o->in_place;
    if (in_place && k % TERN_SCAN_UNIT)
        return tern_fail(e, TERN_BAD_INPUT, "exact2: rows of %zu in place: no multiple of %d", k,
                         TERN_SCAN_UNIT);
    struct tern_exact *x = tern_alloc(sizeof *x);
    if (!x) return tern_fail(e, TERN_NO_MEMORY, "exact2: out of memory");
    x->in_place = in_place;
    x->rows = rows;
    x->k = k;
    x->workers = workers;
    x->scan.all_units = (k + TERN_SCAN_UNIT - 1) / TERN_SCAN_UNIT;
    x->groups = x->scan.all_units;
    x->norm = tern_alloc(rows * sizeof(float));
    x->bound = tern_alloc(rows * sizeof(float));
    x->view = tern_alloc(workers * sizeof *x->view);
    x->merged = tern_alloc(workers * TERN_EXACT_TOP_MAX * sizeof(float));
    int ok = (in_place || get_codes(x, bits, block)) && x->norm && x->bound && x->view && x->merged;
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
        tern_free(x->view[w].zero);
        tern_free(x->view[w].step);
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
    if (x->in_place) return x->rows * (tern_rows_bytes(TERN_ROWS_Q6_K, x->k) + sizeof(float));
    return x->rows * (x->scan.row_bytes + (2 + x->segments) * sizeof(float));
}

size_t tern_exact_parts(struct tern_exact *x, struct tern_exact_part out[TERN_EXACT_PARTS]) {
    size_t n = 0;
    out[n++] = (struct tern_exact_part){x->norm, x->rows * sizeof(float), 0};
    if (x->in_place) return n;
    out[n++] = (struct tern_exact_part){x->codes.data, x->rows * x->scan.row_bytes, 1};
    out[n++] = (struct tern_exact_part){x->scan.scale, x->rows * sizeof(float), 0};
    out[n++] = (struct tern_exact_part){x->residual, x->rows * x->segments * sizeof(float), 0};
    return n;
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
