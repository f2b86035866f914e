/* Signs against signs with AVX-512BW: as with AVX2, but an adder is two vpternlogd. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/x86/signs/xnor.h"

XNOR_PREP(avx512bw)
TERN_RUN(gemv_bin1_b1_r4k512__avx512bw, xnor(c, row0, row1, 1))
TERN_RUN(gemm_bin1_b1_r4k512n4__avx512bw, xnor(c, row0, row1, 4))
TERN_RUN(gemm_bin1_b1_r1k2048_csa__avx512bw, xnor_saved(c, row0, row1))
