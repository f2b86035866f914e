/* Row panels with 256-bit vpdpbusd in its VEX encoding. 16 registers hold 8 sums and what passes through: masks
 * are loaded where there are more than four. The text is that of avx512vnni_ymm.c. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/x86/panels/b128.h"
#include "kernels/x86/panels/b80.h"
#include "kernels/x86/panels/m80.h"
#include "kernels/x86/panels/p64t.h"
#include "kernels/x86/panels/r16.h"

TERN_RUN(gemv_r16_i8_r16k16__avxvnni, panel_gemv(c, row0, row1, r16_dot(c), 2, 2))
TERN_RUN(gemm_r16_i8_r16k16n2__avxvnni, panel_gemm(c, row0, row1, r16_dot(c), 2))

TERN_RUN(gemv_m80_i8_r80k4__avxvnni, panel_gemv(c, row0, row1, m80_panel(c, 0), 1, 1))
TERN_RUN(gemv_b128_i8_r128k4__avxvnni, panel_gemv(c, row0, row1, b128_panel(c, 0), 1, 1))
TERN_RUN(gemm_b128_i8_r128k4__avxvnni, panel_gemm(c, row0, row1, b128_panel(c, 0), 1))
TERN_RUN(gemv_p64t_i8_r64k4__avxvnni, panel_gemv(c, row0, row1, p64t_panel(c), 2, 2))
TERN_RUN(gemv_b80_i8_r80k4__avxvnni, panel_gemv(c, row0, row1, b80_panel(c), 1, 1))
