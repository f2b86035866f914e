/* Dense f16 and f32 baselines with NEON. */
#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    float32x4_t a, b;
} pair;

static inline pair load_f16(const uint16_t *p, size_t left) {
    uint16_t part[8] = {0};
    if (left < 8) {
        memcpy(part, p, left * sizeof *p);
        p = part;
    }
    const float16x8_t h = vreinterpretq_f16_u16(vld1q_u16(p));
    return (pair){vcvt_f32_f16(vget_low_f16(h)), vcvt_high_f32_f16(h)};
}

static inline pair load_f32(const float *p, size_t left) {
    float part[8] = {0};
    if (left < 8) {
        memcpy(part, p, left * sizeof *p);
        p = part;
    }
    return (pair){vld1q_f32(p), vld1q_f32(p + 4)};
}

static inline pair plus(pair a, pair b) {
    return (pair){vaddq_f32(a.a, b.a), vaddq_f32(a.b, b.b)};
}

static inline pair fused(pair a, pair b, pair c) {
    return (pair){vfmaq_f32(c.a, a.a, b.a), vfmaq_f32(c.b, a.b, b.b)};
}

#define VEC               pair
#define LANES             8
#define ZERO              ((pair){vdupq_n_f32(0), vdupq_n_f32(0)})
#define LOAD_F16(p, left) load_f16(p, left)
#define LOAD_F32(p, left) load_f32(p, left)
#define LOAD_X(p, left)   load_f32(p, left)
#define FMA(a, b, c)      fused(a, b, c)
#define ADD(a, b)         plus(a, b)
#define SUM(v)            vaddvq_f32(vaddq_f32((v).a, (v).b))
#include "kernels/loops/dense.h"

TERN_RUN(gemv_f16_f32_r1k32__neon, row_gemv(c, row0, row1, HALF, tile))
TERN_RUN(gemm_f16_f32_r4k32n2__neon, row_tiles(c, row0, row1, dense_tile(2, HALF), tile))
TERN_RUN(gemv_f32_f32_r1k32__neon, row_gemv(c, row0, row1, SINGLE, tile))
TERN_RUN(gemm_f32_f32_r4k32n2__neon, row_tiles(c, row0, row1, dense_tile(2, SINGLE), tile))
