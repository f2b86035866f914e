/* I2_S and TQ2_0 as they lie in the file, with 512-bit vpdpbusd.
 *
 * One zmm of codes is two 128-weight blocks; the activations were laid side by side to match
 * (tern_prep_pair128). Per 64 bytes = 256 weights and row: 1 load, 3 shifts, 4 and, and 4 vpdpbusd per token.
 * With GFNI one vgf2p8affineqb takes a field out of its byte, so that 3 of them and 1 and replace the 7.
 * int32 sums: no bound to watch below K = 2^22. */
#ifndef TERN_KERNELS_X86_BLOCKS_AVX512_H
#define TERN_KERNELS_X86_BLOCKS_AVX512_H

#include "kernels/x86/vec_avx512.h"

#include "kernels/loops/row_tiles.h"

enum order { HIGH_FIRST /* I2_S */, LOW_FIRST /* TQ2_0 */ };

/* Codes of group g (weights 32g..32g+31 of each block). */
ALWAYS_INLINE vec codes(vec x, unsigned g, enum order order) {
    const unsigned shift = order == HIGH_FIRST ? 6 - 2 * g : 2 * g;
#if defined(__GFNI__)
    /* Bit i of a result is the parity of byte 7 - i of the matrix and the operand: bits shift, shift + 1 to
     * 0, 1. */
    if (shift)
        return _mm512_gf2p8affine_epi64_epi8(
            x, _mm512_set1_epi64((long long)(0x0102000000000000ull << shift)), 0);
#endif
    return v_and(v_shr16(x, shift), v_bytes(3));
}

/* kind: enum order. One or two rows alone have several sums, to hide the latency of the product. */
ALWAYS_INLINE void tile(const struct tern_call *c, struct row_tile x) {
    const enum order order = (enum order)x.kind;
    const size_t slots = 4 / x.rows;
    const size_t block = order == HIGH_FIRST ? 64 : 66; /* bytes of 256 weights */
    const size_t k = c->w.k, pairs = k / 256, pitch = order == HIGH_FIRST ? k / 4 : pairs * block;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch;
    const int8_t *q = (const int8_t *)c->shared + x.t * ((k + 255) / 256) * 256;
    const size_t q_pitch = (k + 255) / 256 * 256;
    vec acc[4][4][4];
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) UNROLL
    for (size_t s = 0; s < slots; s++) acc[i][j][s] = v_zero();

    for (size_t b = 0; b < pairs; b++) {
        UNROLL
        for (size_t i = 0; i < x.rows; i++) {
            const uint8_t *at = w + i * pitch + b * block;
            _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
            const vec bytes = v_load(at);
            UNROLL
            for (unsigned g = 0; g < 4; g++) {
                const vec u = codes(bytes, g, order);
                UNROLL
                for (size_t j = 0; j < x.tokens; j++)
                    acc[i][j][g % slots] =
                        v_dot(acc[i][j][g % slots], u, v_load(q + j * q_pitch + b * 256 + 64 * g));
            }
        }
    }
    if (k % 256) { /* one block of 128 is left: its upper half meets the zero padding of the activations */
        UNROLL
        for (size_t i = 0; i < x.rows; i++) {
            const uint8_t *at = w + i * pitch + pairs * block;
            const vec bytes = _mm512_zextsi256_si512(_mm256_loadu_si256((const __m256i *)at));
            UNROLL
            for (unsigned g = 0; g < 4; g++) UNROLL
            for (size_t j = 0; j < x.tokens; j++)
                acc[i][j][g % slots] = v_dot(acc[i][j][g % slots], codes(bytes, g, order),
                                             v_load(q + j * q_pitch + pairs * 256 + 64 * g));
        }
    }
    UNROLL
    for (size_t i = 0; i < x.rows; i++) UNROLL
    for (size_t j = 0; j < x.tokens; j++) {
        vec all = acc[i][j][0];
        UNROLL
        for (size_t s = 1; s < slots; s++) all = v_add32(all, acc[i][j][s]);
        *row_result(c, &x, i, j) = _mm512_reduce_add_epi32(all) - c->x->sum[x.t + j];
    }
}

#endif
