/* The words of the float operations (kernels/float_words.h), for ymm registers. */
#ifndef TERN_KERNELS_X86_OPS_FLOAT_AVX2_H
#define TERN_KERNELS_X86_OPS_FLOAT_AVX2_H

#include "kernels/unroll.h"

#include <immintrin.h>
#include <stdint.h>

#define LANES 8

typedef __m256 reg;

ALWAYS_INLINE reg all(float x) {
    return _mm256_set1_ps(x);
}

ALWAYS_INLINE reg from_f32(const float *p) {
    return _mm256_loadu_ps(p);
}

ALWAYS_INLINE reg from_f16(const uint16_t *p) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const void *)p));
}

ALWAYS_INLINE reg from_i8(const int8_t *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)p)));
}

ALWAYS_INLINE reg from_i32(const int32_t *p) {
    return _mm256_cvtepi32_ps(_mm256_loadu_si256((const void *)p));
}

ALWAYS_INLINE void to_f32(float *p, reg a) {
    _mm256_storeu_ps(p, a);
}

/* The conversion keeps bits of a NaN; the one NaN of a half has none. */
ALWAYS_INLINE void to_f16(uint16_t *p, reg a) {
    const reg none =
        _mm256_or_ps(_mm256_and_ps(a, _mm256_set1_ps(-0.0f)), _mm256_set1_ps(__builtin_nanf("")));
    a = _mm256_blendv_ps(a, none, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
    _mm_storeu_si128((void *)p, _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT));
}

ALWAYS_INLINE reg plus(reg a, reg b) {
    return _mm256_add_ps(a, b);
}

ALWAYS_INLINE reg minus(reg a, reg b) {
    return _mm256_sub_ps(a, b);
}

ALWAYS_INLINE reg times(reg a, reg b) {
    return _mm256_mul_ps(a, b);
}

ALWAYS_INLINE reg over(reg a, reg b) {
    return _mm256_div_ps(a, b);
}

ALWAYS_INLINE reg fused(reg a, reg b, reg c) {
    return _mm256_fmadd_ps(a, b, c);
}

ALWAYS_INLINE reg fused_all(reg a, float b, reg c) {
    return fused(a, all(b), c);
}

ALWAYS_INLINE reg larger(reg a, reg b) {
    return _mm256_max_ps(a, b);
}

ALWAYS_INLINE reg smaller(reg a, reg b) {
    return _mm256_min_ps(a, b);
}

ALWAYS_INLINE reg magnitude(reg a) {
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
}

/* 0 where a is NaN. */
ALWAYS_INLINE reg number(reg a) {
    return _mm256_and_ps(_mm256_cmp_ps(a, a, _CMP_ORD_Q), a);
}

ALWAYS_INLINE reg raised(reg a, reg n) {
    const __m256i power = _mm256_slli_epi32(_mm256_castps_si256(n), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), power));
}

/* The bits of the lanes: their lowest bytes; their sums. */
ALWAYS_INLINE void to_low_bytes(int8_t *p, reg a) {
    const __m256i low = _mm256_shuffle_epi8(_mm256_castps_si256(a), _mm256_set1_epi32(0x0c080400));
    const __m128i both = _mm_unpacklo_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
    _mm_storel_epi64((void *)p, both);
}

typedef __m256i ireg;

ALWAYS_INLINE ireg no_bits(void) {
    return _mm256_setzero_si256();
}

ALWAYS_INLINE ireg plus_bits(ireg a, reg b) {
    return _mm256_add_epi32(a, _mm256_castps_si256(b));
}

#define MANY      6
#define MANY_REGS 2
#define SOME      4
#define SOME_REGS 2
#define ONE_REGS  8

#endif
