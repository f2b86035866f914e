/* Row panels without dot products: smlal and int16 sums. */
#include "kernels/arm/vec_neon.h"

#include "kernels/arm/panels/b128.h"
#include "kernels/arm/panels/r16.h"

#define FLUSH ((size_t)c->param[TERN_P_FLUSH])

TERN_RUN(gemv_r16_i8_r16k16__neon, panel_gemv(c, row0, row1, r16_half(c, FLUSH), 2))
TERN_RUN(gemv_b128_i8_r128k16__neon, panel_gemv(c, row0, row1, b128_panel(c, FLUSH), 1))
