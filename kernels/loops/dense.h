/* Dense rows (formats/file/dense.c) against f32 activations: rows x tokens of fused multiply-adds. The includer defines
 *   VEC, LANES, ZERO, ADD(a, b), LOAD_F16(p, left), LOAD_F32(p, left), LOAD_X(p, left), FMA(a, b, c), SUM(v)
 * where `left` (1 ..) is how many elements remain; loads past them give 0. */
#ifndef TERN_KERNELS_LOOPS_DENSE_H
#define TERN_KERNELS_LOOPS_DENSE_H

#include "kernels/loops/row_tiles.h"

#include <string.h>

enum weights { SINGLE /* f32 */, HALF /* f16 */ };

ALWAYS_INLINE VEC load_w(const void *data, size_t at, size_t left, int half) {
    return half ? LOAD_F16((const uint16_t *)data + at, left) : LOAD_F32((const float *)data + at, left);
}

/* One step of LANES columns at p; `left` is LANES for whole vectors, fewer at the end of the row. */
ALWAYS_INLINE void step(const struct tern_call *c, struct row_tile x, size_t p, size_t left, size_t slot,
                        VEC acc[4][4][4]) {
    VEC a[4];
    UNROLL
    for (size_t j = 0; j < x.tokens; j++) a[j] = LOAD_X(c->x->f + (x.t + j) * c->x->fstride + p, left);
    UNROLL
    for (size_t i = 0; i < x.rows; i++) {
        const VEC w = load_w(c->w.data, (x.row + i) * c->w.k + p, left, x.kind == HALF);
        UNROLL
        for (size_t j = 0; j < x.tokens; j++) acc[i][j][slot] = FMA(w, a[j], acc[i][j][slot]);
    }
}

/* Of small tiles several accumulators per row and token hide the latency of the multiply-add. */
ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x) {
    const size_t slots = x.rows == 1 ? 4 : x.tokens == 1 ? 2 : 1;
    const size_t k = c->w.k, size = x.kind == HALF ? 2 : 4;
    VEC acc[4][4][4];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) UNROLL
    for (size_t s = 0; s < slots; s++) acc[i][j][s] = ZERO;
    size_t p = 0;
    for (; p + 4 * LANES <= k; p += 4 * LANES) {
        if (x.tokens == 1) {
            UNROLL
            for (size_t i = 0; i < x.rows; i++) UNROLL
            for (size_t line = 0; line < 4 * LANES * size; line += 64)
                __builtin_prefetch((const char *)c->w.data + ((x.row + i) * k + p) * size + line + x.ahead);
        }
        UNROLL
        for (size_t s = 0; s < 4; s++) step(c, x, p + s * LANES, LANES, s % slots, acc);
    }
    for (; p + LANES <= k; p += LANES) step(c, x, p, LANES, 0, acc);
    if (p < k) step(c, x, p, k - p, 0, acc);
    float *y = c->y;
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) {
        VEC all = acc[i][j][0];
        UNROLL
        for (size_t s = 1; s < slots; s++) all = ADD(all, acc[i][j][s]);
        y[(x.t + j) * c->ldy + x.row + i] = SUM(all);
    }
}

/* A GEMM has no parameters. */
ALWAYS_INLINE struct row_tile dense_tile(size_t tokens, enum weights kind) {
    return (struct row_tile){.rows = 4, .tokens = tokens, .kind = kind};
}

#endif
