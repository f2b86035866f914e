/* The words of the f32 steps (kernels/dense/f32_words.h), for zmm registers. */
#ifndef TERN_KERNELS_X86_OPS_F32_AVX512_H
#define TERN_KERNELS_X86_OPS_F32_AVX512_H

#include "kernels/lanes.h"

#include <immintrin.h>

static inline v16 load_half(const uint16_t *p) {
    v16 v;
    const __m512 z = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)p));
    memcpy(&v, &z, sizeof v);
    return v;
}

static inline v16 load_bytes(const int8_t *p) {
    v16 v;
    const __m512 z = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)p)));
    memcpy(&v, &z, sizeof v);
    return v;
}

/* A NaN becomes the one that tern_f32_to_f16 gives. */
static inline size_t store_halves(const float *x, size_t n, uint16_t *out) {
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        const __m512i quiet = _mm512_set1_epi32(0x7fc00000), kept = _mm512_set1_epi32((int)0xffc00000);
        const __m512 v = _mm512_loadu_ps(x + i);
        const __mmask16 nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
        const __m512i bits = _mm512_castps_si512(v),
                      plain = _mm512_mask_and_epi32(bits, nan, _mm512_or_si512(bits, quiet), kept);
        _mm256_storeu_si256((void *)(out + i),
                            _mm512_cvtps_ph(_mm512_castsi512_ps(plain), _MM_FROUND_TO_NEAREST_INT));
    }
    return i;
}

enum { MANY_REGISTERS = 1 };

#endif
