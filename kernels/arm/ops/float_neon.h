/* The words of the float operations (kernels/float_words.h), for pairs of NEON registers: one load of halves fills a pair. */
#ifndef TERN_KERNELS_ARM_OPS_FLOAT_NEON_H
#define TERN_KERNELS_ARM_OPS_FLOAT_NEON_H

#include "kernels/unroll.h"

#include <arm_neon.h>
#include <stdint.h>

#define LANES 8

typedef struct {
    float32x4_t a, b;
} reg;

ALWAYS_INLINE reg all(float x) {
    const float32x4_t v = vdupq_n_f32(x);
    return (reg){v, v};
}

ALWAYS_INLINE reg from_f32(const float *p) {
    return (reg){vld1q_f32(p), vld1q_f32(p + 4)};
}

ALWAYS_INLINE reg from_f16(const uint16_t *p) {
    const float16x8_t h = vreinterpretq_f16_u16(vld1q_u16(p));
    return (reg){vcvt_f32_f16(vget_low_f16(h)), vcvt_high_f32_f16(h)};
}

ALWAYS_INLINE reg from_i8(const int8_t *p) {
    const int16x8_t w = vmovl_s8(vld1_s8(p));
    return (reg){vcvtq_f32_s32(vmovl_s16(vget_low_s16(w))), vcvtq_f32_s32(vmovl_high_s16(w))};
}

ALWAYS_INLINE reg from_i32(const int32_t *p) {
    return (reg){vcvtq_f32_s32(vld1q_s32(p)), vcvtq_f32_s32(vld1q_s32(p + 4))};
}

ALWAYS_INLINE void to_f32(float *p, reg a) {
    vst1q_f32(p, a.a);
    vst1q_f32(p + 4, a.b);
}

/* The conversion keeps bits of a NaN; the one NaN of a half has none. */
ALWAYS_INLINE float32x4_t plain_nan(float32x4_t a) {
    const uint32x4_t bits = vreinterpretq_u32_f32(a), sign = vandq_u32(bits, vdupq_n_u32(0x80000000u));
    return vreinterpretq_f32_u32(vbslq_u32(vceqq_f32(a, a), bits, vorrq_u32(sign, vdupq_n_u32(0x7fc00000u))));
}

ALWAYS_INLINE void to_f16(uint16_t *p, reg a) {
    const float16x4_t low = vcvt_f16_f32(plain_nan(a.a));
    vst1q_u16(p, vreinterpretq_u16_f16(vcvt_high_f16_f32(low, plain_nan(a.b))));
}

ALWAYS_INLINE reg plus(reg a, reg b) {
    return (reg){vaddq_f32(a.a, b.a), vaddq_f32(a.b, b.b)};
}

ALWAYS_INLINE reg minus(reg a, reg b) {
    return (reg){vsubq_f32(a.a, b.a), vsubq_f32(a.b, b.b)};
}

ALWAYS_INLINE reg times(reg a, reg b) {
    return (reg){vmulq_f32(a.a, b.a), vmulq_f32(a.b, b.b)};
}

ALWAYS_INLINE reg over(reg a, reg b) {
    return (reg){vdivq_f32(a.a, b.a), vdivq_f32(a.b, b.b)};
}

ALWAYS_INLINE reg fused(reg a, reg b, reg c) {
    return (reg){vfmaq_f32(c.a, a.a, b.a), vfmaq_f32(c.b, a.b, b.b)};
}

/* asm: of an intrinsic gcc makes a broadcast, which is one more operation of the vector pipes. */
ALWAYS_INLINE float32x4_t fused4_all(float32x4_t a, float b, float32x4_t c) {
    __asm__("fmla %0.4s, %1.4s, %2.s[0]" : "+w"(c) : "w"(a), "w"(b));
    return c;
}

ALWAYS_INLINE reg fused_all(reg a, float b, reg c) {
    return (reg){fused4_all(a.a, b, c.a), fused4_all(a.b, b, c.b)};
}

/* Not fmax and fmin, which take 0 for larger than -0 and give NaN for NaN. */
ALWAYS_INLINE reg larger(reg a, reg b) {
    return (reg){vbslq_f32(vcgtq_f32(a.a, b.a), a.a, b.a), vbslq_f32(vcgtq_f32(a.b, b.b), a.b, b.b)};
}

ALWAYS_INLINE reg smaller(reg a, reg b) {
    return (reg){vbslq_f32(vcltq_f32(a.a, b.a), a.a, b.a), vbslq_f32(vcltq_f32(a.b, b.b), a.b, b.b)};
}

ALWAYS_INLINE reg magnitude(reg a) {
    return (reg){vabsq_f32(a.a), vabsq_f32(a.b)};
}

ALWAYS_INLINE float32x4_t number4(float32x4_t a) {
    return vreinterpretq_f32_u32(vandq_u32(vceqq_f32(a, a), vreinterpretq_u32_f32(a)));
}

/* 0 where a is NaN. */
ALWAYS_INLINE reg number(reg a) {
    return (reg){number4(a.a), number4(a.b)};
}

ALWAYS_INLINE float32x4_t raised4(float32x4_t a, float32x4_t n) {
    const int32x4_t power = vshlq_n_s32(vreinterpretq_s32_f32(n), 23);
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(a), power));
}

ALWAYS_INLINE reg raised(reg a, reg n) {
    return (reg){raised4(a.a, n.a), raised4(a.b, n.b)};
}

/* The bits of the lanes: their lowest bytes; their sums. */
ALWAYS_INLINE void to_low_bytes(int8_t *p, reg a) {
    const int16x8_t words = vuzp1q_s16(vreinterpretq_s16_f32(a.a), vreinterpretq_s16_f32(a.b));
    vst1_s8(p, vmovn_s16(words));
}

typedef struct {
    uint32x4_t a, b;
} ireg;

ALWAYS_INLINE ireg no_bits(void) {
    return (ireg){vdupq_n_u32(0), vdupq_n_u32(0)};
}

ALWAYS_INLINE ireg plus_bits(ireg a, reg b) {
    return (ireg){vaddq_u32(a.a, vreinterpretq_u32_f32(b.a)), vaddq_u32(a.b, vreinterpretq_u32_f32(b.b))};
}

#define MANY      6
#define MANY_REGS 2
#define SOME      4
#define SOME_REGS 2
#define ONE_REGS  8

#endif
