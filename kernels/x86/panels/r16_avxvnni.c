/* r16 with 256-bit vpdpbusd in its VEX encoding: 16 registers hold 8 sums, 4 masks, and what passes through.
 */
#define TERN_VEC_BITS 256
#include "kernels/x86/panels/r16_template.h"

tern_run_fn gemv_r16_i8_r16k16__avxvnni, gemm_r16_i8_r16k16n2__avxvnni;

void gemv_r16_i8_r16k16__avxvnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_dot_gemv(c, row0, row1, 1);
}

void gemm_r16_i8_r16k16n2__avxvnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_dot_gemm(c, row0, row1, 2);
}
