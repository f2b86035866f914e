/* Row panels with 256-bit vpdpbusd and the 32 registers of AVX-512VL. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/x86/panels/b128.h"
#include "kernels/x86/panels/b80.h"
#include "kernels/x86/panels/m80.h"
#include "kernels/x86/panels/r16.h"

#define TOGETHER ((size_t)c->param[TERN_P_PANELS])

TERN_RUN(gemv_r16_i8_r16k16_ymm__avx512vnni, panel_gemv(c, row0, row1, r16_dot(c), 2 * TOGETHER, 4))
TERN_RUN(gemm_r16_i8_r16k16n6_ymm__avx512vnni, panel_gemm(c, row0, row1, r16_dot(c), 6))

/* 1: half panels, 2: whole ones. */
TERN_RUN(gemv_m80_i8_r80k4_ymm__avx512vnni, panel_gemv(c, row0, row1, m80_panel(c, 0), TOGETHER, 2))
TERN_RUN(gemv_b128_i8_r128k4_ymm__avx512vnni, panel_gemv(c, row0, row1, b128_panel(c, 0), TOGETHER, 2))
TERN_RUN(gemm_b128_i8_r128k4n3_ymm__avx512vnni, panel_gemm(c, row0, row1, b128_panel(c, 0), 3))
TERN_RUN(gemv_b80_i8_r80k4_ymm__avx512vnni, panel_gemv(c, row0, row1, b80_panel(c), 2 * TOGETHER, 4))
