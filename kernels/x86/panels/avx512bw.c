/* Row panels with 512-bit vpmaddubsw, for CPUs that have AVX-512 but neither VNNI nor VBMI (Skylake-X). */
#include "kernels/x86/vec_avx512.h"

#include "kernels/x86/panels/b128.h"
#include "kernels/x86/panels/m80.h"
#include "kernels/x86/panels/r16.h"

#define FLUSH    ((size_t)c->param[TERN_P_FLUSH])
#define TOGETHER ((size_t)c->param[TERN_P_TOGETHER])

TERN_RUN(gemv_r16_i8_r16k16__avx512bw, panel_gemv(c, row0, row1, r16_half(c, FLUSH), TOGETHER, 2))
TERN_RUN(gemv_r16_i8_r16k16_shift__avx512bw, panel_gemv(c, row0, row1, r16_shift(c, FLUSH), TOGETHER, 2))
TERN_RUN(gemv_m80_i8_r80k4__avx512bw, panel_gemv(c, row0, row1, m80_panel(c, FLUSH), 1, 1))
TERN_RUN(gemv_b128_i8_r128k4__avx512bw, panel_gemv(c, row0, row1, b128_panel(c, FLUSH), 1, 1))
