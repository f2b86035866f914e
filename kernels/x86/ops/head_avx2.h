/* The words that the rows of the output matrix are written with (kernels/dense/head_words.h), for ymm registers. */
#ifndef TERN_KERNELS_X86_OPS_HEAD_AVX2_H
#define TERN_KERNELS_X86_OPS_HEAD_AVX2_H

#include "kernels/dense/head_ops.h"
#include "kernels/dense/q6_planes.h"
#include "kernels/unroll.h"
#include "kernels/x86/ops/fold.h"

#include <immintrin.h>

static inline float half_of(uint16_t h) {
    return _cvtsh_ss(h);
}

/* Sixteen floats. */
typedef struct {
    __m256 a, b;
} vec;
static inline vec vec_zero(void) {
    return (vec){_mm256_setzero_ps(), _mm256_setzero_ps()};
}
static inline vec vec_f32(const float *p) {
    return (vec){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
static inline vec vec_f16(const uint16_t *p) {
    return (vec){_mm256_cvtph_ps(_mm_loadu_si128((const void *)p)),
                 _mm256_cvtph_ps(_mm_loadu_si128((const void *)(p + 8)))};
}
static inline vec vec_i8(const int8_t *p) {
    const __m128i q = _mm_loadu_si128((const void *)p);
    return (vec){_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(q)),
                 _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_unpackhi_epi64(q, q)))};
}
static inline vec vec_add(vec a, vec b) {
    return (vec){_mm256_add_ps(a.a, b.a), _mm256_add_ps(a.b, b.b)};
}
static inline vec vec_mul(vec a, vec b) {
    return (vec){_mm256_mul_ps(a.a, b.a), _mm256_mul_ps(a.b, b.b)};
}
static inline vec vec_scale(vec a, float b) {
    return (vec){_mm256_mul_ps(a.a, _mm256_set1_ps(b)), _mm256_mul_ps(a.b, _mm256_set1_ps(b))};
}
static inline void vec_put(float *p, vec a) {
    _mm256_storeu_ps(p, a.a);
    _mm256_storeu_ps(p + 8, a.b);
}

/* Halves onto halves. */
static inline float vec_fold(vec v) {
    return fold_eight(_mm256_add_ps(v.a, v.b));
}

/* The scan: sixteen int32 sums. Lane j gets bytes 4j..4j+3 of each vector, times both planes. The bound: 64 weights of a
 * block * 255 * 32640 < 2^30. */
typedef struct {
    __m256i high[2], low[2];
} scan_sums;
static inline scan_sums scan_none(void) {
    const __m256i z = _mm256_setzero_si256();
    return (scan_sums){{z, z}, {z, z}};
}

static inline __m256i dot4(__m256i acc, __m256i u, __m256i x, int bits) {
    const __m256i one = _mm256_set1_epi16(1);
    if (bits == 8) { /* 255 * 128 fits into 16 bits, the sum of two does not */
        const __m256i even = _mm256_set1_epi16(0xff);
        acc =
            _mm256_add_epi32(acc, _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_and_si256(u, even), x), one));
        u = _mm256_andnot_si256(even, u);
    }
    return _mm256_add_epi32(acc, _mm256_madd_epi16(_mm256_maddubs_epi16(u, x), one));
}

static inline scan_sums scan_take(scan_sums s, __m256i u, const struct tern_scan_vector *x, size_t at,
                                  size_t half, int bits) {
    s.high[half] = dot4(s.high[half], u, _mm256_load_si256((const void *)(x->high + at)), bits);
    s.low[half] = dot4(s.low[half], u, _mm256_load_si256((const void *)(x->low + at)), bits);
    return s;
}

static inline scan_sums scan_unit(scan_sums s, const unsigned char *p, const struct tern_scan_vector *x,
                                  size_t at, int bits) {
    const __m256i m4 = _mm256_set1_epi8(0x0f), m2 = _mm256_set1_epi8(0x30);
    for (size_t h = 0; h < 2; h++, p += 32, at += 32) {
        const __m256i a = _mm256_loadu_si256((const void *)p), b = _mm256_loadu_si256((const void *)(p + 64)),
                      t = _mm256_loadu_si256((const void *)(p + 128));
        if (bits == 6) {
#define CODE(l, h) _mm256_or_si256(_mm256_and_si256(l, m4), _mm256_and_si256(h, m2))
            s = scan_take(s, CODE(a, _mm256_slli_epi16(t, 4)), x, at, h, bits);
            s = scan_take(s, CODE(b, _mm256_slli_epi16(t, 2)), x, at + 64, h, bits);
            s = scan_take(s, CODE(_mm256_srli_epi16(a, 4), t), x, at + 128, h, bits);
            s = scan_take(s, CODE(_mm256_srli_epi16(b, 4), _mm256_srli_epi16(t, 2)), x, at + 192, h, bits);
#undef CODE
            continue;
        }
        s = scan_take(scan_take(scan_take(s, a, x, at, h, bits), b, x, at + 64, h, bits), t, x, at + 128, h,
                      bits);
        s = scan_take(s, _mm256_loadu_si256((const void *)(p + 192)), x, at + 192, h, bits);
    }
    return s;
}

