#include "kernels/quantise.h"

#include <float.h>
#include <immintrin.h>
#include <math.h>
#include <string.h>

tern_quantise_fn tern_quantise_avx2;

static __m256 load_part(const float *x, size_t left) {
    if (left >= 8) return _mm256_loadu_ps(x);
    float part[8] = {0};
    memcpy(part, x, left * sizeof *x);
    return _mm256_loadu_ps(part);
}

/* x * s rounded and clamped to int8 range, NaN as 0. The clamp comes before the conversion, on floats: values
 * beyond the int32 range would otherwise all become INT_MIN. */
static __m256i round_part(__m256 x, __m256 s) {
    __m256 v = _mm256_mul_ps(x, s);
    v = _mm256_and_ps(v, _mm256_cmp_ps(v, v, _CMP_ORD_Q));
    v = _mm256_min_ps(_mm256_max_ps(v, _mm256_set1_ps(-128)), _mm256_set1_ps(127));
    return _mm256_cvtps_epi32(v);
}

void tern_quantise_avx2(const float *x, size_t k, size_t stride, int8_t *q, int32_t *sum, float *inv) {
    const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
    __m256 top = _mm256_set1_ps(1e-5f);
    for (size_t i = 0; i < k; i += 8)
        top = _mm256_max_ps(_mm256_and_ps(load_part(x + i, k - i), magnitude),
                            top); /* NaN: the second operand */
    float lane[8], max = 0;
    _mm256_storeu_ps(lane, top);
    for (int i = 0; i < 8; i++) max = lane[i] > max ? lane[i] : max;
    if (isinf(max)) max = FLT_MAX;

    const __m256 s = _mm256_set1_ps((float)(127.0 / (double)max));
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    __m256i total = _mm256_setzero_si256();
    for (size_t i = 0; i < stride; i += 32) {
        __m256i part[4];
        for (size_t j = 0; j < 4; j++) {
            const size_t at = i + 8 * j;
            part[j] = at < k ? round_part(load_part(x + at, k - at), s) : _mm256_setzero_si256();
            total = _mm256_add_epi32(total, part[j]);
        }
        const __m256i ab = _mm256_packs_epi32(part[0], part[1]), cd = _mm256_packs_epi32(part[2], part[3]);
        const __m256i all = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(ab, cd), order);
        _mm256_storeu_si256((__m256i *)(q + i), all);
    }
    int32_t t[8], grand = 0;
    _mm256_storeu_si256((__m256i *)t, total);
    for (int i = 0; i < 8; i++) grand += t[i];
    *sum = grand;
    *inv = (float)((double)max / 127.0);
}
