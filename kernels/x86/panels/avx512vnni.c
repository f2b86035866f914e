/* Row panels with 512-bit vpdpbusd. m80 is for CPUs without VBMI (Cascade Lake), and against e80 where there
 * is. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/x86/panels/b128.h"
#include "kernels/x86/panels/b80.h"
#include "kernels/x86/panels/m80.h"
#include "kernels/x86/panels/p64t.h"
#include "kernels/x86/panels/r16.h"

#define TOGETHER ((size_t)c->param[TERN_P_PANELS])

TERN_RUN(gemv_p64_i8_r64k4__avx512vnni, panel_gemv(c, row0, row1, p64_panel(c), TOGETHER, 4))
TERN_RUN(gemm_p64_i8_r64k4n6__avx512vnni, panel_gemm(c, row0, row1, p64_panel(c), 6))
TERN_RUN(gemv_r16_i8_r16k16__avx512vnni, panel_gemv(c, row0, row1, r16_dot(c), TOGETHER, 4))
TERN_RUN(gemm_r16_i8_r16k16n6__avx512vnni, panel_gemm(c, row0, row1, r16_dot(c), 6))

TERN_RUN(gemv_m80_i8_r80k4__avx512vnni, panel_gemv(c, row0, row1, m80_panel(c, 0), TOGETHER, 4))
TERN_RUN(gemm_m80_i8_r80k4n4__avx512vnni, panel_gemm(c, row0, row1, m80_panel(c, 0), 4))
TERN_RUN(gemv_b128_i8_r128k4__avx512vnni, panel_gemv(c, row0, row1, b128_panel(c, 0), TOGETHER, 2))
TERN_RUN(gemm_b128_i8_r128k4n3__avx512vnni, panel_gemm(c, row0, row1, b128_panel(c, 0), 3))
TERN_RUN(gemv_p64t_i8_r64k4__avx512vnni, panel_gemv(c, row0, row1, p64t_panel(c), TOGETHER, 4))
TERN_RUN(gemv_b80_i8_r80k4__avx512vnni, panel_gemv(c, row0, row1, b80_panel(c), TOGETHER, 4))
