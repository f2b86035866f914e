/* Row panels with sdot. */
#include "kernels/arm/vec_dotprod.h"

#include "kernels/arm/panels/b128.h"
#include "kernels/arm/panels/b80.h"
#include "kernels/arm/panels/p64.h"
#include "kernels/arm/panels/r16.h"

TERN_RUN(gemv_p64_i8_r64k16__dotprod, panel_gemv(c, row0, row1, p64_dot(c), 4))
TERN_RUN(gemv_p64t_i8_r64k16__dotprod, panel_gemv(c, row0, row1, p64t_dot(c), 4))
TERN_RUN(gemv_r16_i8_r16k16__dotprod, panel_gemv(c, row0, row1, r16_dot(c), 4))
TERN_RUN(gemv_b80_i8_r80k16__dotprod, panel_gemv(c, row0, row1, b80_panel(c), 4))
TERN_RUN(gemv_b80_i8_r80k16_add__dotprod, panel_gemv(c, row0, row1, b80_adding(c), 4))
TERN_RUN(gemv_b128_i8_r128k16__dotprod, panel_gemv(c, row0, row1, b128_panel(c, 0), 2))
