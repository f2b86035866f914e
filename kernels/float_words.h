/* The few words of sources that compute with floats, are compiled once per ISA level, and give the same bits at
 * each: a register of LANES floats and what is done to it. Sixteen lanes are HALVES registers.
 * Internal to such sources; include it nowhere else.
 *
 * larger(a, b) and smaller(a, b) are b where one of them is NaN. raised(a, n) is a * 2^k, where the bits of the
 * float n end in the integer k, and neither a nor the result is subnormal. */
#ifndef TERN_KERNELS_FLOAT_WORDS_H
#define TERN_KERNELS_FLOAT_WORDS_H

#include "kernels/fused.h"
#include "kernels/unroll.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
typedef __m512 reg;
ALWAYS_INLINE reg all(float x) {
    return _mm512_set1_ps(x);
}
ALWAYS_INLINE reg from_f32(const float *p) {
    return _mm512_loadu_ps(p);
}
ALWAYS_INLINE reg from_f16(const uint16_t *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const void *)p));
}
ALWAYS_INLINE reg from_i8(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)p)));
}
ALWAYS_INLINE reg from_i32(const int32_t *p) {
    return _mm512_cvtepi32_ps(_mm512_loadu_si512(p));
}
ALWAYS_INLINE void to_f32(float *p, reg a) {
    _mm512_storeu_ps(p, a);
}
ALWAYS_INLINE reg plus(reg a, reg b) {
    return _mm512_add_ps(a, b);
}
ALWAYS_INLINE reg minus(reg a, reg b) {
    return _mm512_sub_ps(a, b);
}
ALWAYS_INLINE reg times(reg a, reg b) {
    return _mm512_mul_ps(a, b);
}
ALWAYS_INLINE reg over(reg a, reg b) {
    return _mm512_div_ps(a, b);
}
ALWAYS_INLINE reg fused(reg a, reg b, reg c) {
    return _mm512_fmadd_ps(a, b, c);
}
ALWAYS_INLINE reg larger(reg a, reg b) {
    return _mm512_max_ps(a, b);
}
ALWAYS_INLINE reg smaller(reg a, reg b) {
    return _mm512_min_ps(a, b);
}
ALWAYS_INLINE reg magnitude(reg a) {
    return _mm512_abs_ps(a);
}
/* 0 where a is NaN. */
ALWAYS_INLINE reg number(reg a) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), a);
}
ALWAYS_INLINE reg raised(reg a, reg n) {
    const __m512i power = _mm512_slli_epi32(_mm512_castps_si512(n), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), power));
}
/* The bits of the lanes: their lowest bytes; their sums. */
ALWAYS_INLINE void to_low_bytes(int8_t *p, reg a) {
    _mm_storeu_si128((void *)p, _mm512_cvtepi32_epi8(_mm512_castps_si512(a)));
}
typedef __m512i ireg;
ALWAYS_INLINE ireg no_bits(void) {
    return _mm512_setzero_si512();
}
ALWAYS_INLINE ireg plus_bits(ireg a, reg b) {
    return _mm512_add_epi32(a, _mm512_castps_si512(b));
}
#elif defined(__AVX2__)
#include <immintrin.h>
#define LANES 8
typedef __m256 reg;
ALWAYS_INLINE reg all(float x) {
    return _mm256_set1_ps(x);
}
ALWAYS_INLINE reg from_f32(const float *p) {
    return _mm256_loadu_ps(p);
}
ALWAYS_INLINE reg from_f16(const uint16_t *p) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const void *)p));
}
ALWAYS_INLINE reg from_i8(const int8_t *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)p)));
}
ALWAYS_INLINE reg from_i32(const int32_t *p) {
    return _mm256_cvtepi32_ps(_mm256_loadu_si256((const void *)p));
}
ALWAYS_INLINE void to_f32(float *p, reg a) {
    _mm256_storeu_ps(p, a);
}
ALWAYS_INLINE reg plus(reg a, reg b) {
    return _mm256_add_ps(a, b);
}
ALWAYS_INLINE reg minus(reg a, reg b) {
    return _mm256_sub_ps(a, b);
}
ALWAYS_INLINE reg times(reg a, reg b) {
    return _mm256_mul_ps(a, b);
}
ALWAYS_INLINE reg over(reg a, reg b) {
    return _mm256_div_ps(a, b);
}
ALWAYS_INLINE reg fused(reg a, reg b, reg c) {
    return _mm256_fmadd_ps(a, b, c);
}
ALWAYS_INLINE reg larger(reg a, reg b) {
    return _mm256_max_ps(a, b);
}
ALWAYS_INLINE reg smaller(reg a, reg b) {
    return _mm256_min_ps(a, b);
}
ALWAYS_INLINE reg magnitude(reg a) {
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
}
/* 0 where a is NaN. */
ALWAYS_INLINE reg number(reg a) {
    return _mm256_and_ps(_mm256_cmp_ps(a, a, _CMP_ORD_Q), a);
}
ALWAYS_INLINE reg raised(reg a, reg n) {
    const __m256i power = _mm256_slli_epi32(_mm256_castps_si256(n), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), power));
}
/* The bits of the lanes: their lowest bytes; their sums. */
ALWAYS_INLINE void to_low_bytes(int8_t *p, reg a) {
    const __m256i low = _mm256_shuffle_epi8(_mm256_castps_si256(a), _mm256_set1_epi32(0x0c080400));
    const __m128i both = _mm_unpacklo_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
    _mm_storel_epi64((void *)p, both);
}
typedef __m256i ireg;
ALWAYS_INLINE ireg no_bits(void) {
    return _mm256_setzero_si256();
}
ALWAYS_INLINE ireg plus_bits(ireg a, reg b) {
    return _mm256_add_epi32(a, _mm256_castps_si256(b));
}
#else
#define LANES 16
typedef struct {
    float lane[LANES];
} reg;
typedef struct {
    uint32_t lane[LANES];
} ireg;
#define EACH(expression)                                                                                     \
    reg v;                                                                                                   \
    for (size_t i = 0; i < LANES; i++) v.lane[i] = (expression);                                             \
    return v
