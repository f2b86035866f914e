/* Compiled once per level: TERN_OPS is the table's symbol, TERN_OPS_LEVEL its
 * name and TERN_OPS_NEEDS the instructions it needs. */
#include "kernels/dense/head_ops.h"

#include "base/isa.h"
#include "kernels/half.h"
#include "kernels/unroll.h"

#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define AHEAD 4096 /* bytes that a row's stream is asked for in advance */

/* Sixteen floats. */
#if defined(__AVX512BW__)
typedef __m512 vec;
static inline vec zero(void) {
    return _mm512_setzero_ps();
}
static inline vec load_f32(const float *p) {
    return _mm512_loadu_ps(p);
}
static inline vec load_f16(const uint16_t *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const void *)p));
}
static inline vec load_i8(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)p)));
}
static inline vec add(vec a, vec b) {
    return _mm512_add_ps(a, b);
}
static inline vec times(vec a, vec b) {
    return _mm512_mul_ps(a, b);
}
static inline vec factor(vec a, float b) {
    return _mm512_mul_ps(a, _mm512_set1_ps(b));
}
static inline void put(float *p, vec a) {
    _mm512_storeu_ps(p, a);
}
#elif defined(__AVX2__)
typedef struct {
    __m256 a, b;
} vec;
static inline vec zero(void) {
    return (vec){_mm256_setzero_ps(), _mm256_setzero_ps()};
}
static inline vec load_f32(const float *p) {
    return (vec){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
static inline vec load_f16(const uint16_t *p) {
    return (vec){_mm256_cvtph_ps(_mm_loadu_si128((const void *)p)),
                 _mm256_cvtph_ps(_mm_loadu_si128((const void *)(p + 8)))};
}
static inline vec load_i8(const int8_t *p) {
    const __m128i q = _mm_loadu_si128((const void *)p);
    return (vec){_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(q)),
                 _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_unpackhi_epi64(q, q)))};
}
static inline vec add(vec a, vec b) {
    return (vec){_mm256_add_ps(a.a, b.a), _mm256_add_ps(a.b, b.b)};
}
static inline vec times(vec a, vec b) {
    return (vec){_mm256_mul_ps(a.a, b.a), _mm256_mul_ps(a.b, b.b)};
}
static inline vec factor(vec a, float b) {
    return (vec){_mm256_mul_ps(a.a, _mm256_set1_ps(b)), _mm256_mul_ps(a.b, _mm256_set1_ps(b))};
}
static inline void put(float *p, vec a) {
    _mm256_storeu_ps(p, a.a);
    _mm256_storeu_ps(p + 8, a.b);
}
#else
typedef struct {
    float v[16];
} vec;
#define EACH(expression)                                                                                     \
    vec r;                                                                                                   \
    for (size_t i = 0; i < 16; i++) r.v[i] = (expression);                                                   \
    return r
static inline vec zero(void) {
    EACH(0);
}
static inline vec load_f32(const float *p) {
    EACH(p[i]);
}
static inline vec load_f16(const uint16_t *p) {
    EACH(tern_f16_to_f32(p[i]));
}
static inline vec load_i8(const int8_t *p) {
    EACH((float)p[i]);
}
static inline vec add(vec a, vec b) {
    EACH(a.v[i] + b.v[i]);
}
static inline vec times(vec a, vec b) {
    EACH(a.v[i] * b.v[i]);
}
static inline vec factor(vec a, float b) {
    EACH(a.v[i] * b);
}
static inline void put(float *p, vec a) {
    memcpy(p, a.v, sizeof a.v);
}
#endif

/* Halves onto halves. */
#ifdef __AVX2__
static inline float fold_eight(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
#endif
static inline float fold(vec v) {
#if defined(__AVX512BW__)
    return fold_eight(_mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)));
#elif defined(__AVX2__)
    return fold_eight(_mm256_add_ps(v.a, v.b));
#else
    for (size_t n = 8; n; n /= 2)
        for (size_t i = 0; i < n; i++) v.v[i] += v.v[i + n];
    return v.v[0];
#endif
}

static inline float fold_four(const vec acc[4]) {
    return fold(add(add(acc[0], acc[2]), add(acc[1], acc[3])));
}

static inline void ahead(const void *p, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)p + AHEAD + i);
}

static void rows_f16(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y) {
    for (size_t r = r0; r < r1; r++) {
        const uint16_t *w = (const uint16_t *)data + r * k;
        vec acc[4] = {zero(), zero(), zero(), zero()};
        size_t i = 0;
        for (; i + 64 <= k; i += 64) {
            ahead(w + i, 128);
            for (size_t j = 0; j < 4; j++)
                acc[j] = add(acc[j], times(load_f16(w + i + 16 * j), load_f32(x + i + 16 * j)));
        }
        for (; i + 16 <= k; i += 16)
            acc[i / 16 % 4] = add(acc[i / 16 % 4], times(load_f16(w + i), load_f32(x + i)));
        float sum = fold_four(acc);
        for (; i < k; i++) sum += tern_f16_to_f32(w[i]) * x[i];
        *y++ = sum;
    }
}

