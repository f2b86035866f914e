/* Compiled once per level: TERN_OPS is the table's symbol, TERN_OPS_LEVEL its
 * name and TERN_OPS_NEEDS the instructions it needs. */
#include "kernels/epilogue.h"

#include "base/isa.h"
#include "kernels/lanes.h"

#include <float.h>

typedef int8_t b16 __attribute__((vector_size(16)));

#define EPILOGUES(name, type)                                                                                \
    static void scale_##name(const void *y, size_t n, float factor, float *dst) {                            \
        const type *v = y;                                                                                   \
        for (size_t i = 0; i < n; i++) dst[i] = (float)v[i] * factor;                                        \
    }                                                                                                        \
    static void add_##name(const void *y, size_t n, float factor, float *dst) {                              \
        const type *v = y;                                                                                   \
        for (size_t i = 0; i < n; i++) dst[i] += (float)v[i] * factor;                                       \
    }                                                                                                        \
    static void relu2_##name(const void *gate, float gf, const void *up, float uf, size_t n, float *dst) {   \
        const type *a = gate, *b = up;                                                                       \
        for (size_t i = 0; i < n; i++) {                                                                     \
            const float s = (float)a[i] * gf, g = s > 0 ? s : 0;                                             \
            dst[i] = g * g * ((float)b[i] * uf);                                                             \
        }                                                                                                    \
    }                                                                                                        \
    static void silu_##name(const void *gate, float gf, const void *up, float uf, size_t n, float *dst) {    \
        const type *a = gate, *b = up;                                                                       \
        for (size_t i = 0; i < n; i += 16) {                                                                 \
            const size_t m = n - i < 16 ? n - i : 16;                                                        \
            float g[16] = {0}, e[16];                                                                        \
            for (size_t j = 0; j < m; j++) g[j] = (float)a[i + j] * gf;                                      \
            for (size_t j = 0; j < 16; j++) e[j] = g[j] < -80 ? 80 : -g[j];                                  \
            put(e, exponential(load(e)));                                                                    \
            for (size_t j = 0; j < m; j++) dst[i + j] = g[j] / (1.0f + e[j]) * ((float)b[i + j] * uf);       \
        }                                                                                                    \
    }

EPILOGUES(i32, int32_t)
EPILOGUES(f32, float)

/* Sixteen values, zeros behind the end. */
static inline v16 load_some(const float *p, size_t left) {
    if (left >= 16) return load(p);
    v16 v = {0};
    memcpy(&v, p, left * sizeof *p);
    return v;
}

static inline v16 normed(const float *x, const float *weight, float r, size_t i, size_t k) {
    const v16 v = load_some(x + i, k - i);
    return weight ? v * r * load_some(weight + i, k - i) : v;
}

/* The largest magnitude, NaN left out, between the floor of the scale and FLT_MAX. */
static inline float largest(const float *x, const float *weight, float r, size_t k) {
    v16 top = (v16){0} + 1e-5f;
    for (size_t i = 0; i < k; i += 16) {
        const v16 a = (v16)((i16)normed(x, weight, r, i, k) & 0x7fffffff);
        top = choose((i16)(a > top), a, top);
    }
    float lane[16], max = 0;
    put(lane, top);
    for (size_t i = 0; i < 16; i++) max = lane[i] > max ? lane[i] : max;
    return max > FLT_MAX ? FLT_MAX : max;
}

/* Clamped first (the bounds are whole numbers), NaN to 0, then rounded half to even by the addition of 1.5 *
 * 2^23, after which the low bits of the float are the integer. */
static inline i16 rounded(v16 v) {
    const v16 zero = {0}, magic = zero + 12582912.0f;
    v = choose((i16)(v == v), v, zero);
    v = choose((i16)(v > zero + 127), zero + 127, v);
    v = choose((i16)(v < zero - 128), zero - 128, v);
    return (i16)(v + magic) - (i16)magic;
}

static inline void quantise(const float *x, const float *weight, float r, size_t k, size_t stride, int8_t *q,
                            int32_t *sum, float *inv) {
    const float max = largest(x, weight, r, k), s = (float)(127.0 / (double)max);
    i16 total = {0};
    size_t i = 0;
    for (; i < k; i += 16) {
        const i16 whole = rounded(normed(x, weight, r, i, k) * s);
        const b16 bytes = __builtin_convertvector(whole, b16);
        total += whole;
        memcpy(q + i, &bytes, sizeof bytes);
    }
    memset(q + i, 0, stride - i);
    *sum = 0;
    for (size_t j = 0; j < 16; j++) *sum += total[j];
    *inv = (float)((double)max / 127.0);
}

static void norm_quantise(const float *x, const float *weight, size_t k, float eps, size_t stride, int8_t *q,
                          int32_t *sum, float *inv) {
    if (weight)
        quantise(x, weight, norm_factor(x, k, eps), k, stride, q, sum, inv);
    else
        quantise(x, NULL, 1, k, stride, q, sum, inv);
}

extern const struct tern_epilogue_ops TERN_OPS;
const struct tern_epilogue_ops TERN_OPS = {
    .level = TERN_OPS_LEVEL,
    .needs = TERN_OPS_NEEDS,
    .scale = {scale_i32, scale_f32},
    .add = {add_i32, add_f32},
    .relu2 = {relu2_i32, relu2_f32},
    .silu = {silu_i32, silu_f32},
    .norm_quantise = norm_quantise,
};
