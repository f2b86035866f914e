/* Dense f16 and f32 baselines with 512-bit fused multiply-add. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

static inline __mmask16 tail_mask(size_t left) {
    return left >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
}

#define VEC               __m512
#define LANES             16
#define ZERO              _mm512_setzero_ps()
#define LOAD_F16(p, left) _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(tail_mask(left), p))
#define LOAD_F32(p, left) _mm512_maskz_loadu_ps(tail_mask(left), p)
#define LOAD_X(p, left)   _mm512_maskz_loadu_ps(tail_mask(left), p)
#define FMA(a, b, c)      _mm512_fmadd_ps(a, b, c)
#define SUM(v)            _mm512_reduce_add_ps(v)
#include "kernels/x86/dense_template.h"

DENSE(gemv_f16_f32_r4k32__avx512bw, 1, 1)
DENSE(gemm_f16_f32_r4k32n4__avx512bw, 4, 1)
DENSE(gemv_f32_f32_r4k32__avx512bw, 1, 0)
DENSE(gemm_f32_f32_r4k32n4__avx512bw, 4, 0)
