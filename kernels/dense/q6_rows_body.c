/* Rows of Q6_K blocks against one f32 vector, in integers. Included by headops_body.c, once per level.
 *
 * A block of 256 weights is sixteen groups of sixteen: d * scale[j] * (code - 32). Codes lie so that int32
 * lane j of a dot product of bytes belongs to group j (head_lanes.h). The vector becomes three planes of int8
 * and a power of two per block, x = (high * 2^16 + middle * 2^8 + low) * step, |x| <= 2^22 step. Integers
 * have no order, so every level gives the same bits. What the planes lose is at most 2^-18 |row| |x|: half a
 * step is 2^-22 of the block's largest value, and a block's sum of magnitudes is at most 16 times its norm.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { Q6_SEGMENT = 8192 }; /* columns whose planes are kept at a time; a longer row is summed in segments */

struct q6_planes {
    _Alignas(64) int8_t high[Q6_SEGMENT], middle[Q6_SEGMENT], low[Q6_SEGMENT];
    _Alignas(64) int32_t zero_high[Q6_SEGMENT / 16],
        zero_rest[Q6_SEGMENT / 16]; /* -32 times the group's sum */
    float step[Q6_SEGMENT / 256];
};

/* A power of two by which the block is divided; 0 when it is not finite. */
static float q6_step(const float *x) {
    float top = 0;
    int e, bad = 0;
    for (size_t j = 0; j < 256; j++) {
        const float v = fabsf(x[j]);
        top = v > top ? v : top;
        bad |= !(v <= 0x1.fffffep127f);
    }
    if (bad) return 0;
    frexpf(top, &e);
    return ldexpf(1, (e < -90 ? -90 : e) - 22); /* what is below 2^-113 counts as nothing */
}

static int q6_split(const float *x, size_t k, struct q6_planes *p) {
    for (size_t i = 0; i < k; i += 256) {
        const float step = p->step[i / 256] = q6_step(x + i);
        if (!(step > 0)) return 0;
        const float inverse = 1 / step;
        for (size_t j = 0; j < 16; j++) {
            int32_t above = 0, rest = 0;
            for (size_t c = 0; c < 16; c++) {
                const size_t at = i + c / 4 * 64 + 4 * j + c % 4;
                const int32_t n = (int32_t)rintf(x[i + 16 * j + c] * inverse);
                const int32_t low = ((n + 128) & 255) - 128, more = (n - low) / 256;
                const int32_t middle = ((more + 128) & 255) - 128, high = (more - middle) / 256;
                p->high[at] = (int8_t)high, p->middle[at] = (int8_t)middle, p->low[at] = (int8_t)low;
                above += high, rest += middle * 256 + low;
            }
            p->zero_high[i / 16 + j] = -32 * above;
            p->zero_rest[i / 16 + j] = -32 * rest;
        }
    }
    return 1;
}

/* The sum of a block's group j times its scale, in lane j; in units of the block's d and step. */
#if defined(__AVX512BW__)
static inline vec q6_block(const unsigned char *b, const struct q6_planes *x, size_t i) {
    const __m512i m4 = _mm512_set1_epi8(0x0f), m2 = _mm512_set1_epi8(0x30);
    const __m512i p = _mm512_loadu_si512(b), q = _mm512_loadu_si512(b + 64), t = _mm512_loadu_si512(b + 128);
    /* 0xea: (a & b) | c */
    const __m512i u[4] = {
        _mm512_ternarylogic_epi64(_mm512_slli_epi16(t, 4), m2, _mm512_and_si512(p, m4), 0xea),
        _mm512_ternarylogic_epi64(_mm512_slli_epi16(t, 2), m2, _mm512_and_si512(q, m4), 0xea),
        _mm512_ternarylogic_epi64(t, m2, _mm512_and_si512(_mm512_srli_epi16(p, 4), m4), 0xea),
        _mm512_ternarylogic_epi64(_mm512_srli_epi16(t, 2), m2, _mm512_and_si512(_mm512_srli_epi16(q, 4), m4),
                                  0xea)};
    __m512i high = _mm512_load_si512(x->zero_high + i / 16), low = _mm512_load_si512(x->zero_rest + i / 16),
            middle = _mm512_setzero_si512();
    for (size_t v = 0; v < 4; v++) {
        high = dot4(high, u[v], _mm512_load_si512(x->high + i + 64 * v), 6);
        middle = dot4(middle, u[v], _mm512_load_si512(x->middle + i + 64 * v), 6);
        low = dot4(low, u[v], _mm512_load_si512(x->low + i + 64 * v), 6);
    }
    const __m512i rest = _mm512_add_epi32(_mm512_slli_epi32(middle, 8), low);
    return times(add(factor(_mm512_cvtepi32_ps(high), 65536), _mm512_cvtepi32_ps(rest)),
                 load_i8((const int8_t *)b + 192));
}
#elif defined(__AVX2__)
static inline vec q6_block(const unsigned char *b, const struct q6_planes *x, size_t i) {
    const __m256i m4 = _mm256_set1_epi8(0x0f), m2 = _mm256_set1_epi8(0x30);
    __m256 sum[2];
    for (size_t s = 0; s < 2; s++, b += 32) {
        const __m256i p = _mm256_loadu_si256((const void *)b), q = _mm256_loadu_si256((const void *)(b + 64)),
                      t = _mm256_loadu_si256((const void *)(b + 128));
#define CODE(l, h) _mm256_or_si256(_mm256_and_si256(l, m4), _mm256_and_si256(h, m2))
        const __m256i u[4] = {CODE(p, _mm256_slli_epi16(t, 4)), CODE(q, _mm256_slli_epi16(t, 2)),
                              CODE(_mm256_srli_epi16(p, 4), t),
                              CODE(_mm256_srli_epi16(q, 4), _mm256_srli_epi16(t, 2))};
#undef CODE
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
    return times((vec){sum[0], sum[1]}, load_i8((const int8_t *)b - 64 + 192));
}
#else
static inline vec q6_block(const unsigned char *b, const struct q6_planes *x, size_t i) {
    int32_t high[16], rest[16];
    memcpy(high, x->zero_high + i / 16, sizeof high);
    memcpy(rest, x->zero_rest + i / 16, sizeof rest);
    for (size_t v = 0; v < 4; v++)
        for (size_t n = 0; n < 64; n++) {
            const int32_t u = (int32_t)code(b, v, n, 6);
            const size_t at = i + 64 * v + n;
            high[n / 4] += u * x->high[at];
            rest[n / 4] += u * (x->middle[at] * 256 + x->low[at]);
        }
    vec r;
    for (size_t j = 0; j < 16; j++)
        r.v[j] = ((float)high[j] * 65536 + (float)rest[j]) * (float)(int8_t)b[192 + j];
    return r;
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
            for (size_t i = 0; finite && i < n; i += 256, b += 210) {
                ahead(b, 210);
                acc = add(acc, factor(q6_block(b, &p, i), half_at(b + 208) * p.step[i / 256]));
            }
            const float sum = finite ? fold(acc) : NAN;
            y[r - r0] = at ? y[r - r0] + sum : sum;
        }
    }
}

/* One token after another: three products of bytes a vector of codes outweigh its unpacking. */
static void tile_q6_k(const void *data, size_t k, size_t r0, size_t r1, const float *x, size_t xstride,
                      size_t n, float *y, size_t ystride) {
    for (size_t t = 0; t < n; t++) rows_q6_k(data, k, r0, r1, x + t * xstride, y + t * ystride);
}
