/* I2_S and TQ2_0 as they lie in the file, with 512-bit vpdpbusd.
 *
 * One zmm of codes is two 128-weight blocks; the activations were laid side by side to match
 * (tern_prep_pair128). Per 64 bytes = 256 weights and row: 1 load, 3 shifts, 4 and, and 4 vpdpbusd per token.
 * With GFNI one vgf2p8affineqb takes a field out of its byte, so that 3 of them and 1 and replace the 7.
 * int32 sums: no bound to watch below K = 2^22. */
#ifndef TERN_KERNELS_X86_BLOCKS_AVX512_H
#define TERN_KERNELS_X86_BLOCKS_AVX512_H

#include "kernels/prep/prep.h"
#include "kernels/variant.h"
#define TERN_VEC_BITS 512
#include "kernels/x86/panel_vec.h"

enum order { HIGH_FIRST /* I2_S */, LOW_FIRST /* TQ2_0 */ };

/* Codes of group g (weights 32g..32g+31 of each block). */
ALWAYS_INLINE __m512i codes(__m512i x, unsigned g, enum order order) {
    const unsigned shift = order == HIGH_FIRST ? 6 - 2 * g : 2 * g;
#if defined(__GFNI__)
    /* Bit i of a result is the parity of byte 7 - i of the matrix and the operand: bits shift, shift + 1 to
     * 0, 1. */
    if (shift)
        return _mm512_gf2p8affine_epi64_epi8(
            x, _mm512_set1_epi64((long long)(0x0102000000000000ull << shift)), 0);
#endif
    return _mm512_and_si512(_mm512_srli_epi16(x, shift), _mm512_set1_epi8(3));
}

/* `rows` rows x `tokens` tokens. `pitch` is the distance of rows, `block` that of 256 weights. */
ALWAYS_INLINE void tile(const struct tern_call *c, size_t r, size_t t, size_t rows, size_t tokens,
                        size_t slots, size_t pitch, size_t block, size_t ahead, enum order order) {
    const size_t k = c->w.k, pairs = k / 256;
    const uint8_t *w = (const uint8_t *)c->w.data + r * pitch;
    const int8_t *q = (const int8_t *)c->shared + t * ((k + 255) / 256) * 256;
    const size_t q_pitch = (k + 255) / 256 * 256;
    __m512i acc[4][4][4];
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) UNROLL
    for (size_t s = 0; s < slots; s++) acc[i][j][s] = _mm512_setzero_si512();

    for (size_t b = 0; b < pairs; b++) {
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            const uint8_t *at = w + i * pitch + b * block;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            const __m512i x = _mm512_loadu_si512(at);
            UNROLL
            for (unsigned g = 0; g < 4; g++) {
                const __m512i u = codes(x, g, order);
                UNROLL
                for (size_t j = 0; j < tokens; j++)
                    acc[i][j][g % slots] =
                        dp(acc[i][j][g % slots], u, _mm512_load_si512(q + j * q_pitch + b * 256 + 64 * g));
            }
        }
    }
    if (k % 256) { /* one block of 128 is left: its upper half meets the zero padding of the activations */
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            const uint8_t *at = w + i * pitch + pairs * block;
            const __m512i x = _mm512_zextsi256_si512(_mm256_loadu_si256((const __m256i *)at));
            UNROLL
            for (unsigned g = 0; g < 4; g++) UNROLL
            for (size_t j = 0; j < tokens; j++)
                acc[i][j][g % slots] = dp(acc[i][j][g % slots], codes(x, g, order),
                                          _mm512_load_si512(q + j * q_pitch + pairs * 256 + 64 * g));
        }
    }
    int32_t *y = c->y;
    UNROLL
    for (size_t i = 0; i < rows; i++) UNROLL
    for (size_t j = 0; j < tokens; j++) {
        __m512i all = acc[i][j][0];
        UNROLL
        for (size_t s = 1; s < slots; s++) all = _mm512_add_epi32(all, acc[i][j][s]);
        y[(t + j) * c->ldy + r + i] = _mm512_reduce_add_epi32(all) - c->x->sum[t + j];
    }
}

/* One token: `rows` rows are as many streams from memory, which some cores like and others do not. */
ALWAYS_INLINE void gemv(const struct tern_call *c, size_t row0, size_t row1, size_t pitch, size_t block,
                        enum order order) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], rows = (size_t)c->param[TERN_P_ROWS];
    size_t r = row0;
    if (rows == 4)
        for (; r + 4 <= row1; r += 4) tile(c, r, 0, 4, 1, 1, pitch, block, ahead, order);
    if (rows == 2)
        for (; r + 2 <= row1; r += 2) tile(c, r, 0, 2, 1, 2, pitch, block, ahead, order);
    for (; r < row1; r++) tile(c, r, 0, 1, 1, 4, pitch, block, ahead, order);
}

ALWAYS_INLINE void gemm(const struct tern_call *c, size_t row0, size_t row1, size_t pitch, size_t block,
                        enum order order) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], n = c->x->n;
    for (size_t r = row0; r < row1;) {
        const size_t rows = row1 - r >= 4 ? 4 : 1;
        size_t t = 0;
        if (rows == 4) {
            for (; t + 4 <= n; t += 4) tile(c, r, t, 4, 4, 1, pitch, block, ahead, order);
            for (; t < n; t++) tile(c, r, t, 4, 1, 1, pitch, block, ahead, order);
        } else {
            for (; t < n; t++) tile(c, r, t, 1, 1, 4, pitch, block, ahead, order);
        }
        r += rows;
    }
}

#define BLOCKS(name, part, pitch, block, order)                                                              \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        part(c, row0, row1, pitch, block, order);                                                            \
    }

#endif
