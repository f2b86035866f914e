/* Dense f16 and f32 baselines with AVX2, FMA and F16C. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline __m256 load_f16(const uint16_t *p, size_t left) {
    if (left >= 8) return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
    uint16_t part[8] = {0};
    memcpy(part, p, left * sizeof *p);
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)part));
}

static inline __m256 load_f32(const float *p, size_t left) {
    if (left >= 8) return _mm256_loadu_ps(p);
    float part[8] = {0};
    memcpy(part, p, left * sizeof *p);
    return _mm256_loadu_ps(part);
}

static inline float sum(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

#define VEC               __m256
#define LANES             8
#define ZERO              _mm256_setzero_ps()
#define LOAD_F16(p, left) load_f16(p, left)
#define LOAD_F32(p, left) load_f32(p, left)
#define LOAD_X(p, left)   load_f32(p, left)
#define FMA(a, b, c)      _mm256_fmadd_ps(a, b, c)
#define ADD(a, b)         _mm256_add_ps(a, b)
#define SUM(v)            sum(v)
#include "kernels/loops/dense.h"

TERN_RUN(gemv_f16_f32_r1k16__avx2, row_gemv(c, row0, row1, HALF, tile))
TERN_RUN(gemm_f16_f32_r4k16n2__avx2, row_tiles(c, row0, row1, dense_tile(2, HALF), tile))
TERN_RUN(gemv_f32_f32_r1k16__avx2, row_gemv(c, row0, row1, SINGLE, tile))
TERN_RUN(gemm_f32_f32_r4k16n2__avx2, row_tiles(c, row0, row1, dense_tile(2, SINGLE), tile))
