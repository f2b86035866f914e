/* GEMM with tables of 128 bits: 8 tokens. */
#include "kernels/x86/vec_ssse3.h"

#include "kernels/run.h"
#include "kernels/x86/gemm/read_groups.h"
#include "kernels/x86/gemm/veclut.h"
#include "kernels/x86/product.h"

TERN_READERS_SSSE3(TERN_VECLUT_SSSE3, VECLUT_RUN)
