/* The words of the float operations (kernels/float_words.h), for zmm registers. */
#ifndef TERN_KERNELS_X86_OPS_FLOAT_AVX512_H
#define TERN_KERNELS_X86_OPS_FLOAT_AVX512_H

#include "kernels/unroll.h"

#include <immintrin.h>
#include <stdint.h>

#define LANES 16

typedef __m512 reg;

ALWAYS_INLINE reg all(float x) {
    return _mm512_set1_ps(x);
}

ALWAYS_INLINE reg from_f32(const float *p) {
    return _mm512_loadu_ps(p);
}

ALWAYS_INLINE reg from_f16(const uint16_t *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const void *)p));
}

ALWAYS_INLINE reg from_i8(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)p)));
}

ALWAYS_INLINE reg from_i32(const int32_t *p) {
    return _mm512_cvtepi32_ps(_mm512_loadu_si512(p));
}

ALWAYS_INLINE void to_f32(float *p, reg a) {
    _mm512_storeu_ps(p, a);
}

/* The conversion keeps bits of a NaN; the one NaN of a half has none. */
ALWAYS_INLINE void to_f16(uint16_t *p, reg a) {
    const __m512i bits = _mm512_castps_si512(a), sign = _mm512_set1_epi32(INT32_MIN);
    const __m512i none = _mm512_or_si512(_mm512_and_si512(bits, sign), _mm512_set1_epi32(0x7fc00000));
    a = _mm512_castsi512_ps(_mm512_mask_mov_epi32(bits, _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), none));
    _mm256_storeu_si256((void *)p, _mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT));
}

ALWAYS_INLINE reg plus(reg a, reg b) {
    return _mm512_add_ps(a, b);
}

ALWAYS_INLINE reg minus(reg a, reg b) {
    return _mm512_sub_ps(a, b);
}

ALWAYS_INLINE reg times(reg a, reg b) {
    return _mm512_mul_ps(a, b);
}

ALWAYS_INLINE reg over(reg a, reg b) {
    return _mm512_div_ps(a, b);
}

ALWAYS_INLINE reg fused(reg a, reg b, reg c) {
    return _mm512_fmadd_ps(a, b, c);
}

ALWAYS_INLINE reg fused_all(reg a, float b, reg c) {
    return fused(a, all(b), c);
}

ALWAYS_INLINE reg larger(reg a, reg b) {
    return _mm512_max_ps(a, b);
}

ALWAYS_INLINE reg smaller(reg a, reg b) {
    return _mm512_min_ps(a, b);
}

ALWAYS_INLINE reg magnitude(reg a) {
    return _mm512_abs_ps(a);
}

/* 0 where a is NaN. */
ALWAYS_INLINE reg number(reg a) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), a);
}

ALWAYS_INLINE reg raised(reg a, reg n) {
    const __m512i power = _mm512_slli_epi32(_mm512_castps_si512(n), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), power));
}

/* The bits of the lanes: their lowest bytes; their sums. */
ALWAYS_INLINE void to_low_bytes(int8_t *p, reg a) {
    _mm_storeu_si128((void *)p, _mm512_cvtepi32_epi8(_mm512_castps_si512(a)));
}

typedef __m512i ireg;

ALWAYS_INLINE ireg no_bits(void) {
    return _mm512_setzero_si512();
}

ALWAYS_INLINE ireg plus_bits(ireg a, reg b) {
    return _mm512_add_epi32(a, _mm512_castps_si512(b));
}

#define MANY      12
#define MANY_REGS 2
#define SOME      4
#define SOME_REGS 4
#define ONE_REGS  8

#endif
