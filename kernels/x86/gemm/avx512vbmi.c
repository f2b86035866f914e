/* GEMM of the layouts that vpermb decodes. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/run.h"
#include "kernels/x86/gemm/read_lines.h"
#include "kernels/x86/gemm/read_panels.h"
#include "kernels/x86/gemm/tile.h"
#include "kernels/x86/gemm/veclut.h"
#include "kernels/x86/product.h"

TERN_READERS_AVX512VBMI(TERN_VECLUT_AVX512VBMI, VECLUT_RUN)
TERN_READERS_AVX512VBMI(TERN_TILE_AVX512VBMI, TILE_RUN)
