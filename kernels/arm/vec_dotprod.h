/* 128-bit registers with dot products: signed by signed where the level is dotprod, unsigned by signed where it is i8mm too.
 * The compiler's flags decide. */
#ifndef TERN_KERNELS_ARM_VEC_DOTPROD_H
#define TERN_KERNELS_ARM_VEC_DOTPROD_H

#include "kernels/arm/vec_neon.h"

#define VEC_DOT 1

/* int32 lanes + four s8 * s8 products each. */
ALWAYS_INLINE vec v_dot(vec acc, vec a, vec b) {
    return V_OF_S32(vdotq_s32(V_S32(acc), V_S8(a), V_S8(b)));
}

/* The same, b being lane l (0..3, a constant) of x for all: four activations of the sixteen that one register holds. */
ALWAYS_INLINE vec v_dot_lane(vec acc, vec a, vec x, size_t l) {
    const int32x4_t s = V_S32(acc);
    const int8x16_t u = V_S8(a), q = V_S8(x);
    return V_OF_S32(l == 0   ? vdotq_laneq_s32(s, u, q, 0)
                    : l == 1 ? vdotq_laneq_s32(s, u, q, 1)
                    : l == 2 ? vdotq_laneq_s32(s, u, q, 2)
                             : vdotq_laneq_s32(s, u, q, 3));
}

#if defined(__ARM_FEATURE_MATMUL_INT8)
#define VEC_MIXED 1

/* int32 lanes + four u8 * s8 products each. */
ALWAYS_INLINE vec v_mixed_dot(vec acc, vec u8, vec s8) {
    return V_OF_S32(vusdotq_s32(V_S32(acc), u8, V_S8(s8)));
}

ALWAYS_INLINE vec v_mixed_dot_lane(vec acc, vec u8, vec x, size_t l) {
    const int32x4_t s = V_S32(acc);
    const int8x16_t q = V_S8(x);
    return V_OF_S32(l == 0   ? vusdotq_laneq_s32(s, u8, q, 0)
                    : l == 1 ? vusdotq_laneq_s32(s, u8, q, 1)
                    : l == 2 ? vusdotq_laneq_s32(s, u8, q, 2)
                             : vusdotq_laneq_s32(s, u8, q, 3));
}
#endif

#endif
