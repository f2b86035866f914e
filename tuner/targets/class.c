#include "tuner/targets/class.h"

#include "base/isa.h"

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
