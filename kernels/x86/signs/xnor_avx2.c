/* Signs against signs with AVX2: ones counted by look-up, or after carry-save adders. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/x86/signs/xnor.h"

XNOR_PREP(avx2)
TERN_RUN(gemv_bin1_b1_r4k256__avx2, xnor(c, row0, row1, 1))
TERN_RUN(gemm_bin1_b1_r4k256n2__avx2, xnor(c, row0, row1, 2))
TERN_RUN(gemm_bin1_b1_r1k1024_csa__avx2, xnor_saved(c, row0, row1))
