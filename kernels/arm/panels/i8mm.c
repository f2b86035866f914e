/* Row panels with usdot: bytes as they are, unsigned. */
#include "kernels/arm/vec_dotprod.h"

#include "kernels/arm/panels/p64.h"

TERN_RUN(gemv_p64_i8_r64k16__i8mm, panel_gemv(c, row0, row1, p64_mixed(c), 4))
