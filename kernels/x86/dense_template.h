/* Dense rows against f32 activations: R rows x T tokens of fused multiply-adds. The includer defines
 *   VEC, LANES, ZERO, ADD(a, b), LOAD_F16(p, left), LOAD_F32(p, left), LOAD_X(p, left), FMA(a, b, c), SUM(v)
 * where `left` (1 ..) is how many elements remain; loads past them give 0. */
#include "kernels/prep/prep.h"
#include "kernels/unroll.h"
#include "kernels/variant.h"

#include <string.h>

ALWAYS_INLINE VEC load_w(const void *data, size_t at, size_t left, int half) {
    return half ? LOAD_F16((const uint16_t *)data + at, left) : LOAD_F32((const float *)data + at, left);
}

/* One step of LANES columns at p; `left` is LANES for whole vectors, fewer at the end of the row. */
ALWAYS_INLINE void step(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens, size_t p,
                        size_t left, size_t slot, int half, VEC acc[4][4][4]) {
    VEC x[4];
    UNROLL
    for (size_t j = 0; j < tokens; j++) x[j] = LOAD_X(c->x->f + (t + j) * c->x->fstride + p, left);
    UNROLL
    for (size_t i = 0; i < rows; i++) {
        const VEC w = load_w(c->w.data, (r + i) * c->w.k + p, left, half);
        UNROLL
        for (size_t j = 0; j < tokens; j++) acc[i][j][slot] = FMA(w, x[j], acc[i][j][slot]);
    }
}

/* `slots` accumulators per row and token hide the latency of the multiply-add where the tile is small. */
ALWAYS_INLINE void tile(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                        size_t slots, size_t ahead, int half) {
    const size_t k = c->w.k, size = half ? 2 : 4;
    VEC acc[4][4][4];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) UNROLL
    for (size_t s = 0; s < slots; s++) acc[i][j][s] = ZERO;
    size_t p = 0;
    for (; p + 4 * LANES <= k; p += 4 * LANES) {
        if (tokens == 1) {
            UNROLL
            for (size_t i = 0; i < rows; i++) UNROLL
            for (size_t line = 0; line < 4 * LANES * size; line += 64)
                _mm_prefetch((const char *)c->w.data + ((r + i) * k + p) * size + line + ahead, _MM_HINT_T0);
        }
        UNROLL
        for (size_t s = 0; s < 4; s++)
            step(c, r, t, rows, tokens, p + s * LANES, LANES, s % slots, half, acc);
    }
    for (; p + LANES <= k; p += LANES) step(c, r, t, rows, tokens, p, LANES, 0, half, acc);
    if (p < k) step(c, r, t, rows, tokens, p, k - p, 0, half, acc);
    float *y = c->y;
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) {
        VEC all = acc[i][j][0];
        UNROLL
        for (size_t s = 1; s < slots; s++) all = ADD(all, acc[i][j][s]);
        y[(t + j) * c->ldy + r + i] = SUM(all);
    }
}

/* One token: `rows` rows are as many streams from memory, which some cores like and others do not. */
ALWAYS_INLINE void gemv(const struct tern_call *c, size_t row0, size_t row1, int half) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], rows = (size_t)c->param[TERN_P_ROWS];
    size_t r = row0;
    if (rows == 4)
        for (; r + 4 <= row1; r += 4) tile(c, r, 0, 4, 1, 2, ahead, half);
    if (rows == 2)
        for (; r + 2 <= row1; r += 2) tile(c, r, 0, 2, 1, 2, ahead, half);
    for (; r < row1; r++) tile(c, r, 0, 1, 1, 4, ahead, half);
}

ALWAYS_INLINE void gemm(const struct tern_call *c, size_t row0, size_t row1, size_t tokens, int half) {
    const size_t n = c->x->n;
    for (size_t r = row0; r < row1;) {
        const size_t rows = row1 - r >= 4 ? 4 : 1;
        size_t t = 0;
        if (rows == 4) {
            for (; t + tokens <= n; t += tokens) tile(c, r, t, 4, tokens, 1, 0, half);
            for (; t < n; t++) tile(c, r, t, 4, 1, 2, 0, half);
        } else {
            for (; t < n; t++) tile(c, r, t, 1, 1, 4, 0, half);
        }
        r += rows;
    }
}

#define DENSE_GEMV(name, half)                                                                               \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        gemv(c, row0, row1, half);                                                                           \
    }

#define DENSE_GEMM(name, tokens, half)                                                                       \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        gemm(c, row0, row1, tokens, half);                                                                   \
    }