static inline uint32_t bits_of(float x) {
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}
static inline float of_bits(uint32_t b) {
    float x;
    memcpy(&x, &b, sizeof x);
    return x;
}
/* The multiplication moves the exponent, and is exact for subnormal numbers too. */
static inline float widened(uint16_t h) {
    const uint32_t em = (uint32_t)(h & 0x7fff) << 13;
    const uint32_t special = (em >= (uint32_t)0x7c00 << 13) * 0x7f800000u;
    return of_bits(bits_of(of_bits(em) * 0x1p112f) | special | (uint32_t)(h & 0x8000) << 16);
}
ALWAYS_INLINE reg all(float x) {
    EACH(x);
}
ALWAYS_INLINE reg from_f32(const float *p) {
    EACH(p[i]);
}
ALWAYS_INLINE reg from_f16(const uint16_t *p) {
    EACH(widened(p[i]));
}
ALWAYS_INLINE reg from_i8(const int8_t *p) {
    EACH((float)p[i]);
}
ALWAYS_INLINE reg from_i32(const int32_t *p) {
    EACH((float)p[i]);
}
ALWAYS_INLINE void to_f32(float *p, reg a) {
    memcpy(p, a.lane, sizeof a.lane);
}
ALWAYS_INLINE reg plus(reg a, reg b) {
    EACH(a.lane[i] + b.lane[i]);
}
ALWAYS_INLINE reg minus(reg a, reg b) {
    EACH(a.lane[i] - b.lane[i]);
}
ALWAYS_INLINE reg times(reg a, reg b) {
    EACH(a.lane[i] * b.lane[i]);
}
ALWAYS_INLINE reg over(reg a, reg b) {
    EACH(a.lane[i] / b.lane[i]);
}
ALWAYS_INLINE reg fused(reg a, reg b, reg c) {
    EACH(tern_fused(a.lane[i], b.lane[i], c.lane[i]));
}
ALWAYS_INLINE reg larger(reg a, reg b) {
    EACH(a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]);
}
ALWAYS_INLINE reg smaller(reg a, reg b) {
    EACH(a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]);
}
ALWAYS_INLINE reg magnitude(reg a) {
    EACH(fabsf(a.lane[i]));
}
/* 0 where a is NaN. */
ALWAYS_INLINE reg number(reg a) {
    EACH(a.lane[i] == a.lane[i] ? a.lane[i] : 0);
}
ALWAYS_INLINE reg raised(reg a, reg n) {
    EACH(of_bits(bits_of(a.lane[i]) + (bits_of(n.lane[i]) << 23)));
}
/* The bits of the lanes: their lowest bytes; their sums. */
ALWAYS_INLINE void to_low_bytes(int8_t *p, reg a) {
    for (size_t i = 0; i < LANES; i++) p[i] = (int8_t)(uint8_t)bits_of(a.lane[i]);
}
ALWAYS_INLINE ireg no_bits(void) {
    return (ireg){{0}};
}
ALWAYS_INLINE ireg plus_bits(ireg a, reg b) {
    for (size_t i = 0; i < LANES; i++) a.lane[i] += bits_of(b.lane[i]);
    return a;
}
#endif

