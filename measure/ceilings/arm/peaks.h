/* The loops of this architecture, by the level that each source is compiled for. */
#ifndef TERN_MEASURE_CEILINGS_ARM_PEAKS_H
#define TERN_MEASURE_CEILINGS_ARM_PEAKS_H

#include "measure/ceilings/peak.h"

/* Sixteen chains: four instructions a cycle times four cycles of latency is the most that a core asks for today. */
#define TERN_SIXTEEN(STEP)                                                                                   \
    TERN_TWELVE(STEP);                                                                                       \
    TERN_FOUR(STEP, s12, s13, s14, s15)

/* Twenty-four, because an A64FX issues two a cycle and waits nine for each. */
#define TERN_TWENTY_FOUR(STEP)                                                                               \
    TERN_SIXTEEN(STEP);                                                                                      \
    TERN_FOUR(STEP, s16, s17, s18, s19);                                                                     \
    TERN_FOUR(STEP, s20, s21, s22, s23)

tern_peak_read_fn tern_read_near_q, tern_read_far_q;
tern_peak_maths_fn tern_int8_smull, tern_int16_smlal, tern_fma_q;
#define TERN_INT8_SMULL_MACS  (8 * 16) /* in a round, as all of these */
#define TERN_INT16_SMLAL_MACS (16 * 8)
#define TERN_FMA_Q_MACS       (16 * 4)

tern_peak_maths_fn tern_int8_sdot;
#define TERN_INT8_SDOT_MACS (16 * 16)

/* A round of a loop whose vectors have no fixed length is what vectors of 256 bytes do in one step of each chain; shorter
 * ones take more steps. So its size is that of the architecture's largest vector, and other loops may be as large. */
#define TERN_SVE_BYTES 256

tern_peak_maths_fn tern_int8_smmla;
#define TERN_SMMLA_TURNS     32
#define TERN_INT8_SMMLA_MACS (TERN_SMMLA_TURNS * 12 * 32)

tern_peak_read_fn tern_read_near_z, tern_read_far_z;
tern_peak_maths_fn tern_int8_sdot_z, tern_fma_z;
#define TERN_INT8_SDOT_Z_MACS (24 * TERN_SVE_BYTES)
#define TERN_FMA_Z_MACS       (24 * TERN_SVE_BYTES / 4)

tern_peak_maths_fn tern_int8_smmla_z;
#define TERN_INT8_SMMLA_Z_MACS (24 * 2 * TERN_SVE_BYTES)

#endif
