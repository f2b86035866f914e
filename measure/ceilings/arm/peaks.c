#include "measure/ceilings/arm/peaks.h"

#include "base/isa.h"

static const struct tern_peak peaks[] = {
    {TERN_CEILING_READ, TERN_NEEDS_SVE, "read z", tern_read_near_z, tern_read_far_z, NULL, 0},
    {TERN_CEILING_READ, TERN_NEEDS_NEON, "read q", tern_read_near_q, tern_read_far_q, NULL, 0},
    {TERN_CEILING_INT8, TERN_NEEDS_SVEI8MM, "smmla z", NULL, NULL, tern_int8_smmla_z, TERN_INT8_SMMLA_Z_MACS},
    {TERN_CEILING_INT8, TERN_NEEDS_I8MM, "smmla q", NULL, NULL, tern_int8_smmla, TERN_INT8_SMMLA_MACS},
    {TERN_CEILING_INT8, TERN_NEEDS_SVE, "sdot z", NULL, NULL, tern_int8_sdot_z, TERN_INT8_SDOT_Z_MACS},
    {TERN_CEILING_INT8, TERN_NEEDS_DOTPROD, "sdot q", NULL, NULL, tern_int8_sdot, TERN_INT8_SDOT_MACS},
    {TERN_CEILING_INT8, TERN_NEEDS_NEON, "smull+smlal2+sadalp q", NULL, NULL, tern_int8_smull,
     TERN_INT8_SMULL_MACS},
    {TERN_CEILING_MADDUBS, TERN_NEEDS_NEON, "smlal q", NULL, NULL, tern_int16_smlal, TERN_INT16_SMLAL_MACS},
    {TERN_CEILING_FMA, TERN_NEEDS_SVE, "fmla z", NULL, NULL, tern_fma_z, TERN_FMA_Z_MACS},
    {TERN_CEILING_FMA, TERN_NEEDS_NEON, "fmla q", NULL, NULL, tern_fma_q, TERN_FMA_Q_MACS},
};

const struct tern_peak *const tern_arch_peaks = peaks;
const size_t tern_arch_peaks_count = sizeof peaks / sizeof *peaks;