#define HALVES (16 / LANES)

ALWAYS_INLINE uint32_t sum_of_bits(ireg a) {
    uint32_t lane[LANES], sum = 0;
    memcpy(lane, &a, sizeof lane);
    for (size_t i = 0; i < LANES; i++) sum += lane[i];
    return sum;
}

/* The first `left` floats; zeros behind them. */
ALWAYS_INLINE reg from_some(const float *p, size_t left) {
    float lane[LANES] = {0};
    if (left >= LANES) return from_f32(p);
    memcpy(lane, p, left * sizeof *p);
    return from_f32(lane);
}

/* Sixteen lanes, halves onto halves: 8, 4, 2, 1. */
static inline float fold(const reg v[HALVES]) {
    float lane[16];
    for (size_t j = 0; j < HALVES; j++) to_f32(lane + j * LANES, v[j]);
    for (size_t n = 8; n; n /= 2)
        for (size_t i = 0; i < n; i++) lane[i] += lane[i + n];
    return lane[0];
}

#define MAGIC 12582912.0f /* 1.5 * 2^23: a sum with it ends in the whole number, rounded half to even */

/* exp(x) for x <= 88: 2^n * p(r), |r| <= ln(2)/2, whose Taylor remainder r^8/8! is below 6e-9. x below -87, and
 * NaN, give the value at -87, 1.6e-38. There n = -126 and p > 1, so the result is never subnormal. */
ALWAYS_INLINE reg exponential(reg x) {
    x = larger(x, all(-87.0f));
    const reg whole = fused(x, all(1.44269504f), all(MAGIC)), n = minus(whole, all(MAGIC));
    const reg r = fused(n, all(2.12194440e-4f), fused(n, all(-0.693359375f), x));
    reg p = fused(r, all(1.0f / 5040), all(1.0f / 720));
    p = fused(p, r, all(1.0f / 120));
    p = fused(p, r, all(1.0f / 24));
    p = fused(p, r, all(1.0f / 6));
    p = fused(p, r, all(0.5f));
    p = fused(p, r, all(1.0f));
    p = fused(p, r, all(1.0f));
    return raised(p, whole);
}

/* 1 / sqrt(mean(x^2) + eps), which a norm multiplies x by. Two times sixteen lanes, then what is left. */
static inline float factor_of_norm(const float *x, size_t n, float eps) {
    reg acc[2 * HALVES];
    size_t i = 0;
    UNROLL for (size_t j = 0; j < 2 * HALVES; j++) acc[j] = all(0);
    for (; i + 32 <= n; i += 32) UNROLL for (size_t j = 0; j < 2 * HALVES; j++) {
            const reg v = from_f32(x + i + j * LANES);
            acc[j] = plus(acc[j], times(v, v));
        }
    UNROLL for (size_t j = 0; j < HALVES; j++) acc[j] = plus(acc[j], acc[HALVES + j]);
    float sum = fold(acc);
    for (; i < n; i++) sum += x[i] * x[i];
    return 1.0f / sqrtf(sum / (float)n + eps);
}

#endif
