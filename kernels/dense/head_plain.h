/* The words that the rows of the output matrix are written with (kernels/dense/head_words.h), in plain C. */
#ifndef TERN_KERNELS_DENSE_HEAD_PLAIN_H
#define TERN_KERNELS_DENSE_HEAD_PLAIN_H

#include "kernels/dense/head_ops.h"
#include "kernels/dense/q6_planes.h"
#include "kernels/half.h"

#include <string.h>

static inline float half_of(uint16_t h) {
    return tern_f16_to_f32(h);
}

/* Sixteen floats. */
typedef struct {
    float v[16];
} vec;
#define EACH(expression)                                                                                     \
    vec r;                                                                                                   \
    for (size_t i = 0; i < 16; i++) r.v[i] = (expression);                                                   \
    return r
static inline vec vec_zero(void) {
    EACH(0);
}
static inline vec vec_f32(const float *p) {
    EACH(p[i]);
}
static inline vec vec_f16(const uint16_t *p) {
    EACH(tern_f16_to_f32(p[i]));
}
static inline vec vec_i8(const int8_t *p) {
    EACH((float)p[i]);
}
static inline vec vec_add(vec a, vec b) {
    EACH(a.v[i] + b.v[i]);
}
static inline vec vec_mul(vec a, vec b) {
    EACH(a.v[i] * b.v[i]);
}
static inline vec vec_scale(vec a, float b) {
    EACH(a.v[i] * b);
}
static inline void vec_put(float *p, vec a) {
    memcpy(p, a.v, sizeof a.v);
}

/* Halves onto halves. */
static inline float vec_fold(vec v) {
    for (size_t n = 8; n; n /= 2)
        for (size_t i = 0; i < n; i++) v.v[i] += v.v[i + n];
    return v.v[0];
}

/* The scan: sixteen int32 sums. Lane j gets bytes 4j..4j+3 of each vector, times both planes. The bound: 64 weights of a
 * block * 255 * 32640 < 2^30. */
typedef struct {
    int32_t lane[16];
} scan_sums;
static inline scan_sums scan_none(void) {
    return (scan_sums){{0}};
}

static inline unsigned scan_code(const unsigned char *p, size_t v, size_t i, int bits) {
    if (bits != 6) return p[64 * v + i];
    return (p[64 * (v % 2) + i] >> 4 * (v / 2) & 15u) | (p[128 + i] >> 2 * v & 3u) << 4;
}

static inline scan_sums scan_unit(scan_sums s, const unsigned char *p, const struct tern_scan_vector *x,
                                  size_t at, int bits) {
    for (size_t v = 0; v < 4; v++)
        for (size_t i = 0; i < 64; i++)
            s.lane[i / 4] += (int32_t)scan_code(p, v, i, bits) *
                             (x->high[at + 64 * v + i] * 256 + x->low[at + 64 * v + i]);
    return s;
}

static inline vec scan_value(scan_sums s, const int32_t *offset, const unsigned char *scale) {
    EACH((float)(s.lane[i] - offset[i]) * (float)scale[i]);
}

/* The sum of a block's group j times its scale, in lane j; in units of the block's d and step. */
static inline vec q6_block(const unsigned char *b, const struct q6_planes *x, size_t i) {
    int32_t high[16], rest[16];
    memcpy(high, x->zero_high + i / 16, sizeof high);
    memcpy(rest, x->zero_rest + i / 16, sizeof rest);
    for (size_t v = 0; v < 4; v++)
        for (size_t n = 0; n < 64; n++) {
            const int32_t u = (int32_t)scan_code(b, v, n, 6);
            const size_t at = i + 64 * v + n;
            high[n / 4] += u * x->high[at];
            rest[n / 4] += u * (x->middle[at] * 256 + x->low[at]);
        }
    vec r;
    for (size_t j = 0; j < 16; j++)
        r.v[j] = ((float)high[j] * 65536 + (float)rest[j]) * (float)(int8_t)b[192 + j];
    return r;
}

/* The sum of a block's group j times its scale, in lane j: below 16 * 32 * 128 * 128 = 2^23, so an exact float. */
static inline vec q6_estimate(const unsigned char *b, const struct tern_q6_vector *x, size_t i) {
    int32_t sum[16];
    for (size_t j = 0; j < 16; j++) sum[j] = x->zero[i / 8 + 2 * j] + x->zero[i / 8 + 2 * j + 1];
    for (size_t v = 0; v < 4; v++)
        for (size_t n = 0; n < 64; n++)
            sum[n / 4] += (int32_t)scan_code(b, v, n, 6) * x->code[i + 64 * v + n];
    vec r;
    for (size_t j = 0; j < 16; j++) r.v[j] = (float)(sum[j] * (int8_t)b[192 + j]);
    return r;
}

/* The sums that one register holds, and how many tokens of them the registers hold beside four rows. */
enum { PART = 4, TILE_TOKENS = 2 };
typedef struct {
    float v[4];
} part;
static inline part part_load(const float *p) {
    return (part){{p[0], p[1], p[2], p[3]}};
}
static inline part part_add(part sum, part a, part b) {
    for (size_t i = 0; i < 4; i++) sum.v[i] += a.v[i] * b.v[i];
    return sum;
}
static inline void part_put(float *p, part a) {
    memcpy(p, a.v, sizeof a.v);
}

#undef EACH

#endif
