/* Rows of f16, f32 and Q8_0 weights against one vector. head_ops_level.c includes it, once per level. */
#ifndef TERN_KERNELS_DENSE_HEAD_ROWS_H
#define TERN_KERNELS_DENSE_HEAD_ROWS_H

#include "kernels/dense/head_words.h"
#include "kernels/unroll.h"

static inline void rows_f16(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y) {
    for (size_t r = r0; r < r1; r++) {
        const uint16_t *w = (const uint16_t *)data + r * k;
        vec acc[4] = {vec_zero(), vec_zero(), vec_zero(), vec_zero()};
        size_t i = 0;
        for (; i + 64 <= k; i += 64) {
            ahead(w + i, 128);
            UNROLL for (size_t j = 0; j < 4; j++) {
                acc[j] = vec_add(acc[j], vec_mul(vec_f16(w + i + 16 * j), vec_f32(x + i + 16 * j)));
                IN_TURN;
            }
        }
        const size_t more = (k - i) / 16;
        UNROLL for (size_t j = 0; j < 3; j++) {
            if (j < more) acc[j] = vec_add(acc[j], vec_mul(vec_f16(w + i + 16 * j), vec_f32(x + i + 16 * j)));
        }
        i += 16 * more;
        float sum = vec_fold_four(acc);
        for (; i < k; i++) sum += tern_f16_to_f32(w[i]) * x[i];
        *y++ = sum;
    }
}

static inline void rows_f32(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y) {
    for (size_t r = r0; r < r1; r++) {
        const float *w = (const float *)data + r * k;
        vec acc[4] = {vec_zero(), vec_zero(), vec_zero(), vec_zero()};
        size_t i = 0;
        for (; i + 64 <= k; i += 64) {
            ahead(w + i, 256);
            UNROLL for (size_t j = 0; j < 4; j++) {
                acc[j] = vec_add(acc[j], vec_mul(vec_f32(w + i + 16 * j), vec_f32(x + i + 16 * j)));
                IN_TURN;
            }
        }
        const size_t more = (k - i) / 16;
        UNROLL for (size_t j = 0; j < 3; j++) {
            if (j < more) acc[j] = vec_add(acc[j], vec_mul(vec_f32(w + i + 16 * j), vec_f32(x + i + 16 * j)));
        }
        i += 16 * more;
        float sum = vec_fold_four(acc);
        for (; i < k; i++) sum += w[i] * x[i];
        *y++ = sum;
    }
}

ALWAYS_INLINE void q8_block(const unsigned char *b, const float *x, vec *even, vec *odd) {
    const float d = half_at(b);
    const int8_t *q = (const int8_t *)b + 2;
    *even = vec_add(*even, vec_mul(vec_scale(vec_i8(q), d), vec_f32(x)));
    *odd = vec_add(*odd, vec_mul(vec_scale(vec_i8(q + 16), d), vec_f32(x + 16)));
}

static inline void rows_q8(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y) {
    for (size_t r = r0; r < r1; r++) {
        const unsigned char *b = (const unsigned char *)data + r * (k / 32 * 34);
        vec acc[4] = {vec_zero(), vec_zero(), vec_zero(), vec_zero()};
        size_t i = 0;
        for (; i + 64 <= k; i += 64, b += 68) {
            ahead(b, 64);
            q8_block(b, x + i, &acc[0], &acc[1]);
            q8_block(b + 34, x + i + 32, &acc[2], &acc[3]);
        }
        if (i < k) q8_block(b, x + i, &acc[0], &acc[1]);
        *y++ = vec_fold_four(acc);
    }
}

#endif
