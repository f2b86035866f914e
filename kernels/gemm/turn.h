/* Eight tokens x eight columns of activations -> int16, the tokens side by side. */
#ifndef TERN_KERNELS_GEMM_TURN_H
#define TERN_KERNELS_GEMM_TURN_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>

/* out[column][8], `step` int16 from column to column. */
static inline void turn_eight(const int8_t *const q[8], int16_t *out, size_t step) {
    __m128i a[8], b[8];
    for (int t = 0; t < 8; t++) a[t] = _mm_loadl_epi64((const __m128i *)(const void *)q[t]);
    for (int t = 0; t < 4; t++) b[t] = _mm_unpacklo_epi8(a[2 * t], a[2 * t + 1]);
    for (int t = 0; t < 2; t++) {
        a[2 * t] = _mm_unpacklo_epi16(b[2 * t], b[2 * t + 1]);
        a[2 * t + 1] = _mm_unpackhi_epi16(b[2 * t], b[2 * t + 1]);
    }
    for (int i = 0; i < 2; i++) {
        b[2 * i] = _mm_unpacklo_epi32(a[i], a[2 + i]);
        b[2 * i + 1] = _mm_unpackhi_epi32(a[i], a[2 + i]);
    }
    for (int i = 0; i < 4; i++) { /* two columns of eight bytes, widened with their sign */
        const __m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(b[i], b[i]), 8);
        const __m128i high = _mm_srai_epi16(_mm_unpackhi_epi8(b[i], b[i]), 8);
        _mm_storeu_si128((__m128i *)(void *)(out + (size_t)(2 * i) * step), low);
        _mm_storeu_si128((__m128i *)(void *)(out + (size_t)(2 * i + 1) * step), high);
    }
}

#elif defined(__aarch64__)
#include <arm_neon.h>

static inline int8x8_t turn_zip(int8x8_t a, int8x8_t b, int high) {
    return high ? vzip2_s8(a, b) : vzip1_s8(a, b);
}

/* Three times the lanes of registers four apart, in turn: column by column, tokens in order. */
static inline void turn_eight(const int8_t *const q[8], int16_t *out, size_t step) {
    int8x8_t a[8], b[8];
    for (int t = 0; t < 8; t++) a[t] = vld1_s8(q[t]);
    for (int t = 0; t < 8; t++) b[t] = turn_zip(a[t / 2], a[t / 2 + 4], t % 2);
    for (int t = 0; t < 8; t++) a[t] = turn_zip(b[t / 2], b[t / 2 + 4], t % 2);
    for (int t = 0; t < 8; t++)
        vst1q_s16(out + (size_t)t * step, vmovl_s8(turn_zip(a[t / 2], a[t / 2 + 4], t % 2)));
}

#else

static inline void turn_eight(const int8_t *const q[8], int16_t *out, size_t step) {
    for (size_t t = 0; t < 8; t++)
        for (size_t i = 0; i < 8; i++) out[i * step + t] = q[t][i];
}

#endif

#endif
