/* The row panels of level avx512bw in plain C. */
#include "tests/kernels/emulated/vec_avx512.h"

#include "kernels/x86/panels/avx512bw.c"
