#include "measure/ceilings/x86/peaks.h"

#include "base/isa.h"

static const struct tern_peak peaks[] = {
    {TERN_CEILING_READ, TERN_NEEDS_AVX512BW, "read zmm", tern_read_near_zmm, tern_read_far_zmm, NULL, 0},
    {TERN_CEILING_READ, TERN_NEEDS_AVX2, "read ymm", tern_read_near_ymm, tern_read_far_ymm, NULL, 0},
    {TERN_CEILING_INT8, TERN_NEEDS_AVX512VNNI, "vpdpbusd zmm", NULL, NULL, tern_int8_zmm, TERN_INT8_ZMM_MACS},
    {TERN_CEILING_INT8, TERN_NEEDS_AVXVNNI, "vpdpbusd ymm", NULL, NULL, tern_int8_vnni_ymm,
     TERN_INT8_VNNI_YMM_MACS},
    {TERN_CEILING_INT8, TERN_NEEDS_AVX2, "vpmaddubsw+vpmaddwd+vpaddd ymm", NULL, NULL, tern_int8_ymm,
     TERN_INT8_YMM_MACS},
    {TERN_CEILING_MADDUBS, TERN_NEEDS_AVX2, "vpmaddubsw+vpaddw ymm", NULL, NULL, tern_maddubs_ymm,
     TERN_MADDUBS_YMM_MACS},
    {TERN_CEILING_FMA, TERN_NEEDS_AVX512BW, "vfmadd231ps zmm", NULL, NULL, tern_fma_zmm, TERN_FMA_ZMM_MACS},
    {TERN_CEILING_FMA, TERN_NEEDS_AVX2, "vfmadd231ps ymm", NULL, NULL, tern_fma_ymm, TERN_FMA_YMM_MACS},
};

const struct tern_peak *const tern_arch_peaks = peaks;
const size_t tern_arch_peaks_count = sizeof peaks / sizeof *peaks;
