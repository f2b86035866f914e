/* Row panels with AVX2: vpmaddubsw and int16 sums. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/x86/panels/b128.h"
#include "kernels/x86/panels/e80_avx2.h"
#include "kernels/x86/panels/m80.h"
#include "kernels/x86/panels/p64.h"
#include "kernels/x86/panels/r16.h"
#include "kernels/x86/panels/t5_avx2.h"

#define FLUSH    ((size_t)c->param[TERN_P_FLUSH])
#define TOGETHER ((size_t)c->param[TERN_P_TOGETHER] * VEC_STREAMS)

TERN_RUN(gemv_p64_i8_r64k4__avx2, panel_gemv(c, row0, row1, p64_panel(c), 1, 1))
TERN_RUN(gemv_r16_i8_r16k16__avx2, panel_gemv(c, row0, row1, r16_half(c, FLUSH), TOGETHER, 4))
TERN_RUN(gemv_r16_i8_r16k16_shift__avx2, panel_gemv(c, row0, row1, r16_shift(c, FLUSH), TOGETHER, 4))
TERN_RUN(gemv_m80_i8_r80k4__avx2, panel_gemv(c, row0, row1, m80_panel(c, FLUSH), 1, 1))
TERN_RUN(gemv_b128_i8_r128k4__avx2, panel_gemv(c, row0, row1, b128_panel(c, FLUSH), 1, 1))
TERN_RUN(gemv_t5_i8_r48k4__avx2, panel_gemv(c, row0, row1, t5_panel(c, FLUSH), 1, 1))
TERN_RUN(gemv_e80_i8_r80k4__avx2, e80_gemv(c, row0, row1, local))