static void rows_f32(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y) {
    for (size_t r = r0; r < r1; r++) {
        const float *w = (const float *)data + r * k;
        vec acc[4] = {zero(), zero(), zero(), zero()};
        size_t i = 0;
        for (; i + 64 <= k; i += 64) {
            ahead(w + i, 256);
            for (size_t j = 0; j < 4; j++)
                acc[j] = add(acc[j], times(load_f32(w + i + 16 * j), load_f32(x + i + 16 * j)));
        }
        for (; i + 16 <= k; i += 16)
            acc[i / 16 % 4] = add(acc[i / 16 % 4], times(load_f32(w + i), load_f32(x + i)));
        float sum = fold_four(acc);
        for (; i < k; i++) sum += w[i] * x[i];
        *y++ = sum;
    }
}

static inline float half_at(const unsigned char *p) {
    uint16_t h;
    memcpy(&h, p, sizeof h);
    return tern_f16_to_f32(h);
}

static inline void q8_block(const unsigned char *b, const float *x, vec *even, vec *odd) {
    const float d = half_at(b);
    const int8_t *q = (const int8_t *)b + 2;
    *even = add(*even, times(factor(load_i8(q), d), load_f32(x)));
    *odd = add(*odd, times(factor(load_i8(q + 16), d), load_f32(x + 16)));
}

static void rows_q8(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y) {
    for (size_t r = r0; r < r1; r++) {
        const unsigned char *b = (const unsigned char *)data + r * (k / 32 * 34);
        vec acc[4] = {zero(), zero(), zero(), zero()};
        size_t i = 0;
        for (; i + 64 <= k; i += 64, b += 68) {
            ahead(b, 64);
            q8_block(b, x + i, &acc[0], &acc[1]);
            q8_block(b + 34, x + i + 32, &acc[2], &acc[3]);
        }
        if (i < k) q8_block(b, x + i, &acc[0], &acc[1]);
        *y++ = fold_four(acc);
    }
}

/* The scan. Sixteen int32 sums: lane j gets bytes 4j..4j+3 of each vector, times both planes. Bounds: 64
 * weights of a block * 255 * 32640 < 2^30. */
#if defined(__AVX512BW__)
typedef struct {
    __m512i high, low;
} sums;
static inline sums no_sums(void) {
    return (sums){_mm512_setzero_si512(), _mm512_setzero_si512()};
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

static inline sums take(sums s, __m512i u, const struct tern_scan_vector *x, size_t at, int bits) {
    s.high = dot4(s.high, u, _mm512_load_si512(x->high + at), bits);
    s.low = dot4(s.low, u, _mm512_load_si512(x->low + at), bits);
    return s;
}

static inline sums unit(sums s, const unsigned char *p, const struct tern_scan_vector *x, size_t at,
                        int bits) {
    const __m512i a = _mm512_loadu_si512(p), b = _mm512_loadu_si512(p + 64), t = _mm512_loadu_si512(p + 128);
    if (bits == 6) {
        const __m512i m4 = _mm512_set1_epi8(0x0f), m2 = _mm512_set1_epi8(0x30);
#define CODE(l, h) _mm512_or_si512(_mm512_and_si512(l, m4), _mm512_and_si512(h, m2))
        s = take(s, CODE(a, _mm512_slli_epi16(t, 4)), x, at, bits);
        s = take(s, CODE(b, _mm512_slli_epi16(t, 2)), x, at + 64, bits);
        s = take(s, CODE(_mm512_srli_epi16(a, 4), t), x, at + 128, bits);
        return take(s, CODE(_mm512_srli_epi16(b, 4), _mm512_srli_epi16(t, 2)), x, at + 192, bits);
#undef CODE
    }
    s = take(take(take(s, a, x, at, bits), b, x, at + 64, bits), t, x, at + 128, bits);
    return take(s, _mm512_loadu_si512(p + 192), x, at + 192, bits);
}

static inline vec scaled(sums s, const int32_t *offset, const unsigned char *scale) {
    const __m512i d =
        _mm512_sub_epi32(_mm512_add_epi32(_mm512_slli_epi32(s.high, 8), s.low), _mm512_loadu_si512(offset));
    const __m512i f = _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)scale));
    return _mm512_mul_ps(_mm512_cvtepi32_ps(d), _mm512_cvtepi32_ps(f));
}
#elif defined(__AVX2__)
typedef struct {
    __m256i high[2], low[2];
} sums;
static inline sums no_sums(void) {
    const __m256i z = _mm256_setzero_si256();
    return (sums){{z, z}, {z, z}};
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

static inline sums take(sums s, __m256i u, const struct tern_scan_vector *x, size_t at, size_t half,
                        int bits) {
    s.high[half] = dot4(s.high[half], u, _mm256_load_si256((const void *)(x->high + at)), bits);
    s.low[half] = dot4(s.low[half], u, _mm256_load_si256((const void *)(x->low + at)), bits);
    return s;
}

static inline sums unit(sums s, const unsigned char *p, const struct tern_scan_vector *x, size_t at,
                        int bits) {
    const __m256i m4 = _mm256_set1_epi8(0x0f), m2 = _mm256_set1_epi8(0x30);
    for (size_t h = 0; h < 2; h++, p += 32, at += 32) {
        const __m256i a = _mm256_loadu_si256((const void *)p), b = _mm256_loadu_si256((const void *)(p + 64)),
                      t = _mm256_loadu_si256((const void *)(p + 128));
        if (bits == 6) {
#define CODE(l, h) _mm256_or_si256(_mm256_and_si256(l, m4), _mm256_and_si256(h, m2))
            s = take(s, CODE(a, _mm256_slli_epi16(t, 4)), x, at, h, bits);
            s = take(s, CODE(b, _mm256_slli_epi16(t, 2)), x, at + 64, h, bits);
            s = take(s, CODE(_mm256_srli_epi16(a, 4), t), x, at + 128, h, bits);
            s = take(s, CODE(_mm256_srli_epi16(b, 4), _mm256_srli_epi16(t, 2)), x, at + 192, h, bits);
#undef CODE
            continue;
        }
        s = take(take(take(s, a, x, at, h, bits), b, x, at + 64, h, bits), t, x, at + 128, h, bits);
        s = take(s, _mm256_loadu_si256((const void *)(p + 192)), x, at + 192, h, bits);
    }
    return s;
}

static inline __m256 scaled_half(sums s, size_t h, const int32_t *offset, const unsigned char *scale) {
    const __m256i d = _mm256_sub_epi32(_mm256_add_epi32(_mm256_slli_epi32(s.high[h], 8), s.low[h]),
                                       _mm256_loadu_si256((const void *)(offset + 8 * h)));
    const __m256i f = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)(scale + 8 * h)));
    return _mm256_mul_ps(_mm256_cvtepi32_ps(d), _mm256_cvtepi32_ps(f));
}

