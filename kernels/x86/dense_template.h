/* Dense rows against f32 activations: R rows x T tokens of fused multiply-adds. The includer defines
 *   VEC, LANES, ZERO, LOAD_F16(p, left), LOAD_F32(p, left), LOAD_X(p, left), FMA(a, b, c), SUM(v)
 * where `left` (1 ..) is how many elements remain; loads past them give 0. */
#include "kernels/unroll.h"
#include "kernels/variant.h"

#include <string.h>

ALWAYS_INLINE VEC load_w(const void *data, size_t at, size_t left, int half) {
    return half ? LOAD_F16((const uint16_t *)data + at, left) : LOAD_F32((const float *)data + at, left);
}

/* Two accumulators per row and token hide the latency of the multiply-add for small tiles. */
ALWAYS_INLINE void tile(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens, int half) {
    const size_t k = c->w.k;
    VEC acc[4][4][2];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) acc[i][j][0] = acc[i][j][1] = ZERO;
    for (size_t at = 0; at < k; at += 2 * LANES) {
        UNROLL
        for (size_t s = 0; s < 2; s++) {
            const size_t p = at + s * LANES;
            if (p >= k) break;
            VEC x[4];
            UNROLL
            for (size_t j = 0; j < tokens; j++) x[j] = LOAD_X(c->x->f + (t + j) * c->x->fstride + p, k - p);
            UNROLL
            for (size_t i = 0; i < rows; i++) {
                const VEC w = load_w(c->w.data, (r + i) * k + p, k - p, half);
                UNROLL
                for (size_t j = 0; j < tokens; j++)
                    acc[i][j][tokens > 2 ? 0 : s] = FMA(w, x[j], acc[i][j][tokens > 2 ? 0 : s]);
            }
        }
    }
    float *y = c->y;
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) y[(t + j) * c->ldy + r + i] = SUM(acc[i][j][0]) + SUM(acc[i][j][1]);
}

ALWAYS_INLINE void run(const struct tern_call *c, size_t row0, size_t row1, size_t tokens, int half) {
    const size_t n = c->x->n;
    for (size_t r = row0; r < row1;) {
        const size_t rows = row1 - r >= 4 ? 4 : 1;
        size_t t = 0;
        if (rows == 4) {
            for (; t + tokens <= n; t += tokens) tile(c, r, t, 4, tokens, half);
            for (; t < n; t++) tile(c, r, t, 4, 1, half);
        } else {
            for (; t < n; t++) tile(c, r, t, 1, 1, half);
        }
        r += rows;
    }
}

#define DENSE(name, tokens, half)                                                                            \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        run(c, row0, row1, tokens, half);                                                                    \
    }
