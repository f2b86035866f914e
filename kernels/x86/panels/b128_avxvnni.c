/* b128 (W1A8) with 256-bit vpdpbusd in its VEX encoding: 8 sums and what passes through; the masks are
 * loaded. */
#define TERN_VEC_BITS 256
#include "kernels/x86/panels/b128_template.h"

tern_run_fn gemv_b128_i8_r128k4__avxvnni, gemm_b128_i8_r128k4__avxvnni;

void gemv_b128_i8_r128k4__avxvnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    b128_dot_gemv(c, row0, row1, 1);
}

void gemm_b128_i8_r128k4__avxvnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    b128_dot_gemm(c, row0, row1, 1);
}
