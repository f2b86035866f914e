/* Sums in registers of 16 bytes: how a loop of multiply-adds ends. */
#ifndef TERN_MEASURE_CEILINGS_ARM_SUMS_Q_H
#define TERN_MEASURE_CEILINGS_ARM_SUMS_Q_H

#include <arm_neon.h>

/* Of eight registers' lanes, modulo 2^32. */
static inline uint32_t tern_eight_sum(int32x4_t a, int32x4_t b, int32x4_t c, int32x4_t d, int32x4_t e,
                                      int32x4_t f, int32x4_t g, int32x4_t h) {
    const int32x4_t x = vaddq_s32(vaddq_s32(a, b), vaddq_s32(c, d));
    const int32x4_t y = vaddq_s32(vaddq_s32(e, f), vaddq_s32(g, h));
    return (uint32_t)vaddvq_s32(vaddq_s32(x, y));
}

#endif
