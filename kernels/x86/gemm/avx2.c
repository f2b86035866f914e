/* GEMM with tables of 256 bits, 16 tokens, and with tiles of vpmaddubsw. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/run.h"
#include "kernels/x86/gemm/read_groups.h"
#include "kernels/x86/gemm/read_panels.h"
#include "kernels/x86/gemm/read_rows.h"
#include "kernels/x86/gemm/tile.h"
#include "kernels/x86/gemm/veclut.h"
#include "kernels/x86/product.h"

TERN_READERS_AVX2(TERN_VECLUT_AVX2, VECLUT_RUN)
TERN_READERS_AVX2(TERN_TILE_AVX2, TILE_RUN)
