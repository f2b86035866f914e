/* What the AVX2 kernels on row panels share: 16-bit accumulation of u8 * s8 pairs and its flush.
 *
 * vpmaddubsw of codes 0..2: a pair is at most 2 * 2 * 128 = 512, so an int16 lane holds 63 of them
 * (63 * 512 = 32,256); TERN_FLUSH steps are added before vpmaddwd widens to int32. A half panel (8 of 16
 * lanes, 32 of 64 bytes) is one ymm stream. */
#ifndef TERN_KERNELS_X86_PANEL_AVX2_H
#define TERN_KERNELS_X86_PANEL_AVX2_H

#include "kernels/formats/memory/panel.h"
#include "kernels/prep/prep.h"
#include "kernels/unroll.h"
#include "kernels/variant.h"

#include <immintrin.h>
#include <string.h>

enum { TERN_FLUSH = 63 };

ALWAYS_INLINE __m256i broadcast4(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm256_set1_epi32(four);
}

ALWAYS_INLINE __m256i widen(__m256i sum32, __m256i acc16) {
    return _mm256_add_epi32(sum32, _mm256_madd_epi16(acc16, _mm256_set1_epi16(1)));
}

/* Rows row .. row+7 of one token, bias removed, rows at or beyond `end` left alone. */
ALWAYS_INLINE void store_rows(int32_t *y, size_t row, size_t end, __m256i sums, int32_t bias) {
    if (row >= end) return;
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i live = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)tern_min(end - row, 8)), lane);
    _mm256_maskstore_epi32((int *)(y + row), live, _mm256_sub_epi32(sums, _mm256_set1_epi32(bias)));
}

#endif
