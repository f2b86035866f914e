#include "kernels/dense/f32_ops.h"

#include "base/isa.h"

extern const struct tern_f32_ops tern_f32_ops_scalar;
#ifdef TERN_OPS_X86
extern const struct tern_f32_ops tern_f32_ops_avx2, tern_f32_ops_avx512bw;
#endif

const struct tern_f32_ops *tern_f32_ops_for(uint32_t usable) {
    (void)usable;
#ifdef TERN_OPS_X86
    if (usable & TERN_ISA_AVX512BW) return &tern_f32_ops_avx512bw;
    if (usable & TERN_ISA_AVX2) return &tern_f32_ops_avx2;
#endif
    return &tern_f32_ops_scalar;
}
