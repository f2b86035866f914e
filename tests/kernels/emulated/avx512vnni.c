/* The row panels of level avx512vnni, 512 bits, in plain C. */
#define TERN_EMULATED_DOT 1
#include "tests/kernels/emulated/vec_avx512.h"

#include "kernels/x86/panels/avx512vnni.c"
