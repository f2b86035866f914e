/* Vec-LUT with tables of 512 bits: 32 tokens. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/run.h"
#include "kernels/x86/gemm/read_groups.h"
#include "kernels/x86/gemm/read_panels.h"
#include "kernels/x86/gemm/veclut.h"

TERN_RUN(gemm_p64_i8_r1k4n32_veclut__avx512bw, veclut_gemm(c, row0, row1, local, READER_P64))
TERN_RUN(gemm_g4_i8_r1k4n32_veclut__avx512bw, veclut_gemm(c, row0, row1, local, READER_G4))