static inline vec scaled(sums s, const int32_t *offset, const unsigned char *scale) {
    return (vec){scaled_half(s, 0, offset, scale), scaled_half(s, 1, offset, scale)};
}
#else
typedef struct {
    int32_t lane[16];
} sums;
static inline sums no_sums(void) {
    return (sums){{0}};
}

static inline unsigned code(const unsigned char *p, size_t v, size_t i, int bits) {
    if (bits != 6) return p[64 * v + i];
    return (p[64 * (v % 2) + i] >> 4 * (v / 2) & 15u) | (p[128 + i] >> 2 * v & 3u) << 4;
}

static inline sums unit(sums s, const unsigned char *p, const struct tern_scan_vector *x, size_t at,
                        int bits) {
    for (size_t v = 0; v < 4; v++)
        for (size_t i = 0; i < 64; i++)
            s.lane[i / 4] +=
                (int32_t)code(p, v, i, bits) * (x->high[at + 64 * v + i] * 256 + x->low[at + 64 * v + i]);
    return s;
}

static inline vec scaled(sums s, const int32_t *offset, const unsigned char *scale) {
    EACH((float)(s.lane[i] - offset[i]) * (float)scale[i]);
}
#endif

#include "kernels/dense/q6_rows_body.c"
#include "kernels/dense/tile_rows_body.c"

static inline void scan_rows(const struct tern_scan *s, const struct tern_scan_vector *x, size_t r0,
                             size_t r1, float *y, int bits) {
    const size_t unit_bytes = bits == 6 ? 192 : 256;
    for (size_t r = r0; r < r1; r++) {
        const unsigned char *p = s->data + r * s->row_bytes;
        const int32_t *offset = x->offset;
        vec acc = zero();
        for (size_t u = 0; u < s->all_units; offset += 16) {
            const unsigned char *scale = p;
            const size_t end = u + s->units < s->all_units ? u + s->units : s->all_units;
            sums d = no_sums();
            for (p += 16; u < end; u++, p += unit_bytes) {
                ahead(p, unit_bytes);
                d = unit(d, p, x, u * TERN_SCAN_UNIT, bits);
            }
            acc = add(acc, scaled(d, offset, scale));
        }
        *y++ = fold(acc) * (s->scale[r] * x->scale);
    }
}

static void scan(const struct tern_scan *s, const struct tern_scan_vector *x, size_t r0, size_t r1,
                 float *y) {
    if (s->bits == 6)
        scan_rows(s, x, r0, r1, y, 6);
    else
        scan_rows(s, x, r0, r1, y, s->bits == 8 ? 8 : 7);
}

extern const struct tern_head_ops TERN_OPS;
const struct tern_head_ops TERN_OPS = {
    .level = TERN_OPS_LEVEL,
    .needs = TERN_OPS_NEEDS,
    .rows = {rows_f16, rows_f32, rows_q8, rows_q6_k},
    .tile = {tile_f16, tile_f32, tile_q8, tile_q6_k},
    .scan = scan,
};
