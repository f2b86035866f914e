/* Rows of Q6_K blocks against one f32 vector, in integers. Included by headops_body.c, once per level.
 *
 * A block of 256 weights is sixteen groups of sixteen: d * scale[j] * (code - 32). The vector becomes two
 * planes of int16 and a power of two per block, x = (high * 2^14 + low) * step with |high| <= 2^14, so it
 * keeps 28 bits below the block's largest value. code * scale fits 13 bits, so the sum of a block's eight
 * pairs in one of the sixteen int32 lanes stays within 2^30, and integers have no order: every level gives
 * the same bits. What the two planes lose is at most 2^-26 |row| |x| (16 * 2^-30, by Cauchy-Schwarz over a
 * block). */
#include <math.h>

enum { Q6_SEGMENT = 8192 }; /* columns whose planes are kept at a time; a longer row is summed in segments */

struct q6_planes {
    _Alignas(64) int16_t high[Q6_SEGMENT];
    _Alignas(64) int16_t low[Q6_SEGMENT];
    float step[Q6_SEGMENT / 256];
};

/* 0 when x is not finite. */
static int q6_split(const float *x, size_t k, struct q6_planes *p) {
    for (size_t i = 0; i < k; i += 256) {
        float top = 0;
        int e, bad = 0;
        for (size_t j = 0; j < 256; j++) {
            const float v = fabsf(x[i + j]);
            top = v > top ? v : top;
            bad |= !(v <= 0x1.fffffep127f);
        }
        if (bad) return 0;
        frexpf(top, &e);
        e = e < -90 ? -90 : e; /* below 2^-118 a weight of the vector counts as nothing */
        const float inverse = ldexpf(1, 28 - e);
        p->step[i / 256] = ldexpf(1, e - 28);
        for (size_t j = 0; j < 256; j++) {
            const int32_t n = (int32_t)rintf(x[i + j] * inverse), high = (n + 8192) >> 14;
            p->high[i + j] = (int16_t)high;
            p->low[i + j] = (int16_t)(n - high * 16384);
        }
    }
    return 1;
}

/* 128 codes of half a block, in the order of the weights. */
static inline void q6_codes(const unsigned char *low, const unsigned char *high, int8_t *out) {
#ifdef __AVX2__
    const __m256i m4 = _mm256_set1_epi8(0x0f), m2 = _mm256_set1_epi8(0x30), off = _mm256_set1_epi8(32);
    const __m256i a = _mm256_loadu_si256((const void *)low), b = _mm256_loadu_si256((const void *)(low + 32)),
                  h = _mm256_loadu_si256((const void *)high);
    const __m256i l[4] = {_mm256_and_si256(a, m4), _mm256_and_si256(b, m4),
                          _mm256_and_si256(_mm256_srli_epi16(a, 4), m4),
                          _mm256_and_si256(_mm256_srli_epi16(b, 4), m4)};
    const __m256i u[4] = {_mm256_and_si256(_mm256_slli_epi16(h, 4), m2),
                          _mm256_and_si256(_mm256_slli_epi16(h, 2), m2), _mm256_and_si256(h, m2),
                          _mm256_and_si256(_mm256_srli_epi16(h, 2), m2)};
    for (size_t i = 0; i < 4; i++)
        _mm256_storeu_si256((void *)(out + 32 * i), _mm256_sub_epi8(_mm256_or_si256(l[i], u[i]), off));
#else
    for (size_t i = 0; i < 128; i++) {
        const size_t quarter = i / 32, at = i % 32;
        const unsigned l = low[32 * (quarter % 2) + at] >> 4 * (quarter / 2) & 15,
                       h = high[at] >> 2 * quarter & 3;
        out[i] = (int8_t)((int)(l | h << 4) - 32);
    }
#endif
}

