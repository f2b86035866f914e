/* Test-only build (-Dbroken_variant=true): the slow variants of this architecture. */
#include "kernels/flawed/slow.h"

TERN_SLOW(gemv_i2s_i8_r1k128_slow3__avx2, gemv_i2s_i8_r1k128__avx2, 3)
TERN_SLOW(gemv_i2s_i8_r1k128_slow5__avx2, gemv_i2s_i8_r1k128__avx2, 5)
TERN_SLOW(gemv_p64_i8_r64k4_slow3__avx2, gemv_p64_i8_r64k4__avx2, 3)
