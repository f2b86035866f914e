/* Row panels of 1.6 and 1.667 bits with vpermb and 512-bit vpdpbusd. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/x86/panels/e80_avx512vbmi.h"
#include "kernels/x86/panels/t24.h"
#include "kernels/x86/panels/t5_avx512vbmi.h"

#define TOGETHER ((size_t)c->param[TERN_P_PANELS])

TERN_RUN(gemv_e80_i8_r80k4__avx512vbmi, panel_gemv(c, row0, row1, e80_panel(c), TOGETHER, 4))
TERN_RUN(gemm_e80_i8_r80k4n4__avx512vbmi, panel_gemm(c, row0, row1, e80_panel(c), 4))
TERN_RUN(gemv_t5_i8_r48k4__avx512vbmi, panel_gemv(c, row0, row1, t5_panel(c), TOGETHER, 4))
TERN_RUN(gemv_t5_i8_r48k4_quotients__avx512vbmi, panel_gemv(c, row0, row1, t5_quotients(c), TOGETHER, 4))
TERN_RUN(gemm_t5_i8_r48k4n6__avx512vbmi, panel_gemm(c, row0, row1, t5_panel(c), 6))
TERN_RUN(gemv_t24_i8_r192k8__avx512vbmi, t24_gemv(c, row0, row1, local))
