/* b128 (W1A8) with AVX2. */
#define TERN_VEC_BITS 256
#include "kernels/x86/panels/b128_template.h"

tern_run_fn gemv_b128_i8_r128k4__avx2, gemm_b128_i8_r128k4n1_unpack__avx2;

void gemv_b128_i8_r128k4__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    b128_mad_gemv(c, row0, row1);
}

void gemm_b128_i8_r128k4n1_unpack__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    unpack_gemm(c, row0, row1, local, b128_layout(c), (size_t)c->param[TERN_P_BLOCK] / 4, 1);
}
