/* 128-bit registers of every 64-bit ARM: 32 of them. The words are those of kernels/x86/vec_ops.h where they mean the same;
 * vec_dotprod.h adds the dot products. A source includes one of the two, for the instructions that its level has.
 *
 * Names: v_<operation><bits of a lane>. shr shifts in zeros, sra copies of the sign. */
#ifndef TERN_KERNELS_ARM_VEC_NEON_H
#define TERN_KERNELS_ARM_VEC_NEON_H

#include "kernels/arm/pressure.h"

#include "base/memory.h"
#include "kernels/unroll.h"

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8x16_t vec;
#define VEC_BITS 128
enum { VEC_BYTES = VEC_BITS / 8 };

/* The type of lanes that an operation works on, and back. */
#define V_S8(x)     vreinterpretq_s8_u8(x)
#define V_S16(x)    vreinterpretq_s16_u8(x)
#define V_S32(x)    vreinterpretq_s32_u8(x)
#define V_U16(x)    vreinterpretq_u16_u8(x)
#define V_U32(x)    vreinterpretq_u32_u8(x)
#define V_U64(x)    vreinterpretq_u64_u8(x)
#define V_OF_S8(x)  vreinterpretq_u8_s8(x)
#define V_OF_S16(x) vreinterpretq_u8_s16(x)
#define V_OF_S32(x) vreinterpretq_u8_s32(x)
#define V_OF_U16(x) vreinterpretq_u8_u16(x)
#define V_OF_U32(x) vreinterpretq_u8_u32(x)
#define V_OF_U64(x) vreinterpretq_u8_u64(x)

#define V_TWO(name, op, to, of)                                                                              \
    ALWAYS_INLINE vec v_##name(vec a, vec b) {                                                               \
        return of(op(to(a), to(b)));                                                                         \
    }
#define V_SHIFT(name, op, to, of)                                                                            \
    ALWAYS_INLINE vec v_##name(vec x, unsigned bits) {                                                       \
        return of(to(x) op bits);                                                                            \
    }
#define V_SAME(x) (x)

V_TWO(and, vandq_u8, V_SAME, V_SAME)
V_TWO(or, vorrq_u8, V_SAME, V_SAME)
V_TWO(xor, veorq_u8, V_SAME, V_SAME)
V_TWO(add8, vaddq_u8, V_SAME, V_SAME)
V_TWO(add16, vaddq_u16, V_U16, V_OF_U16)
V_TWO(add32, vaddq_u32, V_U32, V_OF_U32)
V_TWO(sub8, vsubq_u8, V_SAME, V_SAME)
V_TWO(sub16, vsubq_u16, V_U16, V_OF_U16)
V_TWO(sub32, vsubq_u32, V_U32, V_OF_U32)
V_TWO(mul32, vmulq_u32, V_U32, V_OF_U32)
V_SHIFT(shl8, <<, V_SAME, V_SAME)
V_SHIFT(shl16, <<, V_U16, V_OF_U16)
V_SHIFT(shl32, <<, V_U32, V_OF_U32)
V_SHIFT(shr8, >>, V_SAME, V_SAME)
V_SHIFT(shr16, >>, V_U16, V_OF_U16)
V_SHIFT(sra32, >>, V_S32, V_OF_S32)

/* Lanes of a and b in turn, from the lower or upper half. */
V_TWO(zip_low8, vzip1q_u8, V_SAME, V_SAME)
V_TWO(zip_high8, vzip2q_u8, V_SAME, V_SAME)
V_TWO(zip_low32, vzip1q_u32, V_U32, V_OF_U32)
V_TWO(zip_high32, vzip2q_u32, V_U32, V_OF_U32)
V_TWO(zip_low64, vzip1q_u64, V_U64, V_OF_U64)
V_TWO(zip_high64, vzip2q_u64, V_U64, V_OF_U64)

/* Bytes of a table of sixteen at the indices 0..15 of the second operand. */
V_TWO(look16, vqtbl1q_u8, V_SAME, V_SAME)

