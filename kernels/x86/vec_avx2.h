/* 256-bit registers: 16 of them with AVX2 and AVX-VNNI, 32 with AVX-512VL. The compiler's flags decide which
 * instructions an operation takes, so one text serves all three. */
#ifndef TERN_KERNELS_X86_VEC_AVX2_H
#define TERN_KERNELS_X86_VEC_AVX2_H

#include <immintrin.h>

typedef __m256i vec;
#define VEC_BITS   256
#define V(op)      _mm256_##op
#define V_BITS(op) _mm256_##op##_si256

#include "kernels/x86/vec_ops.h"

/* Sixteen bytes, 16-byte aligned, in every 128 bits: a table for v_look16. */
ALWAYS_INLINE vec v_table(const void *p) {
    return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)p));
}

/* (mask & a) | b */
ALWAYS_INLINE vec v_and_or(vec mask, vec a, vec b) {
#if defined(__AVX512VL__)
    return _mm256_ternarylogic_epi32(mask, a, b, 0xea);
#else
    return v_or(v_and(mask, a), b);
#endif
}

/* x + 1 in the bytes where a > b, signed; x in the others. */
ALWAYS_INLINE vec v_one_more8(vec x, vec a, vec b) {
    return v_sub8(x, _mm256_cmpgt_epi8(a, b));
}

/* Adds four u8 * s8 products to every int32 lane. asm, because gcc 12 copies the accumulator around the
 * intrinsic. */
#if defined(__AVX512VNNI__)
#define VEC_DOT 1
ALWAYS_INLINE vec v_dot(vec acc, vec u8, vec s8) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(u8), "v"(s8));
    return acc;
}
#elif defined(__AVXVNNI__)
#define VEC_DOT 1
ALWAYS_INLINE vec v_dot(vec acc, vec u8, vec s8) {
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(acc) : "x"(u8), "x"(s8));
    return acc;
}
#endif

/* Loads and stores of int32 lanes 0, 1, .. below `live`; the others are 0, or stay as they are in memory. */
ALWAYS_INLINE vec v_load_some(const int32_t *p, size_t live) {
    int32_t part[8] = {0}; /* not a masked load: emulators fault on the lanes it leaves out */
    memcpy(part, p, tern_min(live, 8) * sizeof *part);
    return v_load(part);
}

ALWAYS_INLINE void v_store_some(int32_t *p, size_t live, vec x) {
    const vec lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_maskstore_epi32((int *)p, _mm256_cmpgt_epi32(v_ints((int)tern_min(live, 8)), lane), x);
}

/* `count` 64-bit lanes, all of them when there are more; the others are 0. */
ALWAYS_INLINE vec v_load_some64(const uint8_t *p, size_t count) {
    uint64_t part[4] = {0};
    if (count >= 4) return v_load(p);
    memcpy(part, p, count * sizeof *part);
    return v_load(part);
}

/* The int32 lanes added up until four are left. */
ALWAYS_INLINE __m128i v_fold(vec x) {
    return _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
}

/* Sum of the int32 lanes. */
ALWAYS_INLINE int32_t v_sum(vec x) {
    return v_sum_of_four(v_fold(x));
}

#endif
