/* b128 (W1A8) with 256-bit vpdpbusd and the 32 registers of AVX-512VL. */
#define TERN_VEC_BITS 256
#include "kernels/x86/panels/b128_template.h"

tern_run_fn gemv_b128_i8_r128k4_ymm__avx512vnni, gemm_b128_i8_r128k4n3_ymm__avx512vnni;

void gemv_b128_i8_r128k4_ymm__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    b128_dot_gemv(c, row0, row1, (size_t)c->param[TERN_P_PANELS]);
}

void gemm_b128_i8_r128k4n3_ymm__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    b128_dot_gemm(c, row0, row1, 3);
}
