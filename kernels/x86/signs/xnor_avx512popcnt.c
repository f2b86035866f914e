/* Signs against signs with vpopcntq: three operations per 512 columns and row. */
#define TERN_VEC_BITS 512
#include "kernels/x86/signs/xnor_template.h"

XNOR(gemv_bin1_b1_r4k512__avx512popcnt, 1)
XNOR(gemm_bin1_b1_r4k512n4__avx512popcnt, 4)
