/* Compiled once per level: TERN_OPS is the table's symbol, TERN_OPS_LEVEL its name and TERN_OPS_NEEDS the
 * instructions it needs.
 *
 * Budget of the widest tile, AVX-512, 12 rows x 2 registers of f16 keys: 24 multiply-adds, 12 broadcasts and
 * 2 widening loads per dimension, so the two multiply-add units and not the two load units are the limit.
 * AVX2, 6 x 2: 12 multiply-adds, 6 broadcasts, 2 widening loads. NEON, 6 x 2 pairs of registers: 24 multiply-adds by an
 * element, 6 loads of one number, 2 loads and 4 widenings. */
#include "kernels/dense/attend.h"

#include "base/isa.h"
#include "kernels/float_words.h"
#include "kernels/half.h"

#define MOST_REGS 8 /* of one row in any tile */

#define AHEAD 4096 /* bytes that the values of few rows are asked for in advance */

/* Sixteen-lane pieces [lane, lane + LANES) of value d of the keys of one block. */
ALWAYS_INLINE reg key_at(enum tern_kv_type type, const unsigned char *block, size_t dim, size_t d,
                         size_t lane) {
    const size_t at = d * TERN_KEYS + lane;
    if (type == TERN_KV_F16) return from_f16((const uint16_t *)(const void *)block + at);
    if (type == TERN_KV_F32) return from_f32((const float *)(const void *)block + at);
    const float *scale = (const float *)(const void *)(block + dim * TERN_KEYS);
    return times(from_i8((const int8_t *)block + at), from_f32(scale + d / TERN_KV_BLOCK * TERN_KEYS + lane));
}

ALWAYS_INLINE reg value_at(enum tern_kv_type type, const unsigned char *row, size_t width, size_t d) {
    if (type == TERN_KV_F16) return from_f16((const uint16_t *)(const void *)row + d);
    if (type == TERN_KV_F32) return from_f32((const float *)(const void *)row + d);
    float scale;
    memcpy(&scale, row + width + d / TERN_KV_BLOCK * sizeof scale, sizeof scale);
    return times(from_i8((const int8_t *)row + d), all(scale));
}

/* The arguments of tern_attend_ops.scores. */
struct score_call {
    const float *q;
    size_t rows; /* from one dimension to the next in q */
    const unsigned char *keys;
    size_t blocks, dim;
    float *out;
    size_t stride;
};

/* Few rows read a stream of keys once, and wait for memory: each dimension asks for its share of the next tile's
 * keys. */
ALWAYS_INLINE void score_tile(enum tern_kv_type type, size_t rows, size_t regs, const struct score_call *c,
                              size_t r0, size_t b0) {
    const size_t dim = c->dim, bytes = tern_kv_keys_bytes(type, dim);
    const unsigned char *keys = c->keys + b0 * bytes;
    const float *q = c->q + r0;
    reg acc[MANY][MOST_REGS];
    UNROLL for (size_t r = 0; r < rows; r++) UNROLL for (size_t j = 0; j < regs; j++) acc[r][j] = all(0);
    const unsigned char *next = keys + regs / HALVES * bytes;
    const size_t each = regs / HALVES * bytes / dim;
    for (size_t d = 0; d < dim; d++, q += c->rows, next += each) {
        reg key[MOST_REGS];
        for (size_t i = 0; rows < MANY && i < each; i += 64) __builtin_prefetch(next + i);
        UNROLL for (size_t j = 0; j < regs; j++) {
            const unsigned char *block = keys + j / HALVES * bytes;
            key[j] = key_at(type, block, dim, d, j % HALVES * LANES);
        }
        UNROLL for (size_t r = 0; r < rows; r++) {
            const float x = q[r];
            UNROLL for (size_t j = 0; j < regs; j++) acc[r][j] = fused_all(key[j], x, acc[r][j]);
        }
    }
    float *out = c->out + r0 * c->stride + b0 * TERN_KEYS;
    UNROLL for (size_t r = 0; r < rows; r++) UNROLL for (size_t j = 0; j < regs; j++)
        to_f32(out + r * c->stride + j * LANES, acc[r][j]);
}

ALWAYS_INLINE void score_blocks(enum tern_kv_type type, size_t rows, size_t regs, const struct score_call *c,
                                size_t r0, size_t *b0) {
    const size_t step = regs / HALVES;
    for (; step && *b0 + step <= c->blocks; *b0 += step) score_tile(type, rows, regs, c, r0, *b0);
}

ALWAYS_INLINE void score_rows(enum tern_kv_type type, size_t rows, size_t regs, const struct score_call *c,
                              size_t *r0) {
    for (; *r0 + rows <= c->rows; *r0 += rows) {
        size_t b = 0;
        score_blocks(type, rows, regs, c, *r0, &b);
        if (regs > 4) score_blocks(type, rows, 4, c, *r0, &b);
        if (regs > 2) score_blocks(type, rows, 2, c, *r0, &b);
        if (regs > 1) score_blocks(type, rows, 1, c, *r0, &b);
    }
}

