/* Base-3 digits and 2-bit fields of sixteen bytes at once, and how columns of codes become quads (kernels/gemm/quads.h). */
#ifndef TERN_KERNELS_ARM_GEMM_DIGITS_H
#define TERN_KERNELS_ARM_GEMM_DIGITS_H

#include "kernels/arm/vec_neon.h"
#include "kernels/gemm/quads.h"

/* x / step, which is 0, 1 or 2; *rest = x % step. Comparisons give 0 or -1. */
ALWAYS_INLINE vec digit_of(vec x, int step, vec *rest) {
    const vec less = vaddq_u8(vcgeq_u8(x, v_bytes(step)), vcgeq_u8(x, v_bytes(2 * step)));
    *rest = vmlaq_u8(x, less, v_bytes(step));
    return V_OF_S8(vnegq_s8(V_S8(less)));
}

/* `count` digits of bytes below 3^count, the least significant first. */
ALWAYS_INLINE void digits_of(vec x, size_t count, vec *digit) {
    int step = 1;
    for (size_t i = 1; i < count; i++) step *= 3;
    UNROLL
    for (size_t i = count - 1; i > 0; i--, step /= 3) digit[i] = digit_of(x, step, &x);
    digit[0] = x;
}

/* The first digit of fractions of 256: 3 x / 256. */
ALWAYS_INLINE vec fraction_digit(vec x) {
    return v_shr8(vhaddq_u8(x, v_shr8(x, 1)), 6);
}

/* Field f of two bits. */
ALWAYS_INLINE vec field_of(vec x, unsigned f) {
    return f == 3 ? v_shr8(x, 6) : v_and(f ? v_shr8(x, 2 * f) : x, v_bytes(3));
}

/* Four registers, four rows each: byte 4 * row + column of a register. */
ALWAYS_INLINE void store_quad(uint8_t *out, const vec part[4]) {
    UNROLL
    for (size_t i = 0; i < 4; i++) v_store(out + i * VEC_BYTES, part[i]);
}

/* A quad from four columns of sixteen rows. */
ALWAYS_INLINE void columns_to_quad(const vec column[4], uint8_t *out) {
    const uint16x8_t low = V_U16(v_zip_low8(column[0], column[1])),
                     high = V_U16(v_zip_high8(column[0], column[1])),
                     low2 = V_U16(v_zip_low8(column[2], column[3])),
                     high2 = V_U16(v_zip_high8(column[2], column[3]));
    store_quad(out, (const vec[4]){V_OF_U16(vzip1q_u16(low, low2)), V_OF_U16(vzip2q_u16(low, low2)),
                                   V_OF_U16(vzip1q_u16(high, high2)), V_OF_U16(vzip2q_u16(high, high2))});
}

#endif
