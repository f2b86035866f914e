/* The look-up kernels of level avx512bw: the kernels in plain C; the tables are built with 128-bit registers. */
#include "tests/kernels/emulated/vec_avx512.h"

#include "kernels/x86/lut/avx512bw.c"
