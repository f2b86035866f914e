/* One vocabulary for 256- and 512-bit registers, so that a family is one template at every level.
 *
 * The includer defines TERN_VEC_BITS (256 or 512). Row panels are 16 lanes of 32 bits: a 512-bit register is
 * a whole group of a panel, a 256-bit register half of one. Such a stream of registers is the unit that tiles
 * are made of: VEC_STREAMS per panel, VEC_ROWS rows per 32-bit lane set. dp (u8 * s8, four products summed
 * into int32) exists where the compiler targets AVX-VNNI or AVX-512 VNNI; it is asm because gcc 12 copies the
 * accumulator around the intrinsic. */
#ifndef TERN_KERNELS_X86_PANEL_VEC_H
#define TERN_KERNELS_X86_PANEL_VEC_H

#include "kernels/prep/prep.h"
#include "kernels/unroll.h"
#include "kernels/variant.h"

#include "base/memory.h"

#include <immintrin.h>
#include <string.h>

#if TERN_VEC_BITS == 512
typedef __m512i vec;
#define V(op)      _mm512_##op
#define V_BITS(op) _mm512_##op##_si512
#else
typedef __m256i vec;
#define V(op)      _mm256_##op
#define V_BITS(op) _mm256_##op##_si256
#endif

enum {
    VEC_BYTES = TERN_VEC_BITS / 8,
    VEC_ROWS = TERN_VEC_BITS / 32,
    VEC_STREAMS = 512 / TERN_VEC_BITS,
    VEC_PANEL_LANES = 16
};

ALWAYS_INLINE vec v_zero(void) {
    return V_BITS(setzero)();
}

ALWAYS_INLINE vec v_bytes(int b) {
    return V(set1_epi8)((char)b);
}

ALWAYS_INLINE vec v_words(int w) {
    return V(set1_epi16)((short)w);
}

ALWAYS_INLINE vec v_load(const void *p) {
#if TERN_VEC_BITS == 512
    return _mm512_loadu_si512(p);
#else
    return _mm256_loadu_si256((const __m256i *)p);
#endif
}

ALWAYS_INLINE void v_store(void *p, vec v) {
#if TERN_VEC_BITS == 512
    _mm512_storeu_si512(p, v);
#else
    _mm256_storeu_si256((__m256i *)p, v);
#endif
}

ALWAYS_INLINE vec v_and(vec a, vec b) {
    return V_BITS(and)(a, b);
}

/* Four activations in every 32-bit lane. */
ALWAYS_INLINE vec v_four(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return V(set1_epi32)(four);
}

/* The odd bytes of `odd` and the even bytes of `even`, whose odd bytes are 0. */
ALWAYS_INLINE vec v_interleave(vec odd, vec even) {
#if TERN_VEC_BITS == 512
    return _mm512_ternarylogic_epi32(v_words(0xff00), odd, even, 0xea); /* (mask & odd) | even */
#elif defined(__AVX512VL__)
    return _mm256_ternarylogic_epi32(v_words(0xff00), odd, even, 0xea);
#else
    return _mm256_or_si256(_mm256_and_si256(odd, v_words(0xff00)), even);
#endif
}

/* int16 sums of pairs of u8 * s8 products; the caller proves that none saturates. */
ALWAYS_INLINE vec v_mad(vec acc16, vec u8, vec s8) {
    return V(add_epi16)(acc16, V(maddubs_epi16)(u8, s8));
}

/* int32 sums of pairs of int16. */
ALWAYS_INLINE vec v_widen(vec sum32, vec acc16) {
    return V(add_epi32)(sum32, V(madd_epi16)(acc16, v_words(1)));
}

#if defined(__AVX512VNNI__)
#define VEC_HAS_DP 1
ALWAYS_INLINE vec dp(vec acc, vec u8, vec s8) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(u8), "v"(s8));
    return acc;
}
#elif defined(__AVXVNNI__)
#define VEC_HAS_DP 1
ALWAYS_INLINE vec dp(vec acc, vec u8, vec s8) {
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(acc) : "x"(u8), "x"(s8));
    return acc;
}
#endif

/* Rows row, row+1, .. of one token, one per 32-bit lane; rows at or beyond `end` are left alone. */
ALWAYS_INLINE void v_store_rows(int32_t *y, size_t row, size_t end, vec sums) {
    if (row >= end) return;
#if TERN_VEC_BITS == 512
    const __mmask16 m = end - row >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << (end - row)) - 1);
    _mm512_mask_storeu_epi32(y + row, m, sums);
#else
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i live = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)tern_min(end - row, 8)), lane);
    _mm256_maskstore_epi32((int *)(y + row), live, sums);
#endif
}

/* What v_store_rows wrote; 0 for the rows it left alone. */
ALWAYS_INLINE vec v_load_rows(const int32_t *y, size_t row, size_t end) {
    if (row >= end) return v_zero();
#if TERN_VEC_BITS == 512
    const __mmask16 m = end - row >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << (end - row)) - 1);
    return _mm512_maskz_loadu_epi32(m, y + row);
#else
    int32_t part[8] = {0}; /* not a masked load: emulators fault on the lanes it leaves out */
    memcpy(part, y + row, tern_min(end - row, 8) * sizeof *part);
    return _mm256_loadu_si256((const __m256i *)part);
#endif
}

/* Sum of the int32 lanes. */
ALWAYS_INLINE int32_t v_sum(vec v) {
#if TERN_VEC_BITS == 512
    const __m256i h = _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
#else
    const __m256i h = v;
#endif
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

/* Stream s of a matrix of row panels `distance` bytes apart, counted from the panel at `w`, and its first
 * row. */
ALWAYS_INLINE const uint8_t *stream_at(const uint8_t *w, size_t distance, size_t s) {
    return w + s / VEC_STREAMS * distance + s % VEC_STREAMS * VEC_BYTES;
}

ALWAYS_INLINE size_t stream_row(size_t row, size_t panel_rows, size_t s) {
    return row + s / VEC_STREAMS * panel_rows + s % VEC_STREAMS * VEC_ROWS;
}

#endif
