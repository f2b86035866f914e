/* The f32 steps between the linear layers: norm and rotation. Attention is in attend.h; what follows a
 * multiplication at once is in kernels/epilogue.h.
 *
 * One source (f32_ops_level.c), compiled once per ISA level with contraction off and a fixed number of lanes,
 * so that every level gives the same bits: the int8 activations, and with them the tokens, do not depend on
 * the machine. */
#ifndef TERN_KERNELS_DENSE_F32_OPS_H
#define TERN_KERNELS_DENSE_F32_OPS_H

#include <stddef.h>
#include <stdint.h>

/* Rows of floats are padded to this many. */
#define TERN_LANES 16

struct tern_f32_ops {
    const char *level;
    uint32_t needs; /* TERN_NEEDS_ of the level */

    /* out[i] = x[i] / sqrt(mean(x^2) + eps) * weight[i]; out may be x. weight NULL: no norm at all, a copy.
     */
    void (*norm)(const float *x, const float *weight, size_t n, float eps, float *out);

    /* Rotates one head of `dim` floats by the angles whose cosines and sines are given (dim/2 each).
     * neox: element i goes with i + dim/2; else 2i with 2i+1. Su et al., "RoFormer", 2021. */
    void (*rope)(float *x, const float *cosine, const float *sine, size_t dim, int neox);

    void (*multiply)(float *x, size_t n, float factor);
};

/* The levels that this build has, the weakest ("scalar") first, then NULL. */
extern const struct tern_f32_ops *const tern_f32_ops_levels[];
/* The strongest of them that `usable` allows. */
const struct tern_f32_ops *tern_f32_ops_for(uint32_t usable);

#endif
