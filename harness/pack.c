/* Packs the rows of a projection from the rows of the model. */
#include "harness/head/dense_rows.h"
#include "harness/internal.h"
#include "models/facts.h"

#include <stdint.h>
#include <string.h>

#define BLOCK_ROWS 64 /* rows unpacked at a time */

/* The file's pages of rows that are packed now: there is one copy of the weights, not two. */
static void release_rows(const struct tern_engine *en, const struct tern_linear *l, size_t r0, size_t r1) {
    if (!l->data || r0 >= r1) return;
    const struct tern_dense d = tern_linear_dense(l);
    const size_t bytes = l->format ? l->format->bytes(l->m, l->k) : (size_t)tern_dense_bytes(&d);
    const size_t from = bytes / l->m * r0, to = r1 == l->m ? bytes : bytes / l->m * r1;
    tern_model_release(en->model, (const char *)l->data + from, to - from);
}

/* Of rows [from, to) of a projection. */
static void release_share(const struct tern_engine *en, const struct packed *p, size_t from, size_t to) {
    size_t first = 0;
    for (size_t i = 0; i < p->projection->roles; i++) {
        const struct tern_linear *l = p->source[i];
        if (p->projection->pair)
            release_rows(en, l, from / 2, tern_min(to / 2, l->m));
        else
            release_rows(en, l, tern_max(from, first) - first, tern_min(tern_max(to, first) - first, l->m));
        first += l->m;
    }
}

/* Rows [r0, r1) of a linear layer, also where its format wants other bounds. */
static enum tern_status some_rows(const struct tern_linear *l, size_t r0, size_t r1, int8_t *out,
                                  struct tern_error *e) {
    const size_t step = tern_linear_step(l), from = r0 / step * step,
                 to = tern_min(tern_round_up(r1, step), l->m);
    if (from == r0 && to == r1) return tern_linear_rows(l, r0, r1, out, e);
    int8_t *more = tern_alloc(tern_mul_size(to - from, l->k));
    if (!more) return tern_fail(e, TERN_NO_MEMORY, "engine: %s: no memory for %zu rows", l->name, to - from);
    const enum tern_status s = tern_linear_rows(l, from, to, more, e);
    memcpy(out, more + (r0 - from) * l->k, (r1 - r0) * l->k);
    tern_free(more);
    return s;
}

/* Where row r of a projection comes from, and how many more rows follow from there. */
static const struct tern_linear *find_row(const struct packed *p, size_t r, size_t *row, size_t *run) {
    const size_t pair = p->projection->pair;
    size_t i = 0;
    if (!pair) {
        for (; r >= p->source[i]->m; i++) r -= p->source[i]->m;
        *row = r;
        *run = p->source[i]->m - r;
        return p->source[i];
    }
    const size_t first = r / (2 * pair) * pair, count = tern_min(pair, p->source[0]->m - first);
    r -= 2 * first;
    i = r >= count;
    *row = first + (r - i * count);
    *run = count - (r - i * count);
    return p->source[i];
}

static enum tern_status gather_rows(const struct packed *p, size_t r0, size_t r1, int8_t *out,
                                    struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (size_t r = r0, n; s == TERN_OK && r < r1; r += n) {
        size_t row;
        const struct tern_linear *l = find_row(p, r, &row, &n);
        n = tern_min(n, r1 - r);
        s = some_rows(l, row, row + n, out + (r - r0) * l->k, e);
    }
    return s;
}

/* A layer that is not ternary: its values as rows. */
static enum tern_status keep_share(const struct tern_engine *en, const struct packed *p, size_t w,
                                   size_t workers, struct tern_error *e) {
    const struct tern_linear *l = p->source[0];
    const struct tern_dense d = tern_linear_dense(l);
    float *row = tern_alloc(d.cols * sizeof *row);
    if (!row) return tern_fail(e, TERN_NO_MEMORY, "engine: %s: no memory for a row", l->name);
    const int same = tern_rows_same(p->rows, &d);
    size_t from, to;
    tern_share(d.rows, 1, w, workers, &from, &to);
    for (size_t r = from; r < to; r++) {
        const size_t at = tern_linear_file_row(l, r);
        if (!same) tern_dense_row(&d, at, row);
        tern_rows_put(p->rows, &d, at, row, (char *)(uintptr_t)p->w.data + r * p->row_bytes);
    }
    tern_free(row);
    release_share(en, p, from, to);
    return TERN_OK;
}

enum tern_status tern_pack_share(const struct tern_engine *en, const struct packed *p, size_t w,
                                 size_t workers, struct tern_error *e) {
    if (p->plain) return keep_share(en, p, w, workers, e);
    const struct tern_linear *l = p->source[0];
    const size_t m = p->w.m, k = p->w.k;
    const size_t step = tern_min(tern_common_multiple(tern_linear_step(l), p->w.format->row_step(m, k)), m);
    const size_t block = tern_min(step * tern_max(1, BLOCK_ROWS / step), m);
    int8_t *trits = tern_alloc(tern_mul_size(block, k));
    if (!trits) return tern_fail(e, TERN_NO_MEMORY, "engine: %s: no memory for %zu rows", l->name, block);
    size_t from, to;
    enum tern_status s = TERN_OK;
    tern_share(m, step, w, workers, &from, &to);
    for (size_t r = from; s == TERN_OK && r < to; r += block) {
        const size_t end = tern_min(r + block, to);
        s = gather_rows(p, r, end, trits, e);
        if (s == TERN_OK) p->w.format->pack(trits, m, k, r, end, l->scale, (void *)(uintptr_t)p->w.data);
    }
    tern_free(trits);
    release_share(en, p, from, to);
    return s;
}
