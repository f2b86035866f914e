/* The row panels of level avxvnni on any CPU with AVX2: the same text, the dot product in plain C. */
#include "tests/kernels/emulated/vec_avx2_dot.h"

#include "kernels/x86/panels/avxvnni.c"
