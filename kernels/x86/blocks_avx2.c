/* I2_S and TQ2_0 as they lie in the file, with vpmaddubsw: what bitnet.cpp and ggml do on AVX2, without the
 * overflow.
 *
 * Per 32 bytes = 128 weights: 4 products of at most 512 are added, so an int16 lane holds 16 blocks
 * (16 * 4 * 512 = 32,768 in magnitude, reached only as -32,768); they are widened every 16 blocks. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/flush.h"
#include "kernels/loops/row_tiles.h"

enum order { HIGH_FIRST /* I2_S */, LOW_FIRST /* TQ2_0 */ };

enum { STEP = 4 * (2 * 2 * 128) }; /* four pairs of products of codes */
_Static_assert(TERN_FLUSH_2048 *STEP <= TERN_INT16_LEAST, "file layouts: int16 sums");

ALWAYS_INLINE vec codes(vec x, unsigned g, enum order order) {
    return v_and(v_shr16(x, order == HIGH_FIRST ? 6 - 2 * g : 2 * g), v_bytes(3));
}

ALWAYS_INLINE size_t row_bytes(size_t k, enum order order) {
    return order == HIGH_FIRST ? k / 4 : k / 256 * 66;
}

/* Byte offset of 128-weight block b of a row: TQ2_0 keeps two of them, then a scale. */
ALWAYS_INLINE size_t block_at(size_t b, enum order order) {
    return order == HIGH_FIRST ? b * 32 : b / 2 * 66 + b % 2 * 32;
}

/* kind: enum order. */
ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x) {
    const enum order order = (enum order)x.kind;
    const size_t pitch = row_bytes(c->w.k, order);
    const size_t blocks = c->w.k / 128;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const int8_t *q = c->x->q + x.t * c->x->stride;
    vec sum[4][2];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) sum[i][j] = v_zero();

    for (size_t b = 0; b < blocks;) {
        const size_t stop = tern_min(blocks, b + TERN_FLUSH_2048);
        vec acc[4][2];
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) acc[i][j] = v_zero();
        for (; b < stop; b++) {
            UNROLL
            for (size_t i = 0; i < x.rows; i++) {
                const uint8_t *at = w + i * pitch + block_at(b, order);
                _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
                const vec bytes = v_load(at);
                UNROLL
                for (unsigned g = 0; g < 4; g++) {
                    const vec u = codes(bytes, g, order);
                    UNROLL
                    for (size_t j = 0; j < x.tokens; j++) {
                        const vec a = v_load(q + j * c->x->stride + 128 * b + 32 * g);
                        acc[i][j] = v_mad(acc[i][j], u, a);
                    }
                }
            }
        }
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < x.tokens; j++) sum[i][j] = v_widen(sum[i][j], acc[i][j]);
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) *row_result(c, &x, i, j) = v_sum(sum[i][j]) - c->x->sum[x.t + j];
}

TERN_RUN(gemv_i2s_i8_r1k128__avx2, row_gemv(c, row0, row1, HIGH_FIRST, tile))
TERN_RUN(gemm_i2s_i8_r2k128n2__avx2, row_tiles(c, row0, row1, row_tile_of(c, 2, 2, HIGH_FIRST), tile))
TERN_RUN(gemv_tq20_i8_r1k256__avx2, row_gemv(c, row0, row1, LOW_FIRST, tile))
TERN_RUN(gemm_tq20_i8_r2k256n2__avx2, row_tiles(c, row0, row1, row_tile_of(c, 2, 2, LOW_FIRST), tile))
