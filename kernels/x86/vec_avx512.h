/* 512-bit registers, 32 of them: AVX-512F, BW, DQ and VL, and what more the compiler's flags allow. */
#ifndef TERN_KERNELS_X86_VEC_AVX512_H
#define TERN_KERNELS_X86_VEC_AVX512_H

#include <immintrin.h>

typedef __m512i vec;
#define VEC_BITS   512
#define V(op)      _mm512_##op
#define V_BITS(op) _mm512_##op##_si512

#include "kernels/x86/vec_ops.h"

V_TWO(mul32, mullo_epi32)

/* Sixteen bytes, 16-byte aligned, in every 128 bits: a table for v_look16. */
ALWAYS_INLINE vec v_table(const void *p) {
    return _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)p));
}

/* (mask & a) | b */
ALWAYS_INLINE vec v_and_or(vec mask, vec a, vec b) {
    return _mm512_ternarylogic_epi32(mask, a, b, 0xea);
}

/* -t in the bytes whose bit 7 - j of s is set, t in the others. */
ALWAYS_INLINE vec v_negate8_where(vec t, vec s, int j) {
    const __mmask64 negative = _mm512_test_epi8_mask(s, v_bytes(0x80 >> j));
    return _mm512_mask_sub_epi8(t, negative, v_zero(), t);
}

/* x + 1 in the bytes where a > b, signed; x in the others. */
ALWAYS_INLINE vec v_one_more8(vec x, vec a, vec b) {
    return _mm512_mask_add_epi8(x, _mm512_cmpgt_epi8_mask(a, b), x, v_bytes(1));
}

/* Adds four u8 * s8 products to every int32 lane. asm, because gcc 12 copies the accumulator around the
 * intrinsic. */
#if defined(__AVX512VNNI__)
#define VEC_DOT 1
ALWAYS_INLINE vec v_dot(vec acc, vec u8, vec s8) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(u8), "v"(s8));
    return acc;
}
#endif

/* Loads and stores of int32 lanes 0, 1, .. below `live`; the others are 0, or stay as they are in memory. */
ALWAYS_INLINE __mmask16 v_some(size_t live) {
    return live >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << live) - 1);
}

ALWAYS_INLINE vec v_load_some(const int32_t *p, size_t live) {
    return _mm512_maskz_loadu_epi32(v_some(live), p);
}

ALWAYS_INLINE void v_store_some(int32_t *p, size_t live, vec x) {
    _mm512_mask_storeu_epi32(p, v_some(live), x);
}

/* `count` 64-bit lanes, all of them when there are more; the others are 0. */
ALWAYS_INLINE vec v_load_some64(const uint8_t *p, size_t count) {
    return count >= 8 ? v_load(p) : _mm512_maskz_loadu_epi64((__mmask8)((1u << count) - 1), p);
}

/* The int32 lanes added up until four are left. */
ALWAYS_INLINE __m128i v_fold(vec x) {
    const __m256i h = _mm256_add_epi32(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));
}

/* Sum of the int32 lanes. */
ALWAYS_INLINE int32_t v_sum(vec x) {
    return v_sum_of_four(v_fold(x));
}

#endif
