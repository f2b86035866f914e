#include "kernels/split.h"

#include "kernels/prep/prep.h"

#include "base/memory.h"
#include "base/pool.h"
#include "kernels/prep/prep.h"

#include <string.h>

#define COLUMNS_LEAST 16 /* a few cache lines of every layout */

int tern_variant_splits(const struct tern_variant *v, size_t m, size_t k, const char **why) {
    const struct tern_format *f = v->format;
    const char *reason = NULL;
    if (v->act == TERN_ACT_F32 || !v->exact)
        reason = "its sums are not exact: added in parts they would be others";
    else if (v->act != TERN_ACT_I8)
        reason = "its activations are packed as bits";
    else if (v->n_min > 1)
        reason = "only the product of one token is split along K";
    else if (!f->column_at)
        reason = "its layout has no panels of rows in which columns lie one after another";
    else if (v->prep->tables_per_call)
        reason = "it builds tables in every call, and a slice is a call for every panel";
    else if (f->row_step(m, k) % v->row_step)
        reason = "it computes more rows at once than a panel has";
    else if (k <= tern_slice_step(v))
        reason = "K is no longer than the shortest slice";
    if (why) *why = reason;
    return reason == NULL;
}

size_t tern_slice_rows(const struct tern_variant *v, size_t m, size_t k) {
    return v->format->row_step(m, k);
}

size_t tern_slice_step(const struct tern_variant *v) {
    return tern_common_multiple(tern_common_multiple(COLUMNS_LEAST, v->format->slice_columns), v->k_step);
}

void tern_slice_share(const struct tern_variant *v, size_t k, size_t s, size_t slices, size_t *from,
                      size_t *to) {
    tern_share(k, tern_slice_step(v), s, slices, from, to);
}

/* One panel of a slice as a multiplication of its own; x is filled. */
static struct tern_call panel_of(const struct tern_call *c, struct tern_tokens *x, size_t rows,
                                 size_t columns) {
    struct tern_call part = *c;
    *x = (struct tern_tokens){.n = 1, .k = columns, .stride = tern_token_stride(columns)};
    part.w.m = rows;
    part.w.k = columns;
    part.w.data = NULL;
    part.x = x;
    part.ldy = rows;
    return part;
}

/* Where a thread's scratch has what: activations, their sum, what is prepared, the variant's own. */
struct room {
    size_t sum, shared, local, bytes;
};

static struct room room_of(const struct tern_proof *p, const struct tern_call *panel) {
    struct room r;
    r.sum = panel->x->stride;
    r.shared = r.sum + TERN_CACHE_LINE;
    r.local = r.shared + tern_round_up(tern_proof_shared_bytes(p, panel), TERN_CACHE_LINE);
    r.bytes = r.local + tern_round_up(tern_proof_local_bytes(p, panel), TERN_CACHE_LINE);
    return r;
}

/* Slices differ by one step, and the last one also by what K has beyond a step. */
size_t tern_slice_scratch(const struct tern_proof *p, const struct tern_call *c, size_t slices) {
    const struct tern_variant *v = tern_proof_variant(p);
    size_t most = 0;
    for (size_t s = 0; s < slices; s++) {
        struct tern_tokens x;
        size_t from, to;
        tern_slice_share(v, c->w.k, s, slices, &from, &to);
        if (from == to) continue;
        const struct tern_call panel =
            panel_of(c, &x, tern_min(tern_slice_rows(v, c->w.m, c->w.k), c->w.m), to - from);
        most = tern_max(most, room_of(p, &panel).bytes);
    }
    return most;
}

/* The call of a slice's panels, ready but for the weights and where results go. */
static struct tern_call slice_of(const struct tern_proof *p, const struct tern_call *c, struct tern_tokens *x,
                                 size_t columns, char *scratch, void **local) {
    const struct tern_variant *v = tern_proof_variant(p);
    struct tern_call panel = panel_of(c, x, tern_min(tern_slice_rows(v, c->w.m, c->w.k), c->w.m), columns);
    const struct room r = room_of(p, &panel);
    x->q = (int8_t *)scratch;
    x->sum = (int32_t *)(void *)(scratch + r.sum);
    x->inv = c->x->inv;
    panel.shared = scratch + r.shared;
    *local = scratch + r.local;
    return panel;
}

void tern_slice_prepare(const struct tern_proof *p, const struct tern_call *c, size_t s, size_t slices,
                        void *scratch) {
    struct tern_tokens x;
    size_t from, to;
    void *local;
    tern_slice_share(tern_proof_variant(p), c->w.k, s, slices, &from, &to);
    if (from == to) return;
    const struct tern_call panel = slice_of(p, c, &x, to - from, scratch, &local);
    int32_t sum = 0;
    memcpy(x.q, c->x->q + from, x.k);
    memset(x.q + x.k, 0, x.stride - x.k);
    for (size_t i = 0; i < x.k; i++) sum += x.q[i];
    *x.sum = sum;
    tern_proof_prepare(p, &panel, 0, 1);
}

void tern_slice_run(const struct tern_proof *p, const struct tern_call *c, size_t s, size_t slices,
                    size_t row0, size_t row1, void *scratch, int32_t *sums) {
    const struct tern_variant *v = tern_proof_variant(p);
    const struct tern_format *f = v->format;
    const size_t m = c->w.m, k = c->w.k, step = tern_slice_rows(v, m, k);
    struct tern_tokens x;
    size_t from, to;
    void *local;
    tern_slice_share(v, k, s, slices, &from, &to);
    if (from == to) {
        memset(sums + row0, 0, (row1 - row0) * sizeof *sums);
        return;
    }
    struct tern_call panel = slice_of(p, c, &x, to - from, scratch, &local);
    for (size_t r = row0; r < row1; r += step) {
        const size_t rows = tern_min(step, m - r);
        panel.w.m = panel.ldy = rows;
        panel.w.data =
            (const char *)c->w.data + (r ? f->bytes(r, k) : 0) + (from ? f->column_at(rows, from) : 0);
        panel.y = sums + r;
        tern_proof_run(p, &panel, 0, rows, local);
    }
}

void tern_slices_add(const int32_t *sums, size_t slices, size_t stride, size_t n, int32_t *y) {
    memcpy(y, sums, n * sizeof *y);
    for (size_t s = 1; s < slices; s++)
        for (size_t i = 0; i < n; i++) y[i] += sums[s * stride + i];
}