ALWAYS_INLINE void scores(enum tern_kv_type type, const struct score_call *c) {
    size_t r = 0;
    score_rows(type, MANY, MANY_REGS, c, &r);
    score_rows(type, SOME, SOME_REGS, c, &r);
    score_rows(type, 1, ONE_REGS, c, &r);
}

/* The arguments of tern_attend_ops.gather. */
struct gather_call {
    const float *weight;
    size_t stride, rows;
    const unsigned char *values;
    size_t count, dim;
    float *out;
    size_t ld;
};

ALWAYS_INLINE void gather_tile(enum tern_kv_type type, size_t rows, size_t regs, const struct gather_call *c,
                               size_t r0, size_t d0) {
    const size_t bytes = tern_kv_value_bytes(type, c->dim), width = tern_attend_width(c->dim);
    const float *weight = c->weight + r0 * c->stride;
    const unsigned char *row = c->values;
    float *out = c->out + r0 * c->ld + d0;
    reg acc[MANY][MOST_REGS];
    UNROLL for (size_t r = 0; r < rows; r++) UNROLL for (size_t j = 0; j < regs; j++) acc[r][j] =
        from_f32(out + r * c->ld + j * LANES);
    for (size_t p = 0; p < c->count; p++, row += bytes) {
        reg value[MOST_REGS];
        for (size_t i = 0; rows < MANY && d0 == 0 && i < bytes; i += 64) __builtin_prefetch(row + AHEAD + i);
        UNROLL for (size_t j = 0; j < regs; j++) value[j] = value_at(type, row, width, d0 + j * LANES);
        UNROLL for (size_t r = 0; r < rows; r++) {
            const float x = weight[r * c->stride + p];
            UNROLL for (size_t j = 0; j < regs; j++) acc[r][j] = fused_all(value[j], x, acc[r][j]);
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++) UNROLL for (size_t j = 0; j < regs; j++)
        to_f32(out + r * c->ld + j * LANES, acc[r][j]);
}

ALWAYS_INLINE void gather_columns(enum tern_kv_type type, size_t rows, size_t regs,
                                  const struct gather_call *c, size_t r0, size_t *d0) {
    const size_t width = tern_attend_width(c->dim);
    for (; *d0 + regs * LANES <= width; *d0 += regs * LANES) gather_tile(type, rows, regs, c, r0, *d0);
}

ALWAYS_INLINE void gather_rows(enum tern_kv_type type, size_t rows, size_t regs, const struct gather_call *c,
                               size_t *r0) {
    for (; *r0 + rows <= c->rows; *r0 += rows) {
        size_t d = 0;
        gather_columns(type, rows, regs, c, *r0, &d);
        if (regs > 4) gather_columns(type, rows, 4, c, *r0, &d);
        if (regs > 2) gather_columns(type, rows, 2, c, *r0, &d);
        if (regs > 1) gather_columns(type, rows, 1, c, *r0, &d);
    }
}

ALWAYS_INLINE void gather(enum tern_kv_type type, const struct gather_call *c) {
    size_t r = 0;
    gather_rows(type, MANY, MANY_REGS, c, &r);
    gather_rows(type, SOME, SOME_REGS, c, &r);
    gather_rows(type, 1, ONE_REGS, c, &r);
}

#define OF_TYPE(name, type)                                                                                  \
    static void scores_##name(const float *q, size_t rows, const void *keys, size_t blocks, size_t dim,      \
                              float *out, size_t stride) {                                                   \
        scores(type, &(struct score_call){q, rows, keys, blocks, dim, out, stride});                         \
    }                                                                                                        \
    static void gather_##name(const float *weight, size_t stride, size_t rows, const void *values,           \
                              size_t count, size_t dim, float *out, size_t ld) {                             \
        gather(type, &(struct gather_call){weight, stride, rows, values, count, dim, out, ld});              \
    }

OF_TYPE(f16, TERN_KV_F16)
OF_TYPE(f32, TERN_KV_F32)
OF_TYPE(q8, TERN_KV_Q8)

static void key_f32(const float *x, size_t dim, size_t slot, void *block) {
    float *k = (float *)block + slot;
    for (size_t d = 0; d < dim; d++) k[d * TERN_KEYS] = x[d];
}

static void value_f32(const float *x, size_t dim, void *row) {
    memcpy(row, x, dim * sizeof *x);
    memset((float *)row + dim, 0, (tern_attend_width(dim) - dim) * sizeof *x);
}

static void key_f16(const float *x, size_t dim, size_t slot, void *block) {
    uint16_t *k = (uint16_t *)block + slot, half[LANES];
    size_t d = 0;
    for (; d + LANES <= dim; d += LANES) {
        to_f16(half, from_f32(x + d));
        UNROLL for (size_t i = 0; i < LANES; i++) k[(d + i) * TERN_KEYS] = half[i];
    }
    for (; d < dim; d++) k[d * TERN_KEYS] = tern_f32_to_f16(x[d]);
}

