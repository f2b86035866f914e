#include "measure/ceilings/arm/peaks.h"
#include "measure/ceilings/arm/sums_q.h"

#define STEP(s) __asm__ volatile("sdot %0.4s, %1.16b, %2.16b" : "+w"(s) : "w"(a), "w"(b))

uint64_t tern_int8_sdot(uint64_t rounds) {
    const int8x16_t a = vdupq_n_s8(1), b = a;
    const int32x4_t zero = vdupq_n_s32(0);
    int32x4_t s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    int32x4_t s8 = zero, s9 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero, s14 = zero, s15 = zero;
    for (; rounds; rounds--) {
        TERN_SIXTEEN(STEP);
    }
    return (uint32_t)(tern_eight_sum(s0, s1, s2, s3, s4, s5, s6, s7) +
                      tern_eight_sum(s8, s9, s10, s11, s12, s13, s14, s15));
}
