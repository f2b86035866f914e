/* I2_S and TQ2_0 with AVX-512 VNNI. */
#include "kernels/x86/blocks_avx512.h"

BLOCKS(gemv_i2s_i8_r1k128__avx512vnni, gemv, c->w.k / 4, 64, HIGH_FIRST)
BLOCKS(gemm_i2s_i8_r4k128n4__avx512vnni, gemm, c->w.k / 4, 64, HIGH_FIRST)
BLOCKS(gemv_tq20_i8_r1k256__avx512vnni, gemv, c->w.k / 256 * 66, 66, LOW_FIRST)
BLOCKS(gemm_tq20_i8_r4k256n4__avx512vnni, gemm, c->w.k / 256 * 66, 66, LOW_FIRST)
