/* Bit planes with sdot. */
#include "kernels/arm/vec_dotprod.h"

#include "kernels/arm/signs/planes.h"

TERN_RUN(gemv_planes_i8_r4k64__dotprod, planes_gemv(c, row0, row1, 0))
TERN_RUN(gemv_bin1_i8_r4k64__dotprod, planes_gemv(c, row0, row1, 1))
