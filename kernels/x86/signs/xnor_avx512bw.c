/* Signs against signs with AVX-512BW: as with AVX2, but an adder is two vpternlogd. */
#define TERN_VEC_BITS 512
#include "kernels/x86/signs/xnor_template.h"

XNOR_PREP(avx512bw)
XNOR(gemv_bin1_b1_r4k512__avx512bw, 1)
XNOR(gemm_bin1_b1_r4k512n4__avx512bw, 4)
XNOR_SAVED(gemm_bin1_b1_r1k2048_csa__avx512bw)
