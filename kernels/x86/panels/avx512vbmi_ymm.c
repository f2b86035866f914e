/* t24 with 256-bit vpdpbusd: on cores that split 512-bit operations the halves keep more ports busy. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/x86/panels/t24.h"

TERN_RUN(gemv_t24_i8_r192k4_ymm__avx512vbmi, t24_gemv(c, row0, row1, local))
