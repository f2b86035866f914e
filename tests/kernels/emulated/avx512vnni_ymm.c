/* The row panels of level avx512vnni that are 256 bits wide. */
#include "tests/kernels/emulated/vec_avx2_dot.h"

#include "kernels/x86/panels/avx512vnni_ymm.c"
