#include "kernels/quantise.h"

#include <arm_neon.h>
#include <float.h>
#include <math.h>
#include <string.h>

tern_quantise_fn tern_quantise_neon;

/* Sixteen floats from p, or the first `left` and zeros. */
static inline float32x4x4_t load_part(const float *p, size_t left) {
    float part[16] = {0};
    if (left < 16) {
        memcpy(part, p, left * sizeof *p);
        p = part;
    }
    return (float32x4x4_t){{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}};
}

/* Whichever is further from 0; the second one where the first is NaN. */
static inline float32x4_t further(float32x4_t a, float32x4_t b) {
    return vbslq_f32(vcagtq_f32(a, b), a, b);
}

static float largest(const float *x, size_t k) {
    float32x4_t top[4], all;
    float lane[4], max = 1e-5f;
    for (size_t j = 0; j < 4; j++) top[j] = vdupq_n_f32(max);
    for (size_t i = 0; i < k; i += 16) {
        const float32x4x4_t v = load_part(x + i, k - i);
        for (size_t j = 0; j < 4; j++) top[j] = further(v.val[j], top[j]);
    }
    all = further(further(top[0], top[1]), further(top[2], top[3]));
    vst1q_f32(lane, vabsq_f32(all));
    for (size_t i = 0; i < 4; i++) max = lane[i] > max ? lane[i] : max;
    return isinf(max) ? FLT_MAX : max;
}

/* Conversions round half to even, take NaN for 0, and saturate at every width. */
static int16x8_t round_part(float32x4_t a, float32x4_t b, float s) {
    const int32x4_t low = vcvtnq_s32_f32(vmulq_n_f32(a, s)), high = vcvtnq_s32_f32(vmulq_n_f32(b, s));
    return vqmovn_high_s32(vqmovn_s32(low), high);
}

void tern_quantise_neon(const float *x, size_t k, size_t stride, int8_t *q, int32_t *sum, float *inv) {
    const float max = largest(x, k), s = (float)(127.0 / (double)max);
    int32x4_t total = vdupq_n_s32(0);
    size_t i = 0;
    for (; i < k; i += 16) {
        const float32x4x4_t v = load_part(x + i, k - i);
        const int8x16_t b =
            vqmovn_high_s16(vqmovn_s16(round_part(v.val[0], v.val[1], s)), round_part(v.val[2], v.val[3], s));
        total = vpadalq_s16(total, vpaddlq_s8(b));
        vst1q_s8(q + i, b);
    }
    memset(q + i, 0, stride - i);
    *sum = vaddvq_s32(total);
    *inv = (float)((double)max / 127.0);
}
