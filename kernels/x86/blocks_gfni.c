/* I2_S and TQ2_0 with AVX-512 VNNI and GFNI. */
#include "kernels/x86/blocks_avx512.h"

TERN_RUN(gemv_i2s_i8_r1k128__gfni, row_gemv(c, row0, row1, HIGH_FIRST, tile))
TERN_RUN(gemm_i2s_i8_r4k128n4__gfni, row_tiles(c, row0, row1, row_tile_of(c, 4, 4, HIGH_FIRST), tile))
TERN_RUN(gemv_tq20_i8_r1k256__gfni, row_gemv(c, row0, row1, LOW_FIRST, tile))
TERN_RUN(gemm_tq20_i8_r4k256n4__gfni, row_tiles(c, row0, row1, row_tile_of(c, 4, 4, LOW_FIRST), tile))
