/* m80 with 512-bit vpmulhuw and vpmaddubsw, for CPUs that have AVX-512 but neither VNNI nor VBMI. */
#define TERN_VEC_BITS 512
#include "kernels/x86/panels/m80_template.h"

tern_run_fn gemv_m80_i8_r80k4__avx512bw, gemm_m80_i8_r80k4n4_unpack__avx512bw;

void gemv_m80_i8_r80k4__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    m80_mad_gemv(c, row0, row1);
}

void gemm_m80_i8_r80k4n4_unpack__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    unpack_gemm(c, row0, row1, local, m80_layout(c), (size_t)c->param[TERN_P_BLOCK] / 4, 4);
}
