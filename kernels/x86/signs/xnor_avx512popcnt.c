/* Signs against signs with vpopcntq: three operations per 512 columns and row. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/x86/signs/xnor.h"

TERN_RUN(gemv_bin1_b1_r4k512__avx512popcnt, xnor(c, row0, row1, 1))
TERN_RUN(gemm_bin1_b1_r4k512n4__avx512popcnt, xnor(c, row0, row1, 4))
