/* r16 with 512-bit vpdpbusd. */
#define TERN_VEC_BITS 512
#include "kernels/x86/panels/r16_template.h"

tern_run_fn gemv_r16_i8_r16k16__avx512vnni, gemm_r16_i8_r16k16n6__avx512vnni;

void gemv_r16_i8_r16k16__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_dot_gemv(c, row0, row1, (size_t)c->param[TERN_P_PANELS]);
}

void gemm_r16_i8_r16k16n6__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_dot_gemm(c, row0, row1, 6);
}