static void value_f16(const float *x, size_t dim, void *row) {
    uint16_t *h = row;
    size_t d = 0;
    for (; d + LANES <= dim; d += LANES) to_f16(h + d, from_f32(x + d));
    for (; d < dim; d++) h[d] = tern_f32_to_f16(x[d]);
    memset(h + dim, 0, (tern_attend_width(dim) - dim) * sizeof *h);
}

/* Codes of up to TERN_KV_BLOCK values, `step` bytes apart; returns their scale. */
static float quantise(const float *x, size_t n, int8_t *q, size_t step) {
    float top = 0;
    for (size_t i = 0; i < n; i++) top = fabsf(x[i]) > top ? fabsf(x[i]) : top;
    const float scale = top / 127, inverse = scale > 0 ? 1 / scale : 0;
    for (size_t i = 0; i < n; i++) {
        const float v = rintf(x[i] * inverse);
        q[i * step] = (int8_t)(v >= -127 && v <= 127 ? v : v > 127 ? 127 : v < -127 ? -127 : 0); /* NaN: 0 */
    }
    return scale;
}

static size_t scale_values(size_t dim, size_t s) {
    const size_t left = dim - s * TERN_KV_BLOCK;
    return left < TERN_KV_BLOCK ? left : TERN_KV_BLOCK;
}

static void key_q8(const float *x, size_t dim, size_t slot, void *block) {
    int8_t *q = (int8_t *)block + slot;
    float *scale = (float *)(void *)((char *)block + dim * TERN_KEYS);
    for (size_t s = 0; s < tern_kv_scales(dim); s++)
        scale[s * TERN_KEYS + slot] = quantise(x + s * TERN_KV_BLOCK, scale_values(dim, s),
                                               q + s * TERN_KV_BLOCK * TERN_KEYS, TERN_KEYS);
}

static void value_q8(const float *x, size_t dim, void *row) {
    const size_t width = tern_attend_width(dim);
    int8_t *q = row;
    memset(q + dim, 0, width - dim);
    for (size_t s = 0; s < tern_kv_scales(dim); s++) {
        const float scale = quantise(x + s * TERN_KV_BLOCK, scale_values(dim, s), q + s * TERN_KV_BLOCK, 1);
        memcpy(q + width + s * sizeof scale, &scale, sizeof scale);
    }
}

static float largest(const float *s, size_t padded) {
    float lane[TERN_KEYS], top;
    reg most[HALVES];
    for (size_t j = 0; j < HALVES; j++) most[j] = from_f32(s + j * LANES);
    for (size_t p = TERN_KEYS; p < padded; p += TERN_KEYS)
        for (size_t j = 0; j < HALVES; j++) most[j] = larger(from_f32(s + p + j * LANES), most[j]);
    for (size_t j = 0; j < HALVES; j++) to_f32(lane + j * LANES, most[j]);
    top = lane[0];
    for (size_t i = 1; i < TERN_KEYS; i++) top = lane[i] > top ? lane[i] : top;
    return top;
}

static struct tern_attended softmax(float *s, size_t count) {
    const size_t padded = (count + TERN_KEYS - 1) / TERN_KEYS * TERN_KEYS;
    reg sum[HALVES];
    for (size_t p = count; p < padded; p++) s[p] = s[0];
    const float top = largest(s, padded);
    for (size_t j = 0; j < HALVES; j++) sum[j] = all(0);
    for (size_t p = 0; p < padded; p += TERN_KEYS) {
        for (size_t j = 0; j < HALVES; j++)
            to_f32(s + p + j * LANES, exponential(minus(from_f32(s + p + j * LANES), all(top))));
        for (size_t i = count; p + TERN_KEYS == padded && i < padded; i++) s[i] = 0;
        for (size_t j = 0; j < HALVES; j++) sum[j] = plus(sum[j], from_f32(s + p + j * LANES));
    }
    return (struct tern_attended){top, fold(sum)};
}

static float to_the_top(float from, float top) {
    float lane[LANES];
    to_f32(lane, exponential(all(from - top)));
    return from == top ? 1 : lane[0];
}

static void merge(struct tern_attended *whole, float *out, const struct tern_attended *part, const float *add,
                  size_t dim) {
    const float top = part->top > whole->top ? part->top : whole->top;
    const float old = to_the_top(whole->top, top), new = to_the_top(part->top, top);
    whole->top = top;
    whole->sum = whole->sum * old + part->sum * new;
    for (size_t d = 0; d < dim; d++) out[d] = out[d] * old + add[d] * new;
}

extern const struct tern_attend_ops TERN_OPS;
const struct tern_attend_ops TERN_OPS = {
    .level = TERN_OPS_LEVEL,
    .needs = TERN_OPS_NEEDS,
    .rows = MANY,
    .some = SOME,
    .put_key = {key_f16, key_f32, key_q8},
    .put_value = {value_f16, value_f32, value_q8},
    .scores = {scores_f16, scores_f32, scores_q8},
    .softmax = softmax,
    .gather = {gather_f16, gather_f32, gather_q8},
    .merge = merge,
};
