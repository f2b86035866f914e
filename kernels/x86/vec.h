/* One vocabulary for three register widths, so that a kernel is written once for SSSE3, AVX2 and AVX-512BW:
 * the file that includes this is compiled with the flags of its level. V(add_epi8) is the intrinsic of that
 * width. */
#ifndef TERN_KERNELS_X86_VEC_H
#define TERN_KERNELS_X86_VEC_H

#include "kernels/unroll.h"

#include <immintrin.h>
#include <stdint.h>

#if defined(__AVX512BW__)
typedef __m512i vec;
#define V(op)      _mm512_##op
#define V_BITS(op) _mm512_##op##_si512
enum { VEC = 64 };
#elif defined(__AVX2__)
typedef __m256i vec;
#define V(op)      _mm256_##op
#define V_BITS(op) _mm256_##op##_si256
enum { VEC = 32 };
#else
typedef __m128i vec;
#define V(op)      _mm_##op
#define V_BITS(op) _mm_##op##_si128
enum { VEC = 16 };
#endif

/* Keeps a sum as it is written: compilers turn chains of adds into trees whose leaves do not fit the
 * registers. */
ALWAYS_INLINE void v_settle(vec *x) {
#if defined(__AVX512BW__)
    __asm__("" : "+v"(*x));
#else
    __asm__("" : "+x"(*x));
#endif
}

ALWAYS_INLINE vec v_load(const void *p) {
    return V_BITS(loadu)((const vec *)p);
}

ALWAYS_INLINE void v_store(void *p, vec x) {
    V_BITS(storeu)((vec *)p, x);
}

ALWAYS_INLINE vec v_zero(void) {
    return V_BITS(setzero)();
}

/* Sixteen bytes repeated over the register: a table for shuffle_epi8, which looks up within 128-bit lanes. */
ALWAYS_INLINE vec v_table(const void *p) {
    const __m128i x = _mm_load_si128((const __m128i *)p);
#if defined(__AVX512BW__)
    return _mm512_broadcast_i32x4(x);
#elif defined(__AVX2__)
    return _mm256_broadcastsi128_si256(x);
#else
    return x;
#endif
}

/* The int16 in the low and in the high half of every 32-bit lane, widened. */
ALWAYS_INLINE vec v_low16(vec x) {
    return V(srai_epi32)(V(slli_epi32)(x, 16), 16);
}

ALWAYS_INLINE vec v_high16(vec x) {
    return V(srai_epi32)(x, 16);
}

/* -t in the bytes whose bit 7 - j of s is set, t in the others (any t but -128). */
ALWAYS_INLINE vec v_negate_where(vec t, vec s, int j) {
#if defined(__AVX512BW__)
    const __mmask64 negative = _mm512_test_epi8_mask(s, _mm512_set1_epi8((char)(0x80 >> j)));
    return _mm512_mask_sub_epi8(t, negative, _mm512_setzero_si512(), t);
#else
    /* psignb zeroes where its operand is 0: bit 0 is set for that. */
    return V(sign_epi8)(t, V_BITS(or)(V(slli_epi16)(s, j), V(set1_epi8)(1)));
#endif
}

/* The same for 16-bit words: bit 15 - j of s. */
ALWAYS_INLINE vec v_negate_words_where(vec t, vec s, int j) {
#if defined(__AVX512BW__)
    const __mmask32 negative = _mm512_test_epi16_mask(s, _mm512_set1_epi16((short)(0x8000 >> j)));
    return _mm512_mask_sub_epi16(t, negative, _mm512_setzero_si512(), t);
#else
    return V(sign_epi16)(t, V_BITS(or)(V(slli_epi16)(s, j), V(set1_epi16)(1)));
#endif
}

#endif
