/* Rows of Q6_K blocks against vectors, in integers (q6_planes.h). head_ops_level.c includes it, once per level. */
#ifndef TERN_KERNELS_DENSE_HEAD_Q6_H
#define TERN_KERNELS_DENSE_HEAD_Q6_H

#include "kernels/dense/head_words.h"

static inline void rows_q6_k(const void *data, size_t k, size_t r0, size_t r1, const float *x, float *y) {
    struct q6_planes p;
    for (size_t at = 0; at < k; at += Q6_SEGMENT) {
        const size_t n = k - at < Q6_SEGMENT ? k - at : Q6_SEGMENT;
        const int finite = q6_split(x + at, n, &p);
        for (size_t r = r0; r < r1; r++) {
            const unsigned char *b = (const unsigned char *)data + (r * (k / 256) + at / 256) * 210;
            vec acc = vec_zero();
            for (size_t i = 0; finite && i < n; i += 256, b += 210) {
                ahead(b, 210);
                acc = vec_add(acc, vec_scale(q6_block(b, &p, i), half_at(b + 208) * p.step[i / 256]));
            }
            const float sum = finite ? vec_fold(acc) : NAN;
            y[r - r0] = at ? y[r - r0] + sum : sum;
        }
    }
}

/* A third of the products, and an estimate. */
static inline void scan_q6_k(const void *data, size_t k, size_t r0, size_t r1, const struct tern_q6_vector *x,
                             float *y) {
    const unsigned char *b = (const unsigned char *)data + r0 * (k / 256) * 210;
    for (size_t r = r0; r < r1; r++) {
        vec acc = vec_zero();
        for (size_t i = 0; i < k; i += 256, b += 210) {
            ahead(b, 210);
            acc = vec_add(acc, vec_scale(q6_estimate(b, x, i), half_at(b + 208) * x->step[i / 256]));
        }
        *y++ = vec_fold(acc);
    }
}

/* One token after another: three products of bytes a vector of codes outweigh its unpacking. */
static inline void tile_q6_k(const void *data, size_t k, size_t r0, size_t r1, const float *x, size_t xstride,
                             size_t n, float *y, size_t ystride) {
    for (size_t t = 0; t < n; t++) rows_q6_k(data, k, r0, r1, x + t * xstride, y + t * ystride);
}

#endif
