/* The words that the rows of the output matrix are written with (kernels/dense/head_words.h), for zmm registers. */
#ifndef TERN_KERNELS_X86_OPS_HEAD_AVX512_H
#define TERN_KERNELS_X86_OPS_HEAD_AVX512_H

#include "kernels/dense/head_ops.h"
#include "kernels/dense/q6_planes.h"
#include "kernels/x86/ops/fold.h"

#include <immintrin.h>

static inline float half_of(uint16_t h) {
    return _cvtsh_ss(h);
}

/* Sixteen floats. */
typedef __m512 vec;
static inline vec vec_zero(void) {
    return _mm512_setzero_ps();
}
static inline vec vec_f32(const float *p) {
    return _mm512_loadu_ps(p);
}
static inline vec vec_f16(const uint16_t *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const void *)p));
}
static inline vec vec_i8(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)p)));
}
static inline vec vec_add(vec a, vec b) {
    return _mm512_add_ps(a, b);
}
static inline vec vec_mul(vec a, vec b) {
    return _mm512_mul_ps(a, b);
}
static inline vec vec_scale(vec a, float b) {
    return _mm512_mul_ps(a, _mm512_set1_ps(b));
}
static inline void vec_put(float *p, vec a) {
    _mm512_storeu_ps(p, a);
}

/* Halves onto halves. */
static inline float vec_fold(vec v) {
    return fold_eight(_mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)));
}

/* The scan: sixteen int32 sums. Lane j gets bytes 4j..4j+3 of each vector, times both planes. The bound: 64 weights of a
 * block * 255 * 32640 < 2^30. */
typedef struct {
    __m512i high, low;
} scan_sums;
static inline scan_sums scan_none(void) {
    return (scan_sums){_mm512_setzero_si512(), _mm512_setzero_si512()};
}

static inline __m512i dot4(__m512i acc, __m512i u, __m512i x, int bits) {
#ifdef __AVX512VNNI__
    (void)bits;
    return _mm512_dpbusd_epi32(acc, u, x);
#else
    const __m512i one = _mm512_set1_epi16(1);
    if (bits == 8) { /* 255 * 128 fits into 16 bits, the sum of two does not */
        const __m512i even = _mm512_set1_epi16(0xff);
        acc =
            _mm512_add_epi32(acc, _mm512_madd_epi16(_mm512_maddubs_epi16(_mm512_and_si512(u, even), x), one));
        u = _mm512_andnot_si512(even, u);
    }
    return _mm512_add_epi32(acc, _mm512_madd_epi16(_mm512_maddubs_epi16(u, x), one));
#endif
}

static inline scan_sums scan_take(scan_sums s, __m512i u, const struct tern_scan_vector *x, size_t at,
                                  int bits) {
    s.high = dot4(s.high, u, _mm512_load_si512(x->high + at), bits);
    s.low = dot4(s.low, u, _mm512_load_si512(x->low + at), bits);
    return s;
}

static inline scan_sums scan_unit(scan_sums s, const unsigned char *p, const struct tern_scan_vector *x,
                                  size_t at, int bits) {
    const __m512i a = _mm512_loadu_si512(p), b = _mm512_loadu_si512(p + 64), t = _mm512_loadu_si512(p + 128);
    if (bits == 6) {
        const __m512i m4 = _mm512_set1_epi8(0x0f), m2 = _mm512_set1_epi8(0x30);
#define CODE(l, h) _mm512_or_si512(_mm512_and_si512(l, m4), _mm512_and_si512(h, m2))
        s = scan_take(s, CODE(a, _mm512_slli_epi16(t, 4)), x, at, bits);
        s = scan_take(s, CODE(b, _mm512_slli_epi16(t, 2)), x, at + 64, bits);
        s = scan_take(s, CODE(_mm512_srli_epi16(a, 4), t), x, at + 128, bits);
        return scan_take(s, CODE(_mm512_srli_epi16(b, 4), _mm512_srli_epi16(t, 2)), x, at + 192, bits);
#undef CODE
    }
    s = scan_take(scan_take(scan_take(s, a, x, at, bits), b, x, at + 64, bits), t, x, at + 128, bits);
    return scan_take(s, _mm512_loadu_si512(p + 192), x, at + 192, bits);
}