static inline __m256 scan_value_half(scan_sums s, size_t h, const int32_t *offset,
                                     const unsigned char *scale) {
    const __m256i d = _mm256_sub_epi32(_mm256_add_epi32(_mm256_slli_epi32(s.high[h], 8), s.low[h]),
                                       _mm256_loadu_si256((const void *)(offset + 8 * h)));
    const __m256i f = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)(scale + 8 * h)));
    return _mm256_mul_ps(_mm256_cvtepi32_ps(d), _mm256_cvtepi32_ps(f));
}

static inline vec scan_value(scan_sums s, const int32_t *offset, const unsigned char *scale) {
    return (vec){scan_value_half(s, 0, offset, scale), scan_value_half(s, 1, offset, scale)};
}

/* Half h of the codes of a Q6_K block: those of groups 8h to 8h + 7. */
static inline void q6_codes(const unsigned char *b, size_t h, __m256i u[4]) {
    const __m256i m4 = _mm256_set1_epi8(0x0f), m2 = _mm256_set1_epi8(0x30);
    __m256i p = _mm256_loadu_si256((const void *)(b + 32 * h)),
            q = _mm256_loadu_si256((const void *)(b + 32 * h + 64)),
            t = _mm256_loadu_si256((const void *)(b + 32 * h + 128));
    __asm__("" : "+x"(p), "+x"(q)); /* gcc would load them once more, across two lines of the cache */
#define CODE(l, h) _mm256_or_si256(_mm256_and_si256(l, m4), _mm256_and_si256(h, m2))
    u[0] = CODE(p, _mm256_slli_epi16(t, 4));
    u[1] = CODE(q, _mm256_slli_epi16(t, 2));
    u[2] = CODE(_mm256_srli_epi16(p, 4), t);
    u[3] = CODE(_mm256_srli_epi16(q, 4), _mm256_srli_epi16(t, 2));
#undef CODE
}

/* The sum of a block's group j times its scale, in lane j; in units of the block's d and step. */
static inline vec q6_block(const unsigned char *b, const struct q6_planes *x, size_t i) {
    __m256 sum[2];
    for (size_t s = 0; s < 2; s++) {
        __m256i u[4];
        q6_codes(b, s, u);
        const size_t lanes = i / 16 + 8 * s, at = i + 32 * s;
        __m256i high = _mm256_load_si256((const void *)(x->zero_high + lanes)),
                low = _mm256_load_si256((const void *)(x->zero_rest + lanes)),
                middle = _mm256_setzero_si256();
        for (size_t v = 0; v < 4; v++) {
            high = dot4(high, u[v], _mm256_load_si256((const void *)(x->high + at + 64 * v)), 6);
            middle = dot4(middle, u[v], _mm256_load_si256((const void *)(x->middle + at + 64 * v)), 6);
            low = dot4(low, u[v], _mm256_load_si256((const void *)(x->low + at + 64 * v)), 6);
        }
        const __m256i rest = _mm256_add_epi32(_mm256_slli_epi32(middle, 8), low);
        sum[s] = _mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(high), _mm256_set1_ps(65536)),
                               _mm256_cvtepi32_ps(rest));
    }
    return vec_mul((vec){sum[0], sum[1]}, vec_i8((const int8_t *)b + 192));
}

/* The sum of a block's group j times its scale, in lane j: below 16 * 32 * 128 * 128 = 2^23, so an exact float. Sums of two
 * pairs of bytes, 4 * 63 * 128 < 2^15, meet the scales in 16 bits: one product does what ones would do. */
static inline vec q6_estimate(const unsigned char *b, const struct tern_q6_vector *x, size_t i) {
    const __m256i scale =
        _mm256_permute4x64_epi64(_mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)(b + 192))), 0xd8);
    __m256 sum[2];
    UNROLL for (size_t h = 0; h < 2; h++) {
        const __m256i twice = h ? _mm256_unpackhi_epi16(scale, scale) : _mm256_unpacklo_epi16(scale, scale);
        const __m256i zero = _mm256_load_si256((const void *)(x->zero + i / 8 + 16 * h));
        __m256i u[4], p[4];
        q6_codes(b, h, u);
        UNROLL for (size_t v = 0; v < 4; v++) p[v] =
            _mm256_maddubs_epi16(u[v], _mm256_load_si256((const void *)(x->code + i + 64 * v + 32 * h)));
        const __m256i first = _mm256_madd_epi16(_mm256_add_epi16(p[0], p[1]), twice),
                      second = _mm256_madd_epi16(_mm256_add_epi16(p[2], p[3]), twice);
        sum[h] = _mm256_cvtepi32_ps(
            _mm256_add_epi32(_mm256_add_epi32(first, second), _mm256_madd_epi16(zero, twice)));
    }
    return (vec){sum[0], sum[1]};
}

/* The sums that one register holds, and how many tokens of them the registers hold beside four rows. */
enum { PART = 8, TILE_TOKENS = 2 };
typedef __m256 part;
static inline part part_load(const float *p) {
    return _mm256_loadu_ps(p);
}
static inline part part_add(part sum, part a, part b) {
    return _mm256_add_ps(sum, _mm256_mul_ps(a, b));
}
static inline void part_put(float *p, part a) {
    _mm256_storeu_ps(p, a);
}

#endif
