/* What the AVX-512 kernels on row panels (p64, e80) share: the dot product step and the end of a panel.
 *
 * vpdpbusd is written as asm: gcc 12 copies the accumulator around the intrinsic, which costs a third of the
 * speed. */
#ifndef TERN_KERNELS_X86_PANEL_AVX512_H
#define TERN_KERNELS_X86_PANEL_AVX512_H

#include "kernels/formats/panel.h"
#include "kernels/parts.h"
#include "kernels/unroll.h"
#include "kernels/variant.h"

#include <immintrin.h>
#include <string.h>

/* acc += sums of four u8 * s8 products per 32-bit lane. */
ALWAYS_INLINE __m512i dp(__m512i acc, __m512i u8, __m512i s8) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(u8), "v"(s8));
    return acc;
}

ALWAYS_INLINE __m512i broadcast4(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm512_set1_epi32(four);
}

/* The four telescoped sums of prefix masks -> the four rows' sums of codes. Exact: every difference is a
 * multiple. */
ALWAYS_INLINE void telescope(__m512i d[4]) {
    const __m512i d0 = d[0], d1 = d[1], d2 = d[2];
    d[1] = _mm512_srai_epi32(_mm512_sub_epi32(d1, d0), 2);
    d[2] = _mm512_srai_epi32(_mm512_sub_epi32(d2, d1), 4);
    d[3] = _mm512_srai_epi32(_mm512_sub_epi32(d[3], d2), 6);
}

/* Stores sixteen rows' results, code bias removed, rows at or beyond `end` left alone. */
ALWAYS_INLINE void store_rows(int32_t *y, size_t row, size_t end, __m512i sums, __m512i bias) {
    if (row >= end) return;
    const __mmask16 m = end - row >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << (end - row)) - 1);
    _mm512_mask_storeu_epi32(y + row, m, _mm512_sub_epi32(sums, bias));
}

#endif
