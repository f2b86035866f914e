/* Test-only build (-Dbroken_variant=true): the slow variants that every machine can run. */
#include "kernels/flawed/slow.h"

TERN_SLOW(gemm_p64_i8_r1k1_slow3__scalar, gemm_p64_i8_r1k1__scalar, 3)
TERN_SLOW(gemm_p64_i8_r1k1_slow5__scalar, gemm_p64_i8_r1k1__scalar, 5)
