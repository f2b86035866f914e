/* Attention: the weighted sum of the values of a cache. f32_ops_level.c includes it, once per level. */
#ifndef TERN_KERNELS_DENSE_KV_GATHER_H
#define TERN_KERNELS_DENSE_KV_GATHER_H

#include "kernels/dense/kv_scores.h"

static inline void gather_f32(const float *weight, const void *values, size_t count, size_t dim, float *out) {
    const float *v = values;
    size_t d = 0;
    for (; d + 32 <= dim; d += 32) {
        v16 a = load(out + d), b = load(out + d + 16);
        for (size_t p = 0; p < count; p++) {
            a += weight[p] * load(v + p * dim + d);
            b += weight[p] * load(v + p * dim + d + 16);
        }
        put(out + d, a);
        put(out + d + 16, b);
    }
    for (size_t p = 0; p < count; p++)
        for (size_t i = d; i < dim; i++) out[i] += weight[p] * v[p * dim + i];
}

static inline void gather_f16(const float *weight, const void *values, size_t count, size_t dim, float *out) {
    const uint16_t *v = values;
    size_t d = 0;
    for (; d + 64 <= dim; d += 64) {
        v16 a = load(out + d), b = load(out + d + 16), c = load(out + d + 32), e = load(out + d + 48);
        for (size_t p = 0; p < count; p++) {
            const uint16_t *row = v + p * dim + d;
            a += weight[p] * load_half(row);
            b += weight[p] * load_half(row + 16);
            c += weight[p] * load_half(row + 32);
            e += weight[p] * load_half(row + 48);
        }
        put(out + d, a);
        put(out + d + 16, b);
        put(out + d + 32, c);
        put(out + d + 48, e);
    }
    for (; d + 16 <= dim; d += 16) {
        v16 a = load(out + d);
        for (size_t p = 0; p < count; p++) a += weight[p] * load_half(v + p * dim + d);
        put(out + d, a);
    }
    for (size_t p = 0; p < count; p++)
        for (size_t i = d; i < dim; i++) out[i] += weight[p] * tern_f16_to_f32(v[p * dim + i]);
}

static inline void gather_q8(const float *weight, const void *values, size_t count, size_t dim, float *out) {
    const size_t row = tern_kv_row_bytes(TERN_KV_Q8, dim);
    const int8_t *v = values;
    size_t d = 0;
    for (; d + 32 <= dim; d += 32) {
        v16 a = load(out + d), b = load(out + d + 16);
        for (size_t p = 0; p < count; p++) {
            const float w = weight[p] * scale_at(v + p * row, dim, d);
            a += w * load_bytes(v + p * row + d);
            b += w * load_bytes(v + p * row + d + 16);
        }
        put(out + d, a);
        put(out + d + 16, b);
    }
    for (size_t p = 0; d < dim && p < count; p++) {
        const float w = weight[p] * scale_at(v + p * row, dim, d);
        for (size_t i = d; i < dim; i++) out[i] += w * (float)v[p * row + i];
    }
}

static inline void gather_together(const float *weight, size_t stride, const void *values, size_t count,
                                   size_t dim, float *out) {
    enum { H = TERN_HEADS_TOGETHER };
    size_t d = 0;
    for (; d + 64 <= dim; d += 64) {
        const uint16_t *v = (const uint16_t *)values + d;
        v16 sum[H][4];
        for (size_t h = 0; h < H; h++)
            for (size_t i = 0; i < 4; i++) sum[h][i] = load(out + h * dim + d + 16 * i);
        for (size_t p = 0; p < count; p++, v += dim) {
            const v16 value[4] = {load_half(v), load_half(v + 16), load_half(v + 32), load_half(v + 48)};
            for (size_t h = 0; h < H; h++)
                for (size_t i = 0; i < 4; i++) sum[h][i] += weight[h * stride + p] * value[i];
        }
        for (size_t h = 0; h < H; h++)
            for (size_t i = 0; i < 4; i++) put(out + h * dim + d + 16 * i, sum[h][i]);
    }
    for (; d < dim; d += 16)
        for (size_t h = 0; h < H; h++) {
            v16 sum = load(out + h * dim + d);
            for (size_t p = 0; p < count; p++)
                sum += weight[h * stride + p] * load_half((const uint16_t *)values + p * dim + d);
            put(out + h * dim + d, sum);
        }
}

#endif
