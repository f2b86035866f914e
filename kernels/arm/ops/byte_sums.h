/* Four int32 sums of u8 * s8 products: lane j has those of bytes 4j..4j+3. With dot instructions they are one register;
 * without them the pairs of bytes stay apart until the end. */
#ifndef TERN_KERNELS_ARM_OPS_BYTE_SUMS_H
#define TERN_KERNELS_ARM_OPS_BYTE_SUMS_H

#include "kernels/unroll.h"

#include <arm_neon.h>
#include <stddef.h>

#ifdef __ARM_FEATURE_DOTPROD

typedef int32x4_t byte_sums;
ALWAYS_INLINE byte_sums byte_sums_none(void) {
    return vdupq_n_s32(0);
}

ALWAYS_INLINE byte_sums byte_sums_dot(byte_sums s, uint8x16_t u, int8x16_t x, int bits) {
    if (bits < 8) return vdotq_s32(s, vreinterpretq_s8_u8(u), x);
#ifdef __ARM_FEATURE_MATMUL_INT8
    return vusdotq_s32(s, u, x);
#else
    const int8x16_t half = vdupq_n_s8(64); /* u = (u - 128) + 64 + 64 */
    s = vdotq_s32(s, vreinterpretq_s8_u8(veorq_u8(u, vdupq_n_u8(128))), x);
    return vdotq_s32(vdotq_s32(s, half, x), half, x);
#endif
}

/* Sixteen codes of `bits` bits from each of four vectors, times x[0, 16), x[64, 80), x[128, 144) and x[192, 208). */
ALWAYS_INLINE byte_sums byte_sums_add(byte_sums s, const uint8x16_t u[4], const int8_t *x, int bits) {
    UNROLL for (size_t v = 0; v < 4; v++) s = byte_sums_dot(s, u[v], vld1q_s8(x + 64 * v), bits);
    return s;
}

ALWAYS_INLINE int32x4_t byte_sums_lanes(byte_sums s) {
    return s;
}

#else

typedef struct {
    int32x4_t low, high; /* of bytes 0 to 7 and 8 to 15, in pairs */
} byte_sums;
ALWAYS_INLINE byte_sums byte_sums_none(void) {
    return (byte_sums){vdupq_n_s32(0), vdupq_n_s32(0)};
}

/* Sums of products of 16 bits: of four of 63 * 128, of two of 127 * 128, or of one of 255 * 128, all below 2^15. */
ALWAYS_INLINE byte_sums byte_sums_add(byte_sums s, const uint8x16_t u[4], const int8_t *x, int bits) {
    int16x8_t low = vdupq_n_s16(0), high = low;
    UNROLL for (size_t v = 0; v < 4; v++) {
        const int8x16_t q = vld1q_s8(x + 64 * v);
        const int8x16_t c = vreinterpretq_s8_u8(bits < 8 ? u[v] : vandq_u8(u[v], vdupq_n_u8(127)));
        const int begins = bits == 6 ? v == 0 : bits == 7 ? v % 2 == 0 : 1;
        low =
            begins ? vmull_s8(vget_low_s8(c), vget_low_s8(q)) : vmlal_s8(low, vget_low_s8(c), vget_low_s8(q));
        high = begins ? vmull_high_s8(c, q) : vmlal_high_s8(high, c, q);
        if (bits == 8) { /* the top bit is -128 to a signed byte */
            const int8x16_t top = vreinterpretq_s8_u8(vandq_u8(u[v], vdupq_n_u8(128)));
            low = vmlsl_s8(low, vget_low_s8(top), vget_low_s8(q));
            high = vmlsl_high_s8(high, top, q);
        }
        const int ends = bits == 6 ? v == 3 : bits == 7 ? v % 2 == 1 : 1;
        if (!ends) continue;
        s.low = vpadalq_s16(s.low, low);
        s.high = vpadalq_s16(s.high, high);
    }
    return s;
}

ALWAYS_INLINE int32x4_t byte_sums_lanes(byte_sums s) {
    return vpaddq_s32(s.low, s.high);
}

#endif

#endif
