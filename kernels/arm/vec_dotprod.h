/* 128-bit registers with dot products: signed by signed where the level is dotprod, unsigned by signed where it is i8mm too.
 * The compiler's flags decide. */
#ifndef TERN_KERNELS_ARM_VEC_DOTPROD_H
#define TERN_KERNELS_ARM_VEC_DOTPROD_H

#include "kernels/arm/vec_neon.h"

#define VEC_DOT 1

/* asm, because gcc 12 copies the accumulator around the intrinsic; volatile, because clang would order the products so that more
 * operands are alive than there are registers. The lane is part of the instruction. */
#define V_DOT_LANE(op, acc, a, x, l)                                                                         \
    switch (l) {                                                                                             \
    case 0:                                                                                                  \
        __asm__ volatile(op " %0.4s, %1.16b, %2.4b[0]" : "+w"(acc) : "w"(a), "w"(x));                        \
        break;                                                                                               \
    case 1:                                                                                                  \
        __asm__ volatile(op " %0.4s, %1.16b, %2.4b[1]" : "+w"(acc) : "w"(a), "w"(x));                        \
        break;                                                                                               \
    case 2:                                                                                                  \
        __asm__ volatile(op " %0.4s, %1.16b, %2.4b[2]" : "+w"(acc) : "w"(a), "w"(x));                        \
        break;                                                                                               \
    default:                                                                                                 \
        __asm__ volatile(op " %0.4s, %1.16b, %2.4b[3]" : "+w"(acc) : "w"(a), "w"(x));                        \
        break;                                                                                               \
    }

/* int32 lanes + four s8 * s8 products each. */
ALWAYS_INLINE vec v_dot(vec acc, vec a, vec b) {
    __asm__ volatile("sdot %0.4s, %1.16b, %2.16b" : "+w"(acc) : "w"(a), "w"(b));
    return acc;
}

/* The same, b being lane l (0..3, a constant) of x for all: four activations of the sixteen that one register holds. */
ALWAYS_INLINE vec v_dot_lane(vec acc, vec a, vec x, size_t l) {
    V_DOT_LANE("sdot", acc, a, x, l)
    return acc;
}

#if defined(__ARM_FEATURE_MATMUL_INT8)
#define VEC_MIXED 1

/* int32 lanes + four u8 * s8 products each. */
ALWAYS_INLINE vec v_mixed_dot(vec acc, vec u8, vec s8) {
    __asm__ volatile("usdot %0.4s, %1.16b, %2.16b" : "+w"(acc) : "w"(u8), "w"(s8));
    return acc;
}

ALWAYS_INLINE vec v_mixed_dot_lane(vec acc, vec u8, vec x, size_t l) {
    V_DOT_LANE("usdot", acc, u8, x, l)
    return acc;
}
#endif

#endif
