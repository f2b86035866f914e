/* Dense f16 and f32 baselines with 512-bit fused multiply-add. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

static inline __mmask16 tail_mask(size_t left) {
    return (__mmask16)((1u << left) - 1); /* left < 16 */
}

#define VEC   __m512
#define LANES 16
#define ZERO  _mm512_setzero_ps()
#define LOAD_F16(p, left)                                                                                    \
    _mm512_cvtph_ps((left) >= 16 ? _mm256_loadu_si256((const void *)(p))                                     \
                                 : _mm256_maskz_loadu_epi16(tail_mask(left), p))
#define LOAD_F32(p, left) ((left) >= 16 ? _mm512_loadu_ps(p) : _mm512_maskz_loadu_ps(tail_mask(left), p))
#define LOAD_X(p, left)   ((left) >= 16 ? _mm512_loadu_ps(p) : _mm512_maskz_loadu_ps(tail_mask(left), p))
#define FMA(a, b, c)      _mm512_fmadd_ps(a, b, c)
#define ADD(a, b)         _mm512_add_ps(a, b)
#define SUM(v)            _mm512_reduce_add_ps(v)
#include "kernels/loops/dense.h"

TERN_RUN(gemv_f16_f32_r1k32__avx512bw, row_gemv(c, row0, row1, HALF, tile))
TERN_RUN(gemm_f16_f32_r4k32n4__avx512bw, row_tiles(c, row0, row1, dense_tile(4, HALF), tile))
TERN_RUN(gemv_f32_f32_r1k32__avx512bw, row_gemv(c, row0, row1, SINGLE, tile))
TERN_RUN(gemm_f32_f32_r4k32n4__avx512bw, row_tiles(c, row0, row1, dense_tile(4, SINGLE), tile))
