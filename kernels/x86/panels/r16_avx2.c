/* r16 with AVX2: fields masked in place as far as int16 sums allow. */
#define TERN_VEC_BITS 256
#include "kernels/x86/panels/r16_template.h"

tern_run_fn gemv_r16_i8_r16k16__avx2, gemv_r16_i8_r16k16_shift__avx2, gemm_r16_i8_r16k16n2__avx2;

void gemv_r16_i8_r16k16__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_mad_gemv(c, row0, row1, R16_HALF);
}

void gemv_r16_i8_r16k16_shift__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_mad_gemv(c, row0, row1, R16_SHIFT);
}

void gemm_r16_i8_r16k16n2__avx2(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_mad_gemm(c, row0, row1, 2, R16_HALF);
}
