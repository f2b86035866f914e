/* What the loops of scalable vectors share. A vector may be of any multiple of 16 bytes; of a length that is no power of two
 * only the largest power of two in it is counted, so that a round has the same work at every length. */
#ifndef TERN_MEASURE_CEILINGS_ARM_SVE_H
#define TERN_MEASURE_CEILINGS_ARM_SVE_H

#include "measure/ceilings/arm/peaks.h"

#include <arm_sve.h>

/* Steps of each chain in so many rounds. */
static inline uint64_t tern_sve_steps(uint64_t rounds) {
    const uint64_t lanes = svcntp_b8(svptrue_b8(), svptrue_pat_b8(SV_POW2));
    return rounds * (TERN_SVE_BYTES / lanes);
}

#define TERN_SVE_SUM_32(s) sum += (uint32_t)svaddv_s32(svptrue_pat_b32(SV_POW2), s)

/* uint64_t name(uint64_t rounds): step(s) adds a product of the bytes a and b to each of 24 sums s, and all lanes are added up. */
#define TERN_SVE_INT8(name, step)                                                                            \
    uint64_t name(uint64_t rounds) {                                                                         \
        const svint8_t a = svdup_s8(1), b = a;                                                               \
        const svint32_t zero = svdup_s32(0);                                                                 \
        svint32_t s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;    \
        svint32_t s8 = zero, s9 = zero, s10 = zero, s11 = zero, s12 = zero, s13 = zero, s14 = zero,          \
                  s15 = zero;                                                                                \
        svint32_t s16 = zero, s17 = zero, s18 = zero, s19 = zero, s20 = zero, s21 = zero, s22 = zero,        \
                  s23 = zero;                                                                                \
        for (uint64_t steps = tern_sve_steps(rounds); steps; steps--) {                                      \
            TERN_TWENTY_FOUR(step);                                                                          \
        }                                                                                                    \
        uint32_t sum = 0;                                                                                    \
        TERN_TWENTY_FOUR(TERN_SVE_SUM_32);                                                                   \
        return sum;                                                                                          \
    }

#endif
