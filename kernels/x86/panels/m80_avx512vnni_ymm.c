/* m80 with 256-bit vpdpbusd and the 32 registers of AVX-512VL. */
#define TERN_VEC_BITS 256
#include "kernels/x86/panels/m80_template.h"

tern_run_fn gemv_m80_i8_r80k4_ymm__avx512vnni, gemm_m80_i8_r80k4n4_ymm__avx512vnni;

void gemv_m80_i8_r80k4_ymm__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    m80_dot_gemv(c, row0, row1, (size_t)c->param[TERN_P_PANELS]);
}

void gemm_m80_i8_r80k4n4_ymm__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    unpack_gemm(c, row0, row1, local, m80_layout(c), (size_t)c->param[TERN_P_BLOCK] / 4, 4);
}
