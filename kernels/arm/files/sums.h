/* Sums of the kernels on files. The includer has included the vec_<isa>.h of its level. */
#ifndef TERN_KERNELS_ARM_FILES_SUMS_H
#define TERN_KERNELS_ARM_FILES_SUMS_H

#include "kernels/arm/vec_neon.h"

/* Zeros that gcc 12 must not take for one and the same, or it copies sums about in the loop. */
ALWAYS_INLINE void sums_clear(vec *sum, size_t count) {
    UNROLL
    for (size_t i = 0; i < count; i++) {
        sum[i] = v_zero();
        v_settle(&sum[i]);
    }
}

#ifdef VEC_DOT
/* int32 lanes + four s8 * s8 products each. asm in its place: compilers move loads up until registers do not
 * suffice, and gcc 12 copies sums. */
ALWAYS_INLINE vec sum_dot(vec acc, vec u, vec a) {
    __asm__ volatile("sdot %0.4s, %1.16b, %2.16b" : "+w"(acc) : "w"(u), "w"(a));
    return acc;
}
#endif

/* Two registers of int16 + the products of u and a. asm as above. */
ALWAYS_INLINE void sum_products(vec acc[2], vec u, vec a) {
    __asm__ volatile("smlal %0.8h, %1.8b, %2.8b" : "+w"(acc[0]) : "w"(u), "w"(a));
    __asm__ volatile("smlal2 %0.8h, %1.16b, %2.16b" : "+w"(acc[1]) : "w"(u), "w"(a));
}

/* int32 lanes + what they came to. */
ALWAYS_INLINE vec sums_widen(vec sum, const vec acc[2]) {
    return v_widen(v_widen(sum, acc[0]), acc[1]);
}

#endif
