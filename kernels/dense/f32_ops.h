/* The f32 steps between the linear layers: norm, rope, attention rows, softmax
 * (what follows a multiplication at once is in kernels/epilogue.h).
 *
 * One source (f32_ops_level.c), compiled once per ISA level with contraction off and a fixed number of lanes,
 * so that every level gives the same bits: the int8 activations, and with them the tokens, do not depend on
 * the machine. */
#ifndef TERN_KERNELS_DENSE_F32_OPS_H
#define TERN_KERNELS_DENSE_F32_OPS_H

#include <stddef.h>
#include <stdint.h>

/* Rows of `count` floats that softmax and scores write are padded to this many. */
#define TERN_LANES 16

#define TERN_KV_BLOCK       32
#define TERN_HEADS_TOGETHER 4

/* Q8: int8 codes of a row and then an f32 scale for each TERN_KV_BLOCK of them, 1/127 of the largest value.
 */
enum tern_kv_type { TERN_KV_F16, TERN_KV_F32, TERN_KV_Q8, TERN_KV_TYPES };

/* One position of one key or value head of `dim` values. */
static inline size_t tern_kv_row_bytes(enum tern_kv_type type, size_t dim) {
    return type == TERN_KV_F16   ? 2 * dim
           : type == TERN_KV_F32 ? 4 * dim
                                 : dim + (dim + TERN_KV_BLOCK - 1) / TERN_KV_BLOCK * sizeof(float);
}

struct tern_f32_ops {
    const char *level;
    uint32_t needs; /* TERN_NEEDS_ of the level */

    /* out[i] = x[i] / sqrt(mean(x^2) + eps) * weight[i]; out may be x. weight NULL: no norm at all, a copy.
     */
    void (*norm)(const float *x, const float *weight, size_t n, float eps, float *out);

    /* Rotates one head of `dim` floats by the angles whose cosines and sines are given (dim/2 each).
     * neox: element i goes with i + dim/2; else 2i with 2i+1. Su et al., "RoFormer", 2021. */
    void (*rope)(float *x, const float *cosine, const float *sine, size_t dim, int neox);

    /* out[p] = factor * (q . key[p]) for p < count; keys are tern_kv_row_bytes apart. Indices are
     * tern_kv_type. */
    void (*scores[TERN_KV_TYPES])(const float *q, const void *keys, size_t count, size_t dim, float factor,
                                  float *out);
    /* out[d] += sum over p of weight[p] * value[p][d], in ascending p. */
    void (*gather[TERN_KV_TYPES])(const float *weight, const void *values, size_t count, size_t dim,
                                  float *out);
    /* The same for TERN_HEADS_TOGETHER query heads that share an f16 cache, bit for bit: q and out rows of
     * `dim`, scores and weights `stride` apart; dim is a multiple of TERN_LANES. Both NULL where registers
     * are few. */
    void (*scores_together)(const float *q, const void *keys, size_t count, size_t dim, float factor,
                            float *out, size_t stride);
    void (*gather_together)(const float *weight, size_t stride, const void *values, size_t count, size_t dim,
                            float *out);
    /* Rounds dim floats to the cache's type. */
    void (*store[TERN_KV_TYPES])(const float *x, size_t dim, void *out);

    /* Replaces s[p] by exp(s[p] - max) and returns 1 / their sum; s has room up to a multiple of TERN_LANES,
     * and what lies behind count is overwritten. */
    float (*softmax)(float *s, size_t count);
    void (*multiply)(float *x, size_t n, float factor);
};

/* The levels that this build has, the weakest ("scalar") first, then NULL. */
extern const struct tern_f32_ops *const tern_f32_ops_levels[];
/* The strongest of them that `usable` allows. */
const struct tern_f32_ops *tern_f32_ops_for(uint32_t usable);

#endif
