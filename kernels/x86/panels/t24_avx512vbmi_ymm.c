/* t24 with 256-bit vpdpbusd: on cores that split 512-bit operations the halves keep more ports busy. */
#define TERN_VEC_BITS 256
#include "kernels/x86/panels/t24_template.h"

tern_run_fn gemv_t24_i8_r192k4_ymm__avx512vbmi;

void gemv_t24_i8_r192k4_ymm__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    t24_gemv(c, row0, row1, local);
}
