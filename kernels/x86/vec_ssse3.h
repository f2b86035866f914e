/* 128-bit registers: what the look-up kernels need of them. */
#ifndef TERN_KERNELS_X86_VEC_SSSE3_H
#define TERN_KERNELS_X86_VEC_SSSE3_H

#include <immintrin.h>

typedef __m128i vec;
#define VEC_BITS   128
#define V(op)      _mm_##op
#define V_BITS(op) _mm_##op##_si128

#include "kernels/x86/vec_ops.h"

/* Sixteen bytes, 16-byte aligned, in every 128 bits: a table for v_look16. */
ALWAYS_INLINE vec v_table(const void *p) {
    return _mm_load_si128((const __m128i *)p);
}

#endif