/* high * 2^14 + low of a block, lane j from columns 32c + 2j and 32c + 2j + 1. */
#if defined(__AVX512BW__)
static inline __m512i q6_dot(__m512i sum, __m512i w, __m512i x) {
#ifdef __AVX512VNNI__
    return _mm512_dpwssd_epi32(sum, w, x);
#else
    return _mm512_add_epi32(sum, _mm512_madd_epi16(w, x));
#endif
}

static inline vec q6_block(const int8_t *q, const unsigned char *scale, const int16_t *high,
                           const int16_t *low) {
    const __m512i scales = _mm512_castsi256_si512(_mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)scale)));
    const __m512i two = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi16(1), 1);
    __m512i h = _mm512_setzero_si512(), l = h;
    for (short c = 0; c < 8; c++) {
        const __m512i f =
            _mm512_permutexvar_epi16(_mm512_add_epi16(two, _mm512_set1_epi16((short)(2 * c))), scales);
        const __m512i w =
            _mm512_mullo_epi16(_mm512_cvtepi8_epi16(_mm256_loadu_si256((const void *)(q + 32 * c))), f);
        h = q6_dot(h, w, _mm512_load_si512(high + 32 * c));
        l = q6_dot(l, w, _mm512_load_si512(low + 32 * c));
    }
    return add(factor(_mm512_cvtepi32_ps(h), 16384), _mm512_cvtepi32_ps(l));
}
#elif defined(__AVX2__)
static inline vec q6_block(const int8_t *q, const unsigned char *scale, const int16_t *high,
                           const int16_t *low) {
    __m256i h[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()}, l[2] = {h[0], h[0]};
    for (size_t g = 0; g < 16; g++) {
        const __m256i w =
            _mm256_mullo_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)(q + 16 * g))),
                               _mm256_set1_epi16((int8_t)scale[g]));
        const __m256i xh = _mm256_load_si256((const void *)(high + 16 * g)),
                      xl = _mm256_load_si256((const void *)(low + 16 * g));
        h[g % 2] = _mm256_add_epi32(h[g % 2], _mm256_madd_epi16(w, xh));
        l[g % 2] = _mm256_add_epi32(l[g % 2], _mm256_madd_epi16(w, xl));
    }
    const vec above = {_mm256_cvtepi32_ps(h[0]), _mm256_cvtepi32_ps(h[1])},
              below = {_mm256_cvtepi32_ps(l[0]), _mm256_cvtepi32_ps(l[1])};
    return add(factor(above, 16384), below);
}
#else
static inline vec q6_block(const int8_t *q, const unsigned char *scale, const int16_t *high,
                           const int16_t *low) {
    int32_t h[16] = {0}, l[16] = {0};
    for (size_t i = 0; i < 256; i++) {
        const int32_t w = q[i] * (int8_t)scale[i / 16];
        h[i % 32 / 2] += w * high[i];
        l[i % 32 / 2] += w * low[i];
    }
    EACH((float)h[i] * 16384 + (float)l[i]);
}
#endif

static void rows_q6_k(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y) {
    struct q6_planes p;
    for (size_t at = 0; at < k; at += Q6_SEGMENT) {
        const size_t n = k - at < Q6_SEGMENT ? k - at : Q6_SEGMENT;
        const int finite = q6_split(x + at, n, &p);
        for (size_t r = r0; r < r1; r++) {
            const unsigned char *b = (const unsigned char *)data + (r * (k / 256) + at / 256) * 210;
            vec acc = zero();
            for (size_t i = 0; i < n; i += 256, b += 210) {
                int8_t q[256];
                ahead(b, 210);
                q6_codes(b, b + 128, q);
                q6_codes(b + 64, b + 160, q + 128);
                acc = add(acc, factor(q6_block(q, b + 192, p.high + i, p.low + i),
                                      half_at(b + 208) * p.step[i / 256]));
            }
            const float sum = finite ? fold(acc) : NAN;
            y[r - r0] = at ? y[r - r0] + sum : sum;
        }
    }
}
