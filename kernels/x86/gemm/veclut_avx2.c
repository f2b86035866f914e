/* Vec-LUT with tables of 256 bits: 16 tokens. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/run.h"
#include "kernels/x86/gemm/read_groups.h"
#include "kernels/x86/gemm/read_panels.h"
#include "kernels/x86/gemm/veclut.h"

TERN_RUN(gemm_p64_i8_r1k4n16_veclut__avx2, veclut_gemm(c, row0, row1, local, READER_P64))
TERN_RUN(gemm_g4_i8_r1k4n16_veclut__avx2, veclut_gemm(c, row0, row1, local, READER_G4))
