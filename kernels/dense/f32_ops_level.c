/* Compiled once per level: TERN_OPS is the table's symbol, TERN_OPS_LEVEL its
 * name and TERN_OPS_NEEDS the instructions it needs. Sums run over sixteen
 * lanes that are folded in one fixed order, whatever the register width. */
#include "kernels/dense/f32_ops.h"

#include "base/isa.h"
#include "kernels/dense/kv_gather.h"
#include "kernels/dense/kv_scores.h"

static void norm(const float *x, const float *weight, size_t n, float eps, float *out) {
    if (!weight) {
        if (out != x) memcpy(out, x, n * sizeof *x);
        return;
    }
    const float r = norm_factor(x, n, eps);
    for (size_t i = 0; i < n; i++) out[i] = x[i] * r * weight[i];
}

static void rope(float *x, const float *cosine, const float *sine, size_t dim, int neox) {
    const size_t half = dim / 2, step = neox ? 1 : 2, mate = neox ? half : 1;
    for (size_t i = 0; i < half; i++) {
        float *a = x + i * step, *b = a + mate;
        const float u = *a, v = *b;
        *a = u * cosine[i] - v * sine[i];
        *b = u * sine[i] + v * cosine[i];
    }
}

static void store_f32(const float *x, size_t dim, void *out) {
    memcpy(out, x, dim * sizeof *x);
}

static void store_f16(const float *x, size_t dim, void *out) {
    uint16_t *h = out;
    size_t i = store_halves(x, dim, h);
    for (; i < dim; i++) h[i] = tern_f32_to_f16(x[i]);
}

static void store_q8(const float *x, size_t dim, void *out) {
    int8_t *q = out;
    for (size_t d = 0; d < dim; d += TERN_KV_BLOCK) {
        const size_t end = d + TERN_KV_BLOCK < dim ? d + TERN_KV_BLOCK : dim;
        float top = 0;
        for (size_t i = d; i < end; i++) top = fabsf(x[i]) > top ? fabsf(x[i]) : top;
        const float scale = top / 127, inverse = scale > 0 ? 1 / scale : 0;
        for (size_t i = d; i < end; i++) {
            const float v = rintf(x[i] * inverse);
            q[i] = (int8_t)(v >= -127 && v <= 127 ? v : v > 127 ? 127 : v < -127 ? -127 : 0); /* NaN: 0 */
        }
        memcpy(q + dim + d / TERN_KV_BLOCK * sizeof scale, &scale, sizeof scale);
    }
}

static float softmax(float *s, size_t count) {
    const size_t padded = (count + 15) / 16 * 16;
    for (size_t p = count; p < padded; p++) s[p] = s[0];
    v16 most = load(s);
    for (size_t p = 16; p < padded; p += 16) {
        const v16 x = load(s + p);
        most = choose((i16)(x > most), x, most);
    }
    float top = most[0];
    for (size_t i = 1; i < 16; i++) top = most[i] > top ? most[i] : top;
    v16 sum = {0};
    for (size_t p = 0; p + 16 <= count; p += 16) {
        const v16 e = exponential(load(s + p) - top);
        put(s + p, e);
        sum += e;
    }
    if (count < padded) {
        float e[16];
        put(e, exponential(load(s + padded - 16) - top));
        for (size_t i = count % 16; i < 16; i++) e[i] = 0;
        memcpy(s + padded - 16, e, sizeof e);
        sum += load(e);
    }
    return 1.0f / fold(sum);
}

static void multiply(float *x, size_t n, float factor) {
    for (size_t i = 0; i < n; i++) x[i] *= factor;
}

extern const struct tern_f32_ops TERN_OPS;
const struct tern_f32_ops TERN_OPS = {
    .level = TERN_OPS_LEVEL,
    .needs = TERN_OPS_NEEDS,
    .norm = norm,
    .rope = rope,
    .scores = {scores_f16, scores_f32, scores_q8},
    .gather = {gather_f16, gather_f32, gather_q8},
    .scores_together = MANY_REGISTERS ? scores_together : NULL,
    .gather_together = MANY_REGISTERS ? gather_together : NULL,
    .store = {store_f16, store_f32, store_q8},
    .softmax = softmax,
    .multiply = multiply,
};