static inline vec scan_value(scan_sums s, const int32_t *offset, const unsigned char *scale) {
    const __m512i d =
        _mm512_sub_epi32(_mm512_add_epi32(_mm512_slli_epi32(s.high, 8), s.low), _mm512_loadu_si512(offset));
    const __m512i f = _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)scale));
    return _mm512_mul_ps(_mm512_cvtepi32_ps(d), _mm512_cvtepi32_ps(f));
}

/* The codes of a Q6_K block. */
static inline void q6_codes(const unsigned char *b, __m512i u[4]) {
    const __m512i m4 = _mm512_set1_epi8(0x0f), m2 = _mm512_set1_epi8(0x30);
    const __m512i p = _mm512_loadu_si512(b), q = _mm512_loadu_si512(b + 64), t = _mm512_loadu_si512(b + 128);
    /* 0xea: (a & b) | c */
    u[0] = _mm512_ternarylogic_epi64(_mm512_slli_epi16(t, 4), m2, _mm512_and_si512(p, m4), 0xea);
    u[1] = _mm512_ternarylogic_epi64(_mm512_slli_epi16(t, 2), m2, _mm512_and_si512(q, m4), 0xea);
    u[2] = _mm512_ternarylogic_epi64(t, m2, _mm512_and_si512(_mm512_srli_epi16(p, 4), m4), 0xea);
    u[3] = _mm512_ternarylogic_epi64(_mm512_srli_epi16(t, 2), m2,
                                     _mm512_and_si512(_mm512_srli_epi16(q, 4), m4), 0xea);
}

/* The sum of a block's group j times its scale, in lane j; in units of the block's d and step. */
static inline vec q6_block(const unsigned char *b, const struct q6_planes *x, size_t i) {
    __m512i u[4];
    q6_codes(b, u);
    __m512i high = _mm512_load_si512(x->zero_high + i / 16), low = _mm512_load_si512(x->zero_rest + i / 16),
            middle = _mm512_setzero_si512();
    for (size_t v = 0; v < 4; v++) {
        high = dot4(high, u[v], _mm512_load_si512(x->high + i + 64 * v), 6);
        middle = dot4(middle, u[v], _mm512_load_si512(x->middle + i + 64 * v), 6);
        low = dot4(low, u[v], _mm512_load_si512(x->low + i + 64 * v), 6);
    }
    const __m512i rest = _mm512_add_epi32(_mm512_slli_epi32(middle, 8), low);
    return vec_mul(vec_add(vec_scale(_mm512_cvtepi32_ps(high), 65536), _mm512_cvtepi32_ps(rest)),
                   vec_i8((const int8_t *)b + 192));
}

/* The sum of a block's group j times its scale, in lane j: below 16 * 32 * 128 * 128 = 2^23, so an exact float. */
static inline vec q6_estimate(const unsigned char *b, const struct tern_q6_vector *x, size_t i) {
    __m512i u[4], sum = _mm512_madd_epi16(_mm512_load_si512(x->zero + i / 8), _mm512_set1_epi16(1));
    q6_codes(b, u);
    for (size_t v = 0; v < 4; v++) sum = dot4(sum, u[v], _mm512_load_si512(x->code + i + 64 * v), 6);
    return vec_mul(_mm512_cvtepi32_ps(sum), vec_i8((const int8_t *)b + 192));
}

/* The sums that one register holds, and how many tokens of them the registers hold beside four rows. */
enum { PART = 16, TILE_TOKENS = 4 };
typedef __m512 part;
static inline part part_load(const float *p) {
    return _mm512_loadu_ps(p);
}
static inline part part_add(part sum, part a, part b) {
    return _mm512_add_ps(sum, _mm512_mul_ps(a, b));
}
static inline void part_put(float *p, part a) {
    _mm512_storeu_ps(p, a);
}

#endif
