/* Dense f16 and f32 rows against f32 activations: the honest baseline when nothing better can run. */
#include "kernels/half.h"
#include "kernels/variant.h"

static void widen_f16(const struct tern_matrix *w, size_t row, float *out) {
    const uint16_t *in = (const uint16_t *)w->data + row * w->k;
    for (size_t i = 0; i < w->k; i++) out[i] = tern_f16_to_f32(in[i]);
}

/* Eight partial sums keep the rounding error near that of the vector kernels. */
static float dot(const float *w, const float *x, size_t k) {
    float part[8] = {0}, sum = 0;
    size_t i = 0;
    for (; i + 8 <= k; i += 8)
        for (size_t j = 0; j < 8; j++) part[j] += w[i + j] * x[i + j];
    for (; i < k; i++) part[0] += w[i] * x[i];
    for (size_t j = 0; j < 8; j++) sum += part[j];
    return sum;
}

tern_run_fn gemm_f16_f32_r1k1__scalar, gemm_f32_f32_r1k1__scalar;

void gemm_f16_f32_r1k1__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    float *y = c->y;
    for (size_t r = row0; r < row1; r++) {
        widen_f16(&c->w, r, local);
        for (size_t t = 0; t < c->x->n; t++)
            y[t * c->ldy + r] = dot(local, c->x->f + t * c->x->fstride, c->w.k);
    }
}

void gemm_f32_f32_r1k1__scalar(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    float *y = c->y;
    for (size_t r = row0; r < row1; r++) {
        const float *w = (const float *)c->w.data + r * c->w.k;
        for (size_t t = 0; t < c->x->n; t++) y[t * c->ldy + r] = dot(w, c->x->f + t * c->x->fstride, c->w.k);
    }
}
