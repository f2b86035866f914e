/* r16 with 512-bit vpmaddubsw, for CPUs that have AVX-512 but no VNNI (Skylake-X). */
#define TERN_VEC_BITS 512
#include "kernels/x86/panels/r16_template.h"

tern_run_fn gemv_r16_i8_r16k16__avx512bw, gemv_r16_i8_r16k16_shift__avx512bw, gemm_r16_i8_r16k16n4__avx512bw;

void gemv_r16_i8_r16k16__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_mad_gemv(c, row0, row1, R16_HALF);
}

void gemv_r16_i8_r16k16_shift__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_mad_gemv(c, row0, row1, R16_SHIFT);
}

void gemm_r16_i8_r16k16n4__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    r16_mad_gemm(c, row0, row1, 4, R16_HALF);
}