ALWAYS_INLINE vec v_zero(void) {
    return vdupq_n_u8(0);
}

ALWAYS_INLINE vec v_bytes(int b) {
    return vdupq_n_u8((uint8_t)b);
}

ALWAYS_INLINE vec v_words(int w) {
    return V_OF_S16(vdupq_n_s16((int16_t)w));
}

ALWAYS_INLINE vec v_ints(int32_t i) {
    return V_OF_S32(vdupq_n_s32(i));
}

ALWAYS_INLINE vec v_load(const void *p) {
    return vld1q_u8(p);
}

ALWAYS_INLINE void v_store(void *p, vec x) {
    vst1q_u8(p, x);
}

/* Four activations in every 32-bit lane. */
ALWAYS_INLINE vec v_four(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return v_ints(four);
}

/* Lane l (0..3) of x in every 32-bit lane. */
ALWAYS_INLINE vec v_lane32(vec x, size_t l) {
    const int32x4_t s = V_S32(x);
    return V_OF_S32(l == 0   ? vdupq_laneq_s32(s, 0)
                    : l == 1 ? vdupq_laneq_s32(s, 1)
                    : l == 2 ? vdupq_laneq_s32(s, 2)
                             : vdupq_laneq_s32(s, 3));
}

/* int16 lanes + the products of the signed bytes in the lower or the upper half. asm, because gcc 12 copies the
 * accumulator around the intrinsic; volatile, so that products stay in the order in which they are written. */
ALWAYS_INLINE vec v_mad_low(vec acc16, vec a, vec b) {
    __asm__ volatile("smlal %0.8h, %1.8b, %2.8b" : "+w"(acc16) : "w"(a), "w"(b));
    return acc16;
}

ALWAYS_INLINE vec v_mad_high(vec acc16, vec a, vec b) {
    __asm__ volatile("smlal2 %0.8h, %1.16b, %2.16b" : "+w"(acc16) : "w"(a), "w"(b));
    return acc16;
}

/* int16 lanes + the signed bytes of the lower or the upper half. */
ALWAYS_INLINE vec v_add_low(vec acc16, vec bytes) {
    return V_OF_S16(vaddw_s8(V_S16(acc16), vget_low_s8(V_S8(bytes))));
}

ALWAYS_INLINE vec v_add_high(vec acc16, vec bytes) {
    return V_OF_S16(vaddw_high_s8(V_S16(acc16), V_S8(bytes)));
}

/* int32 lanes + pairs of int16. */
ALWAYS_INLINE vec v_widen(vec sum32, vec acc16) {
    return V_OF_S32(vpadalq_s16(V_S32(sum32), V_S16(acc16)));
}

/* Sums of pairs of int32: two of a, then two of b. */
ALWAYS_INLINE vec v_pairs32(vec a, vec b) {
    return V_OF_S32(vpaddq_s32(V_S32(a), V_S32(b)));
}

/* Sum of the int32 lanes. */
ALWAYS_INLINE int32_t v_sum(vec x) {
    return vaddvq_s32(V_S32(x));
}

/* Stores int32 lanes 0, 1, .. below `live`. No call: one would keep sums out of registers. */
ALWAYS_INLINE void v_store_some(int32_t *p, size_t live, vec x) {
    const int32x4_t lanes = V_S32(x);
    if (live >= 4) {
        vst1q_s32(p, lanes);
        return;
    }
    if (live > 0) vst1q_lane_s32(p, lanes, 0);
    if (live > 1) vst1q_lane_s32(p + 1, lanes, 1);
    if (live > 2) vst1q_lane_s32(p + 2, lanes, 2);
}

/* Keeps a value as it is written: compilers turn chains of adds into trees, masks into immediates, and a product by 3 into
 * a shift and an add. */
ALWAYS_INLINE void v_settle(vec *x) {
    __asm__("" : "+w"(*x));
}

ALWAYS_INLINE void v_prefetch(const void *p) {
    __builtin_prefetch(p);
}

#endif
