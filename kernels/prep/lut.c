#include "kernels/prep/lut.h"

#include "base/memory.h"
#include "base/pool.h"

#include <string.h>

size_t tern_lut_block(const struct tern_call *c, size_t unit) {
    const size_t all = tern_round_up(c->w.k, unit), want = (size_t)c->param[TERN_LUT_KBLOCK];
    return want ? tern_min(all, tern_max(unit, want / unit * unit)) : all;
}

/* Vec-LUT: T tokens per tile, tables of `entries` vectors. */
static size_t turned_bytes(const struct tern_call *c, size_t tokens) {
    return tern_round_up(c->x->n, tokens) * tern_round_up(c->w.k, TERN_VEC_COLUMNS) * sizeof(int16_t);
}

/* 16- and 32-bit sums of the rows that wait, and the tables alive. */
static size_t vec_scratch(const struct tern_call *c, size_t tokens, size_t entries) {
    const size_t rows = tern_min((size_t)c->param[TERN_VEC_ROWS], tern_round_up(c->w.m, 64));
    return (rows * 3 + (size_t)c->param[TERN_VEC_GROUPS] * entries) * tokens * sizeof(int16_t);
}

static void turn(const struct tern_call *c, size_t worker, size_t workers, size_t tokens) {
    enum { STEP = TERN_VEC_COLUMNS };
    const size_t blocks = (c->w.k + STEP - 1) / STEP, tiles = (c->x->n + tokens - 1) / tokens;
    size_t from, to;
    tern_share(tiles * blocks, 1, worker, workers, &from, &to);
    for (size_t b = from; b < to; b++) {
        int16_t *out = (int16_t *)c->shared + b * STEP * tokens;
        const size_t t0 = b / blocks * tokens, column = b % blocks * STEP;
        const size_t live = tern_min(STEP, c->w.k - column);
        memset(out, 0, STEP * tokens * sizeof *out);
        for (size_t t = 0; t < tokens && t0 + t < c->x->n; t++) {
            const int8_t *q = c->x->q + (t0 + t) * c->x->stride + column;
            for (size_t i = 0; i < live; i++) out[i * tokens + t] = q[i];
        }
    }
}

#define VECTORS(g, entries, tokens)                                                                          \
    static size_t vec##g##n##tokens##_bytes(const struct tern_call *c) {                                     \
        return turned_bytes(c, tokens);                                                                      \
    }                                                                                                        \
    static size_t vec##g##n##tokens##_scratch(const struct tern_call *c) {                                   \
        return vec_scratch(c, tokens, entries);                                                              \
    }                                                                                                        \
    static void vec##g##n##tokens##_run(const struct tern_call *c, size_t worker, size_t workers) {          \
        turn(c, worker, workers, tokens);                                                                    \
    }                                                                                                        \
    const struct tern_prep tern_prep_vec##g##n##tokens = {                                                   \
        vec##g##n##tokens##_bytes, vec##g##n##tokens##_scratch, vec##g##n##tokens##_run, 1};

VECTORS(4, 81, 8)
VECTORS(4, 81, 16)
VECTORS(4, 81, 32)
VECTORS(5, 250, 16)
VECTORS(5, 250, 32)
