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

#define TERN_SVE_SUM_32(sum, v) sum += (uint32_t)svaddv_s32(svptrue_pat_b32(SV_POW2), v)

#endif
