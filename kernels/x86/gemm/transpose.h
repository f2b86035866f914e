/* Transposes a square of 32-bit lanes: x[i] lane j <-> x[j] lane i, as many registers as one has lanes. */
#ifndef TERN_KERNELS_X86_GEMM_TRANSPOSE_H
#define TERN_KERNELS_X86_GEMM_TRANSPOSE_H

#include "kernels/unroll.h"

enum { LANES = VEC_BITS / 32 };

/* Within every 128 bits: 4 x 4. */
ALWAYS_INLINE void transpose_four(const vec x[4], vec out[4]) {
    const vec a = v_zip_low32(x[0], x[1]), b = v_zip_high32(x[0], x[1]);
    const vec c = v_zip_low32(x[2], x[3]), d = v_zip_high32(x[2], x[3]);
    out[0] = v_zip_low64(a, c);
    out[1] = v_zip_high64(a, c);
    out[2] = v_zip_low64(b, d);
    out[3] = v_zip_high64(b, d);
}

ALWAYS_INLINE void transpose_lanes(vec x[LANES]) {
    vec y[LANES];
    UNROLL
    for (size_t i = 0; i < LANES; i += 4) transpose_four(x + i, y + i);
#if VEC_BITS == 128
    UNROLL
    for (size_t i = 0; i < 4; i++) x[i] = y[i];
#elif VEC_BITS == 256
    UNROLL
    for (size_t i = 0; i < 4; i++) {
        x[i] = _mm256_permute2x128_si256(y[i], y[4 + i], 0x20);
        x[4 + i] = _mm256_permute2x128_si256(y[i], y[4 + i], 0x31);
    }
#else
    UNROLL
    for (size_t i = 0; i < 4; i++) { /* parts of 128 bits: 0, 2 and 1, 3 of two rows, then of four */
        const vec a = _mm512_shuffle_i32x4(y[i], y[4 + i], 0x88),
                  b = _mm512_shuffle_i32x4(y[i], y[4 + i], 0xdd);
        const vec c = _mm512_shuffle_i32x4(y[8 + i], y[12 + i], 0x88),
                  d = _mm512_shuffle_i32x4(y[8 + i], y[12 + i], 0xdd);
        x[i] = _mm512_shuffle_i32x4(a, c, 0x88);
        x[4 + i] = _mm512_shuffle_i32x4(b, d, 0x88);
        x[8 + i] = _mm512_shuffle_i32x4(a, c, 0xdd);
        x[12 + i] = _mm512_shuffle_i32x4(b, d, 0xdd);
    }
#endif
}

#endif
