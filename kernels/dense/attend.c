#include "kernels/dense/attend.h"

#include "base/isa.h"

extern const struct tern_attend_ops tern_attend_ops_scalar;
#ifdef TERN_OPS_X86
extern const struct tern_attend_ops tern_attend_ops_avx2, tern_attend_ops_avx512bw;
#endif

const struct tern_attend_ops *tern_attend_ops_for(uint32_t usable) {
    (void)usable;
#ifdef TERN_OPS_X86
    if (usable & TERN_ISA_AVX512BW) return &tern_attend_ops_avx512bw;
    if (usable & TERN_ISA_AVX2) return &tern_attend_ops_avx2;
#endif
    return &tern_attend_ops_scalar;
}
