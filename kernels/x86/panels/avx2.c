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
TERN_RUN(gemm_p64_i8_r64k4n2__avx2, panel_gemm(c, row0, row1, p64_panel(c), 2))

TERN_RUN(gemv_r16_i8_r16k16__avx2, panel_gemv(c, row0, row1, r16_half(c, FLUSH), TOGETHER, 4))
TERN_RUN(gemv_r16_i8_r16k16_shift__avx2, panel_gemv(c, row0, row1, r16_shift(c, FLUSH), TOGETHER, 4))
TERN_RUN(gemm_r16_i8_r16k16n2__avx2, panel_gemm(c, row0, row1, r16_half(c, FLUSH), 2))

TERN_RUN(gemv_m80_i8_r80k4__avx2, panel_gemv(c, row0, row1, m80_panel(c, FLUSH), 1, 1))
TERN_RUN(gemm_m80_i8_r80k4n2_unpack__avx2, unpack_gemm(c, row0, row1, local, m80_panel(c, 0), 2))

TERN_RUN(gemv_b128_i8_r128k4__avx2, panel_gemv(c, row0, row1, b128_panel(c, FLUSH), 1, 1))
TERN_RUN(gemm_b128_i8_r128k4n1_unpack__avx2, unpack_gemm(c, row0, row1, local, b128_panel(c, 0), 1))

TERN_RUN(gemv_t5_i8_r48k4__avx2, panel_gemv(c, row0, row1, t5_panel(c, FLUSH), 1, 1))
TERN_RUN(gemm_t5_i8_r48k4n4_unpack__avx2, unpack_gemm(c, row0, row1, local, t5_panel(c, 0), 4))

TERN_RUN(gemv_e80_i8_r80k4__avx2,
         unpack_rows(c, row0, row1, local, e80_panel(c), TERN_FLUSH_512, unpack_plain(c), 1))
TERN_RUN(gemm_e80_i8_r80k4__avx2,
         unpack_rows(c, row0, row1, local, e80_panel(c), TERN_FLUSH_512, unpack_plain(c), 0))
