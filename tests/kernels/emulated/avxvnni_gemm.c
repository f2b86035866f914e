/* The register tiles of level avxvnni on any CPU with AVX2. */
#include "tests/kernels/emulated/vec_avx2_dot.h"

#include "kernels/x86/gemm/avxvnni.c"
