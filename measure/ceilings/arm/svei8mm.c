#include "measure/ceilings/arm/sve.h"

/* In each 16 bytes two rows of eight by two columns of eight. */
#define STEP(s) __asm__ volatile("smmla %0.s, %1.b, %2.b" : "+w"(s) : "w"(a), "w"(b))

uint64_t tern_int8_smmla_z(uint64_t rounds) {
    const svint8_t a = svdup_s8(1), b = a;
    const svint32_t zero = svdup_s32(0);
    svint32_t s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    svint32_t s8 = zero, s9 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero, s14 = zero, s15 = zero;
    svint32_t s16 = zero, s17 = zero, s18 = zero, s19 = zero, s20 = zero, s21 = zero, s22 = zero, s23 = zero;
    for (uint64_t steps = tern_sve_steps(rounds); steps; steps--) {
        TERN_TWENTY_FOUR(STEP);
    }
    uint32_t sum = 0;
#define ADD_TO_SUM(s) TERN_SVE_SUM_32(sum, s)
    TERN_TWENTY_FOUR(ADD_TO_SUM);
    return sum;
}
