/* The f32 steps between the linear layers: norm, rope, attention rows, softmax
 * (what follows a multiplication at once is in kernels/epilogue.h).
 *
 * One source (f32ops_body.c), compiled once per ISA level with contraction off and a fixed number of lanes,
 * so that every level gives the same bits: the int8 activations, and with them the tokens, do not depend on
 * the machine. */
#ifndef TERN_HARNESS_F32OPS_H
#define TERN_HARNESS_F32OPS_H

#include <stddef.h>
#include <stdint.h>

/* Rows of `count` floats that softmax and scores write are padded to this many. */
#define TERN_LANES 16

struct tern_f32_ops {
    const char *level;

    /* out[i] = x[i] / sqrt(mean(x^2) + eps) * weight[i]; out may be x. weight NULL: no norm at all, a copy.
     */
    void (*norm)(const float *x, const float *weight, size_t n, float eps, float *out);

    /* Rotates one head of `dim` floats by the angles whose cosines and sines are given (dim/2 each).
     * neox: element i goes with i + dim/2; else 2i with 2i+1. Su et al., "RoFormer", 2021. */
    void (*rope)(float *x, const float *cosine, const float *sine, size_t dim, int neox);

    /* out[p] = factor * (q . key[p]) for p < count; keys are `dim` values apart. [0]: f16 keys, [1]: f32
     * keys. */
    void (*scores[2])(const float *q, const void *keys, size_t count, size_t dim, float factor, float *out);
    /* out[d] += sum over p of weight[p] * value[p][d], in ascending p. [0]: f16 values, [1]: f32 values. */
    void (*gather[2])(const float *weight, const void *values, size_t count, size_t dim, float *out);
    /* Rounds dim floats to the cache's type. */
    void (*store[2])(const float *x, size_t dim, void *out);

    /* Replaces s[p] by exp(s[p] - max) and returns 1 / their sum; s has room up to a multiple of TERN_LANES,
     * and what lies behind count is overwritten. */
    float (*softmax)(float *s, size_t count);
    void (*multiply)(float *x, size_t n, float factor);
};

/* The strongest compiled level that `usable` allows. */
const struct tern_f32_ops *tern_f32_ops_for(uint32_t usable);

#endif
