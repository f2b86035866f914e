/* The loops of this architecture, by the level that each source is compiled for. */
#ifndef TERN_MEASURE_CEILINGS_X86_PEAKS_H
#define TERN_MEASURE_CEILINGS_X86_PEAKS_H

#include "measure/ceilings/peak.h"

tern_peak_read_fn tern_read_near_ymm, tern_read_far_ymm;
tern_peak_maths_fn tern_int8_ymm, tern_maddubs_ymm, tern_fma_ymm;
#define TERN_INT8_YMM_MACS    (8 * 32) /* in a round, as all of these */
#define TERN_MADDUBS_YMM_MACS (8 * 32)
#define TERN_FMA_YMM_MACS     (12 * 8)

tern_peak_maths_fn tern_int8_vnni_ymm;
#define TERN_INT8_VNNI_YMM_MACS (12 * 32)

tern_peak_read_fn tern_read_near_zmm, tern_read_far_zmm;
tern_peak_maths_fn tern_int8_zmm, tern_fma_zmm;
#define TERN_INT8_ZMM_MACS (12 * 64)
#define TERN_FMA_ZMM_MACS  (12 * 16)

#endif
