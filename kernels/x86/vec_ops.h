/* The operations that are one x86 instruction at every register width. Included by vec_ssse3.h, vec_avx2.h and
 * vec_avx512.h, which define `vec`, VEC_BITS, V(op) and V_BITS(op), and add what differs by width. A source
 * includes one of the three, for the registers that it uses.
 *
 * Names: v_<operation><bits of a lane>. shr shifts in zeros, sra copies of the sign. */
#ifndef TERN_KERNELS_X86_VEC_OPS_H
#define TERN_KERNELS_X86_VEC_OPS_H

#include "base/memory.h"
#include "kernels/unroll.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VEC_BYTES = VEC_BITS / 8 };

#define V_TWO(name, op)                                                                                      \
    ALWAYS_INLINE vec v_##name(vec a, vec b) {                                                               \
        return V(op)(a, b);                                                                                  \
    }
#define V_BITWISE(name)                                                                                      \
    ALWAYS_INLINE vec v_##name(vec a, vec b) {                                                               \
        return V_BITS(name)(a, b);                                                                           \
    }
#define V_SHIFT(name, op)                                                                                    \
    ALWAYS_INLINE vec v_##name(vec x, unsigned bits) {                                                       \
        return V(op)(x, bits);                                                                               \
    }

V_BITWISE(and)
V_BITWISE(or)
V_BITWISE(xor)
V_TWO(add8, add_epi8)
V_TWO(add16, add_epi16)
V_TWO(add32, add_epi32)
V_TWO(add64, add_epi64)
V_TWO(sub8, sub_epi8)
V_TWO(sub16, sub_epi16)
V_TWO(sub32, sub_epi32)
V_TWO(mul16, mullo_epi16)
V_TWO(mul_high16, mulhi_epu16) /* upper half of the product of unsigned 16-bit lanes */
V_SHIFT(shl16, slli_epi16)
V_SHIFT(shl32, slli_epi32)
V_SHIFT(shl64, slli_epi64)
V_SHIFT(shr16, srli_epi16)
V_SHIFT(sra32, srai_epi32)

/* Lanes of a and b in turn, from the lower or upper half of every 128 bits. */
V_TWO(zip_low8, unpacklo_epi8)
V_TWO(zip_high8, unpackhi_epi8)
V_TWO(zip_low32, unpacklo_epi32)
V_TWO(zip_high32, unpackhi_epi32)
V_TWO(zip_low64, unpacklo_epi64)
V_TWO(zip_high64, unpackhi_epi64)

/* Bytes of a table of sixteen (v_table) at the indices 0..15 of the second operand. */
V_TWO(look16, shuffle_epi8)

/* Sums of eight bytes in every 64-bit lane. */
ALWAYS_INLINE vec v_sum8(vec x) {
    return V(sad_epu8)(x, V_BITS(setzero)());
}

ALWAYS_INLINE vec v_zero(void) {
    return V_BITS(setzero)();
}

ALWAYS_INLINE vec v_bytes(int b) {
    return V(set1_epi8)((char)b);
}

ALWAYS_INLINE vec v_words(int w) {
    return V(set1_epi16)((short)w);
}

ALWAYS_INLINE vec v_ints(int32_t i) {
    return V(set1_epi32)(i);
}

ALWAYS_INLINE vec v_load(const void *p) {
    return V_BITS(loadu)((const vec *)p);
}

ALWAYS_INLINE void v_store(void *p, vec x) {
    V_BITS(storeu)((vec *)p, x);
}

/* Four activations in every 32-bit lane. */
ALWAYS_INLINE vec v_four(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return v_ints(four);
}

/* int16 sums of pairs of u8 * s8 products; the caller proves that none saturates. */
ALWAYS_INLINE vec v_mad(vec acc16, vec u8, vec s8) {
    return v_add16(acc16, V(maddubs_epi16)(u8, s8));
}

/* int32 sums of pairs of int16. */
ALWAYS_INLINE vec v_widen(vec sum32, vec acc16) {
    return v_add32(sum32, V(madd_epi16)(acc16, v_words(1)));
}

/* The int16 in the low and in the high half of every 32-bit lane, widened. */
ALWAYS_INLINE vec v_low16(vec x) {
    return v_sra32(v_shl32(x, 16), 16);
}

ALWAYS_INLINE vec v_high16(vec x) {
    return v_sra32(x, 16);
}

ALWAYS_INLINE int32_t v_sum_of_four(__m128i s) {
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

/* Keeps a sum as it is written: compilers turn chains of adds into trees whose leaves do not fit the
 * registers. */
ALWAYS_INLINE void v_settle(vec *x) {
#if defined(__AVX512VL__)
    __asm__("" : "+v"(*x));
#else
    __asm__("" : "+x"(*x));
#endif
}

#if VEC_BITS < 512
/* -t, t or 0 in the bytes where s is negative, positive or 0 (any t but -128). */
V_TWO(sign8, sign_epi8)

/* -t in the bytes whose bit 7 - j of s is set, t in the others (any t but -128). psignb zeroes where its
 * operand is 0: bit 0 is set for that. */
ALWAYS_INLINE vec v_negate8_where(vec t, vec s, int j) {
    return v_sign8(t, v_or(v_shl16(s, (unsigned)j), v_bytes(1)));
}
#endif

#endif
