/* The last steps of a sum over the lanes of a register, in the order that every level keeps. */
#ifndef TERN_KERNELS_X86_OPS_FOLD_H
#define TERN_KERNELS_X86_OPS_FOLD_H

#include <immintrin.h>

static inline float fold_eight(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

#endif
