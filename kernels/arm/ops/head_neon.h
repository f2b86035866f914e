/* The words that the rows of the output matrix are written with (kernels/dense/head_words.h), for NEON registers. The levels
 * dotprod and i8mm are made from the same text.
 *
 * Budget, vector operations per 64 codes of the scan: 9 to unpack six bits; the products are 8 sdot, or without them
 * 16 smlal and 4 sadalp. Q6_K blocks: 9, and 12 sdot, or 24 smlal and 6 sadalp. */
#ifndef TERN_KERNELS_ARM_OPS_HEAD_NEON_H
#define TERN_KERNELS_ARM_OPS_HEAD_NEON_H

#include "kernels/arm/ops/byte_sums.h"
#include "kernels/dense/head_ops.h"
#include "kernels/dense/q6_planes.h"
#include "kernels/unroll.h"

#include <arm_neon.h>

/* gcc loads far ahead, and then has no registers left for sums. */
#define IN_TURN __asm__ volatile("" ::: "memory")

ALWAYS_INLINE float half_of(uint16_t h) {
    return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(h))), 0);
}

/* Sixteen floats. */
typedef struct {
    float32x4_t q[4];
} vec;

/* A vec whose quarter i is the expression. */
#define QUARTERS(expression)                                                                                 \
    vec r;                                                                                                   \
    UNROLL for (size_t i = 0; i < 4; i++) r.q[i] = (expression);                                             \
    return r

ALWAYS_INLINE vec vec_zero(void) {
    QUARTERS(vdupq_n_f32(0));
}

ALWAYS_INLINE vec vec_f32(const float *p) {
    QUARTERS(vld1q_f32(p + 4 * i));
}

ALWAYS_INLINE vec vec_f16(const uint16_t *p) {
    const float16x8_t a = vreinterpretq_f16_u16(vld1q_u16(p)), b = vreinterpretq_f16_u16(vld1q_u16(p + 8));
    return (vec){{vcvt_f32_f16(vget_low_f16(a)), vcvt_high_f32_f16(a), vcvt_f32_f16(vget_low_f16(b)),
                  vcvt_high_f32_f16(b)}};
}

ALWAYS_INLINE vec vec_i8(const int8_t *p) {
    const int8x16_t q = vld1q_s8(p);
    const int16x8_t a = vmovl_s8(vget_low_s8(q)), b = vmovl_high_s8(q);
    return (vec){{vcvtq_f32_s32(vmovl_s16(vget_low_s16(a))), vcvtq_f32_s32(vmovl_high_s16(a)),
                  vcvtq_f32_s32(vmovl_s16(vget_low_s16(b))), vcvtq_f32_s32(vmovl_high_s16(b))}};
}

ALWAYS_INLINE vec vec_add(vec a, vec b) {
    QUARTERS(vaddq_f32(a.q[i], b.q[i]));
}

ALWAYS_INLINE vec vec_mul(vec a, vec b) {
    QUARTERS(vmulq_f32(a.q[i], b.q[i]));
}

ALWAYS_INLINE vec vec_scale(vec a, float b) {
    QUARTERS(vmulq_n_f32(a.q[i], b));
}

ALWAYS_INLINE void vec_put(float *p, vec a) {
    UNROLL for (size_t i = 0; i < 4; i++) vst1q_f32(p + 4 * i, a.q[i]);
}

