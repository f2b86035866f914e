/* The words of kernels/x86/vec_avx2.h with a dot product in plain C, for CPUs with AVX2 and no more. */
#ifndef TERN_TESTS_KERNELS_EMULATED_VEC_AVX2_DOT_H
#define TERN_TESTS_KERNELS_EMULATED_VEC_AVX2_DOT_H

#include "kernels/x86/vec_avx2.h"
#include "tests/kernels/emulated/dot.h"

#define VEC_DOT 1

ALWAYS_INLINE vec v_dot(vec acc, vec u8, vec s8) {
    uint32_t sum[8];
    uint8_t u[32];
    int8_t s[32];
    v_store(sum, acc), v_store(u, u8), v_store(s, s8);
    emulated_dot(sum, u, s, 8);
    return v_load(sum);
}

#endif
