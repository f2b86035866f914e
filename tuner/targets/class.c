#include "tuner/targets/class.h"

#include "base/isa.h"

#include <math.h>

static int has(uint32_t usable, const char *level) {
    uint32_t needs;
    return !tern_isa_parse(level, &needs, NULL) && (needs & usable) == needs;
}

enum tern_target_class tern_target_class_of(uint32_t usable) {
    return has(usable, "avx512vnni") ? TERN_TARGET_AVX512
           : has(usable, "avx2")     ? TERN_TARGET_AVX2
                                     : TERN_TARGET_CLASSES;
}

const char *tern_target_class_name(enum tern_target_class c) {
    return c == TERN_TARGET_AVX512 ? "AVX-512 VNNI" : c == TERN_TARGET_AVX2 ? "AVX2" : "none";
}

enum tern_ceiling_kind tern_target_peak(enum tern_target_class c) {
    return c == TERN_TARGET_AVX2 ? TERN_CEILING_MADDUBS : TERN_CEILING_INT8;
}

enum tern_status tern_target_verdict(const struct tern_ratio *share, double goal) {
    if (isnan(share->ci_lo)) return TERN_INCONCLUSIVE;
    return share->ci_lo >= goal ? TERN_OK : share->ci_hi < goal ? TERN_CHECK_FAILED : TERN_INCONCLUSIVE;
}
