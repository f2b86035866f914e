/* Compiled once per level: TERN_OPS is the table's symbol, TERN_OPS_LEVEL its
 * name and TERN_OPS_NEEDS the instructions it needs. */
#include "kernels/epilogue.h"

#include "base/isa.h"
#include "kernels/float_words.h"

#include <float.h>

/* Results of a multiplication as floats: LANES of them, or the first `left`. */
ALWAYS_INLINE reg result_i32(const int32_t *y, size_t left) {
    int32_t lane[LANES] = {0};
    if (left >= LANES) return from_i32(y);
    memcpy(lane, y, left * sizeof *y);
    return from_i32(lane);
}

ALWAYS_INLINE reg result_f32(const float *y, size_t left) {
    return from_some(y, left);
}

ALWAYS_INLINE void put_some(float *dst, reg v, size_t left) {
    float lane[LANES];
    if (left >= LANES) {
        to_f32(dst, v);
        return;
    }
    to_f32(lane, v);
    memcpy(dst, lane, left * sizeof *dst);
}

/* g clamped where exp(-g) would overflow: there g / (1 + exp(-g)) is next to 0 already. */
ALWAYS_INLINE reg silu(reg g) {
    const reg e = exponential(smaller(minus(all(0), g), all(80)));
    return over(g, plus(all(1), e));
}

ALWAYS_INLINE reg relu2(reg g) {
    g = larger(g, all(0));
    return times(g, g);
}

#define GATE(kind, name, type)                                                                               \
    static void kind##_##name(const void *gate, float gf, const void *up, float uf, size_t n, float *dst) {  \
        const type *a = gate, *b = up;                                                                       \
        for (size_t i = 0; i < n; i += LANES) {                                                              \
            const reg g = times(result_##name(a + i, n - i), all(gf));                                       \
            const reg u = times(result_##name(b + i, n - i), all(uf));                                       \
            put_some(dst + i, times(kind(g), u), n - i);                                                     \
        }                                                                                                    \
    }

#define EPILOGUES(name, type)                                                                                \
    static void scale_##name(const void *y, size_t n, float factor, float *dst) {                            \
        const type *v = y;                                                                                   \
        for (size_t i = 0; i < n; i++) dst[i] = (float)v[i] * factor;                                        \
    }                                                                                                        \
    static void add_##name(const void *y, size_t n, float factor, float *dst) {                              \
        const type *v = y;                                                                                   \
        for (size_t i = 0; i < n; i++) dst[i] += (float)v[i] * factor;                                       \
    }                                                                                                        \
    GATE(relu2, name, type)                                                                                  \
    GATE(silu, name, type)

EPILOGUES(i32, int32_t)
EPILOGUES(f32, float)

ALWAYS_INLINE reg normed(const float *x, const float *weight, float r, size_t left) {
    const reg v = from_some(x, left);
    return weight ? times(times(v, all(r)), from_some(weight, left)) : v;
}

/* The largest magnitude, NaN left out, between the floor of the scale and FLT_MAX. */
ALWAYS_INLINE float largest(const float *x, const float *weight, float r, size_t k) {
    reg top = all(1e-5f);
    for (size_t i = 0; i < k; i += LANES)
        top = larger(magnitude(normed(x + i, weight ? weight + i : NULL, r, k - i)), top);
    float lane[LANES], max = 0;
    to_f32(lane, top);
    for (size_t i = 0; i < LANES; i++) max = lane[i] > max ? lane[i] : max;
    return max > FLT_MAX ? FLT_MAX : max;
}

/* NaN to 0, clamped (the bounds are whole numbers), then rounded: the low byte of the sum with MAGIC is the
 * integer, and the sum of all bits is the sum of the integers and of as many times MAGIC, modulo 2^32. */
ALWAYS_INLINE void rounded(const float *x, const float *weight, float r, size_t k, size_t stride, int8_t *q,
                           int32_t *sum, float *inv) {
    const float max = largest(x, weight, r, k), s = (float)(127.0 / (double)max);
    ireg total = no_bits();
    size_t i = 0;
    for (; i < k; i += LANES) {
        const reg v = number(times(normed(x + i, weight ? weight + i : NULL, r, k - i), all(s)));
        const reg whole = plus(larger(smaller(v, all(127)), all(-128)), all(MAGIC));
        total = plus_bits(total, whole);
        to_low_bytes(q + i, whole);
    }
    memset(q + i, 0, stride - i);
    const float magic = MAGIC;
    uint32_t each;
    memcpy(&each, &magic, sizeof each);
    *sum = (int32_t)(sum_of_bits(total) - (uint32_t)i * each);
    *inv = (float)((double)max / 127.0);
}

static void quantise(const float *x, const float *weight, float factor, size_t k, size_t stride, int8_t *q,
                     int32_t *sum, float *inv) {
    if (weight)
        rounded(x, weight, factor, k, stride, q, sum, inv);
    else
        rounded(x, NULL, 1, k, stride, q, sum, inv);
}

extern const struct tern_epilogue_ops TERN_OPS;
const struct tern_epilogue_ops TERN_OPS = {
    .level = TERN_OPS_LEVEL,
    .needs = TERN_OPS_NEEDS,
    .scale = {scale_i32, scale_f32},
    .add = {add_i32, add_f32},
    .relu2 = {relu2_i32, relu2_f32},
    .silu = {silu_i32, silu_f32},
    .norm_factor = factor_of_norm,
    .quantise = quantise,
};
