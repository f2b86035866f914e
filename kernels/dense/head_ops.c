#include "kernels/dense/head_ops.h"

#include "base/isa.h"

extern const struct tern_head_ops tern_head_ops_scalar;
#ifdef TERN_OPS_X86
extern const struct tern_head_ops tern_head_ops_avx2, tern_head_ops_avx512bw, tern_head_ops_avx512vnni;
#endif

const struct tern_head_ops *tern_head_ops_for(uint32_t usable) {
    (void)usable;
#ifdef TERN_OPS_X86
    if (usable & TERN_ISA_AVX512BW)
        return usable & TERN_ISA_AVX512VNNI ? &tern_head_ops_avx512vnni : &tern_head_ops_avx512bw;
    if (usable & TERN_ISA_AVX2) return &tern_head_ops_avx2;
#endif
    return &tern_head_ops_scalar;
}

size_t tern_rows_bytes(enum tern_rows type, size_t k) {
    switch (type) {
    case TERN_ROWS_F16:
        return 2 * k;
    case TERN_ROWS_Q8:
        return k / 32 * 34;
    case TERN_ROWS_Q6_K:
        return k / 256 * 210;
    default:
        return 4 * k;
    }
}
