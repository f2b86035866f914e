/* Signs against signs with AVX2: ones counted by look-up, or after carry-save adders. */
#define TERN_VEC_BITS 256
#include "kernels/x86/signs/xnor_template.h"

XNOR_PREP(avx2)
XNOR(gemv_bin1_b1_r4k256__avx2, 1)
XNOR(gemm_bin1_b1_r4k256n2__avx2, 2)
XNOR_SAVED(gemm_bin1_b1_r1k1024_csa__avx2)
