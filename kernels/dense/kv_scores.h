/* Attention: a query against the keys of a cache. f32_ops_level.c includes it, once per level. */
#ifndef TERN_KERNELS_DENSE_KV_SCORES_H
#define TERN_KERNELS_DENSE_KV_SCORES_H

#include "kernels/dense/f32_ops.h"
#include "kernels/dense/f32_words.h"
#include "kernels/half.h"

/* Of the block that holds value d of a row of a q8 cache. */
static inline float scale_at(const int8_t *row, size_t dim, size_t d) {
    float scale;
    memcpy(&scale, row + dim + d / TERN_KV_BLOCK * sizeof scale, sizeof scale);
    return scale;
}

static inline void scores_f32(const float *q, const void *keys, size_t count, size_t dim, float factor,
                              float *out) {
    for (size_t p = 0; p < count; p++) {
        const float *k = (const float *)keys + p * dim;
        v16 acc = {0};
        size_t d = 0;
        for (; d + 16 <= dim; d += 16) acc += load(q + d) * load(k + d);
        float sum = fold(acc);
        for (; d < dim; d++) sum += q[d] * k[d];
        out[p] = sum * factor;
    }
}

static inline float score_f16(const float *q, const uint16_t *k, size_t dim) {
    v16 acc = {0};
    size_t d = 0;
    for (; d + 16 <= dim; d += 16) acc += load(q + d) * load_half(k + d);
    float sum = fold(acc);
    for (; d < dim; d++) sum += q[d] * tern_f16_to_f32(k[d]);
    return sum;
}

static inline void scores_f16(const float *q, const void *keys, size_t count, size_t dim, float factor,
                              float *out) {
    const uint16_t *k = keys;
    size_t p = 0;
    for (; dim % 16 == 0 && p + 4 <= count; p += 4, k += 4 * dim) {
        v16 a = {0}, b = {0}, c = {0}, e = {0};
        for (size_t d = 0; d < dim; d += 16) {
            const v16 x = load(q + d);
            a += x * load_half(k + d);
            b += x * load_half(k + dim + d);
            c += x * load_half(k + 2 * dim + d);
            e += x * load_half(k + 3 * dim + d);
        }
        const v4 sums = fold_each(a, b, c, e) * factor;
        memcpy(out + p, &sums, sizeof sums);
    }
    for (; p < count; p++, k += dim) out[p] = score_f16(q, k, dim) * factor;
}

static inline void scores_q8(const float *q, const void *keys, size_t count, size_t dim, float factor,
                             float *out) {
    for (size_t p = 0; p < count; p++) {
        const int8_t *k = (const int8_t *)keys + p * tern_kv_row_bytes(TERN_KV_Q8, dim);
        v16 acc = {0};
        size_t d = 0;
        for (; d + 32 <= dim; d += 32)
            acc += (load(q + d) * load_bytes(k + d) + load(q + d + 16) * load_bytes(k + d + 16)) *
                   scale_at(k, dim, d);
        float sum = fold(acc), rest = 0;
        for (size_t i = d; i < dim; i++) rest += q[i] * (float)k[i];
        if (d < dim) sum += rest * scale_at(k, dim, d);
        out[p] = sum * factor;
    }
}

static inline void scores_together(const float *q, const void *keys, size_t count, size_t dim, float factor,
                                   float *out, size_t stride) {
    enum { H = TERN_HEADS_TOGETHER };
    const uint16_t *k = keys;
    size_t p = 0;
    for (; p + 4 <= count; p += 4, k += 4 * dim) {
        v16 sum[H][4];
        for (size_t h = 0; h < H; h++)
            for (size_t i = 0; i < 4; i++) sum[h][i] = (v16){0};
        for (size_t d = 0; d < dim; d += 16) {
            const v16 key[4] = {load_half(k + d), load_half(k + dim + d), load_half(k + 2 * dim + d),
                                load_half(k + 3 * dim + d)};
            for (size_t h = 0; h < H; h++)
                for (size_t i = 0; i < 4; i++) sum[h][i] += load(q + h * dim + d) * key[i];
        }
        for (size_t h = 0; h < H; h++) {
            const v4 four = fold_each(sum[h][0], sum[h][1], sum[h][2], sum[h][3]) * factor;
            memcpy(out + h * stride + p, &four, sizeof four);
        }
    }
    for (size_t h = 0; h < H; h++) scores_f16(q + h * dim, k, count - p, dim, factor, out + h * stride + p);
}

#endif
