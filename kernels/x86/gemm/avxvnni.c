/* GEMM with tiles of 256-bit vpdpbusd. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/run.h"
#include "kernels/x86/gemm/read_groups.h"
#include "kernels/x86/gemm/read_panels.h"
#include "kernels/x86/gemm/read_rows.h"
#include "kernels/x86/gemm/tile.h"
#include "kernels/x86/product.h"

TERN_READERS_AVX2(TERN_TILE_AVXVNNI, TILE_RUN)
