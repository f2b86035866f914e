#include "kernels/quantise.h"

#include <float.h>
#include <immintrin.h>
#include <math.h>

tern_quantise_fn tern_quantise_avx512bw;

static __mmask16 part_mask(size_t left) {
    return left >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
}

void tern_quantise_avx512bw(const float *x, size_t k, size_t stride, int8_t *q, int32_t *sum, float *inv) {
    __m512 top = _mm512_set1_ps(1e-5f);
    for (size_t i = 0; i < k; i += 16)
        top = _mm512_max_ps(_mm512_abs_ps(_mm512_maskz_loadu_ps(part_mask(k - i), x + i)),
                            top); /* NaN: top stays */
    float max = _mm512_reduce_max_ps(top);
    if (isinf(max)) max = FLT_MAX;

    const __m512 s = _mm512_set1_ps((float)(127.0 / (double)max));
    __m512i total = _mm512_setzero_si512();
    for (size_t i = 0; i < stride; i += 16) {
        __m128i out = _mm_setzero_si128();
        if (i < k) {
            __m512 v = _mm512_mul_ps(_mm512_maskz_loadu_ps(part_mask(k - i), x + i), s);
            v = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(v, v, _CMP_ORD_Q), v);
            v = _mm512_min_ps(_mm512_max_ps(v, _mm512_set1_ps(-128)), _mm512_set1_ps(127));
            const __m512i r = _mm512_cvtps_epi32(v);
            total = _mm512_add_epi32(total, r);
            out = _mm512_cvtepi32_epi8(r);
        }
        _mm_store_si128((__m128i *)(q + i), out);
    }
    *sum = _mm512_reduce_add_epi32(total);
    *inv = (float)((double)max / 127.0);
}