/* Halves onto halves. */
ALWAYS_INLINE float vec_fold(vec v) {
    const float32x4_t four = vaddq_f32(vaddq_f32(v.q[0], v.q[2]), vaddq_f32(v.q[1], v.q[3]));
    const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

/* Sixteen codes of six bits from each of the four vectors of a unit, whose packed bytes begin at p: the low four bits of
 * vectors 0 and 2, of 1 and 3, and the high two of all. */
struct codes {
    uint8x16_t v[4];
};
ALWAYS_INLINE struct codes codes_of_six_bits(const unsigned char *p) {
    const uint8x16_t a = vld1q_u8(p), b = vld1q_u8(p + 64), t = vld1q_u8(p + 128), six = vdupq_n_u8(0x3f);
    const uint8x16_t upper = vshrq_n_u8(t, 2);
    return (struct codes){{vandq_u8(vsliq_n_u8(a, t, 4), six), vandq_u8(vsliq_n_u8(b, upper, 4), six),
                           vandq_u8(vsriq_n_u8(t, a, 4), six), vsriq_n_u8(upper, b, 4)}};
}

/* The scan: sixteen int32 sums. Lane j gets bytes 4j..4j+3 of each vector, times both planes. The bound: 64 weights of a
 * block * 255 * 32640 < 2^30. */
typedef struct {
    byte_sums high[4], low[4];
} scan_sums;
ALWAYS_INLINE scan_sums scan_none(void) {
    scan_sums s;
    UNROLL for (size_t i = 0; i < 4; i++) s.high[i] = s.low[i] = byte_sums_none();
    return s;
}

ALWAYS_INLINE scan_sums scan_unit(scan_sums s, const unsigned char *p, const struct tern_scan_vector *x,
                                  size_t at, int bits) {
    UNROLL for (size_t i = 0; i < 4; i++) {
        struct codes u;
        if (bits == 6)
            u = codes_of_six_bits(p + 16 * i);
        else
            UNROLL for (size_t v = 0; v < 4; v++) u.v[v] = vld1q_u8(p + 64 * v + 16 * i);
        s.high[i] = byte_sums_add(s.high[i], u.v, x->high + at + 16 * i, bits);
        s.low[i] = byte_sums_add(s.low[i], u.v, x->low + at + 16 * i, bits);
        IN_TURN;
    }
    return s;
}

ALWAYS_INLINE vec scan_value(scan_sums s, const int32_t *offset, const unsigned char *scale) {
    const uint8x16_t f = vld1q_u8(scale);
    const uint16x8_t a = vmovl_u8(vget_low_u8(f)), b = vmovl_high_u8(f);
    const uint32x4_t wide[4] = {vmovl_u16(vget_low_u16(a)), vmovl_high_u16(a), vmovl_u16(vget_low_u16(b)),
                                vmovl_high_u16(b)};
    vec r;
    UNROLL for (size_t i = 0; i < 4; i++) {
        const int32x4_t high = byte_sums_lanes(s.high[i]), low = byte_sums_lanes(s.low[i]);
        const int32x4_t d = vsubq_s32(vaddq_s32(vshlq_n_s32(high, 8), low), vld1q_s32(offset + 4 * i));
        r.q[i] = vmulq_f32(vcvtq_f32_s32(d), vcvtq_f32_u32(wide[i]));
    }
    return r;
}

/* The sum of a block's group j times its scale, in lane j; in units of the block's d and step. */
ALWAYS_INLINE vec q6_block(const unsigned char *b, const struct q6_planes *x, size_t at) {
    vec r;
    UNROLL for (size_t i = 0; i < 4; i++) {
        const struct codes u = codes_of_six_bits(b + 16 * i);
        const size_t from = at + 16 * i, lanes = at / 16 + 4 * i;
        byte_sums high = byte_sums_none(), middle = high, low = high;
        high = byte_sums_add(high, u.v, x->high + from, 6);
        middle = byte_sums_add(middle, u.v, x->middle + from, 6);
        low = byte_sums_add(low, u.v, x->low + from, 6);
        const int32x4_t top = vaddq_s32(byte_sums_lanes(high), vld1q_s32(x->zero_high + lanes));
        const int32x4_t end = vaddq_s32(byte_sums_lanes(low), vld1q_s32(x->zero_rest + lanes));
        const int32x4_t rest = vaddq_s32(vshlq_n_s32(byte_sums_lanes(middle), 8), end);
        /* the product is exact: fused or not */
        r.q[i] = vfmaq_n_f32(vcvtq_f32_s32(rest), vcvtq_f32_s32(top), 65536);
        IN_TURN;
    }
    return vec_mul(r, vec_i8((const int8_t *)b + 192));
}

/* The sum of a block's group j times its scale, in lane j: below 16 * 32 * 128 * 128 = 2^23, so an exact float. */
ALWAYS_INLINE vec q6_estimate(const unsigned char *b, const struct tern_q6_vector *x, size_t at) {
    vec r;
    UNROLL for (size_t i = 0; i < 4; i++) {
        const struct codes u = codes_of_six_bits(b + 16 * i);
        const byte_sums sum = byte_sums_add(byte_sums_none(), u.v, x->code + at + 16 * i, 6);
        const int32x4_t zero = vpaddlq_s16(vld1q_s16(x->zero + at / 8 + 8 * i));
        r.q[i] = vcvtq_f32_s32(vaddq_s32(byte_sums_lanes(sum), zero));
        IN_TURN;
    }
    return vec_mul(r, vec_i8((const int8_t *)b + 192));
}

/* The sums that one register holds, and how many tokens of them the registers hold beside four rows. */
enum { PART = 4, TILE_TOKENS = 4 };
typedef float32x4_t part;
ALWAYS_INLINE part part_load(const float *p) {
    return vld1q_f32(p);
}

ALWAYS_INLINE part part_add(part sum, part a, part b) {
    return vaddq_f32(sum, vmulq_f32(a, b));
}

ALWAYS_INLINE void part_put(float *p, part a) {
    vst1q_f32(p, a);
}

#undef QUARTERS

#endif
