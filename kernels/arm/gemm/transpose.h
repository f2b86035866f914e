/* Transposes a square of four by four 32-bit lanes: x[i] lane j -> out[j] lane i. */
#ifndef TERN_KERNELS_ARM_GEMM_TRANSPOSE_H
#define TERN_KERNELS_ARM_GEMM_TRANSPOSE_H

#include "kernels/arm/vec_neon.h"

ALWAYS_INLINE void transpose_four(const vec x[4], vec out[4]) {
    const vec a = v_zip_low32(x[0], x[1]), b = v_zip_high32(x[0], x[1]);
    const vec d = v_zip_low32(x[2], x[3]), e = v_zip_high32(x[2], x[3]);
    out[0] = v_zip_low64(a, d);
    out[1] = v_zip_high64(a, d);
    out[2] = v_zip_low64(b, e);
    out[3] = v_zip_high64(b, e);
}

#endif
