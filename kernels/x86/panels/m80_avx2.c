/* m80 with AVX2. */
#define TERN_VEC_BITS 256
#include "kernels/x86/panels/m80_template.h"

tern_run_fn gemv_m80_i8_r80k4__avx2, gemm_m80_i8_r80k4n2_unpack__avx2;

void gemv_m80_i8_r80k4__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    m80_mad_gemv(c, row0, row1);
}

void gemm_m80_i8_r80k4n2_unpack__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    unpack_gemm(c, row0, row1, local, m80_layout(c), (size_t)c->param[TERN_P_BLOCK] / 4, 2);
}
