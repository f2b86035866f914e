/* Compiled once per level: TERN_OPS is the table's symbol, TERN_OPS_LEVEL its name and TERN_OPS_NEEDS the
 * instructions it needs. */
#include "kernels/dense/f32_ops.h"

#include "base/isa.h"
#include "kernels/float_words.h"

static void norm(const float *x, const float *weight, size_t n, float eps, float *out) {
    if (!weight) {
        if (out != x) memcpy(out, x, n * sizeof *x);
        return;
    }
    const float r = factor_of_norm(x, n, eps);
    for (size_t i = 0; i < n; i++) out[i] = x[i] * r * weight[i];
}

/* Element i goes with i + half. */
static void rope_halves(float *restrict a, float *restrict b, const float *restrict cosine,
                        const float *restrict sine, size_t half) {
    for (size_t i = 0; i < half; i++) {
        const float u = a[i], v = b[i];
        a[i] = u * cosine[i] - v * sine[i];
        b[i] = u * sine[i] + v * cosine[i];
    }
}

static void rope_pairs(float *restrict x, const float *restrict cosine, const float *restrict sine,
                       size_t half) {
    for (size_t i = 0; i < half; i++) {
        const float u = x[2 * i], v = x[2 * i + 1];
        x[2 * i] = u * cosine[i] - v * sine[i];
        x[2 * i + 1] = u * sine[i] + v * cosine[i];
    }
}

static void rope(float *x, const float *cosine, const float *sine, size_t dim, int neox) {
    if (neox)
        rope_halves(x, x + dim / 2, cosine, sine, dim / 2);
    else
        rope_pairs(x, cosine, sine, dim / 2);
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
    .multiply = multiply,
};
