/* GEMM with tables of 512 bits, 32 tokens, and with tiles of vpmaddubsw. */
#include "kernels/x86/vec_avx512.h"

#include "kernels/run.h"
#include "kernels/x86/gemm/read_groups.h"
#include "kernels/x86/gemm/read_panels.h"
#include "kernels/x86/gemm/read_rows.h"
#include "kernels/x86/gemm/read_triples.h"
#include "kernels/x86/gemm/tile.h"
#include "kernels/x86/gemm/veclut.h"
#include "kernels/x86/product.h"

TERN_READERS_AVX512BW(TERN_VECLUT_AVX512BW, VECLUT_RUN)
TERN_READERS_AVX512BW(TERN_TILE_AVX512BW, TILE_RUN)
