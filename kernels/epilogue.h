/* Epilogues: what the engine does to the integer results of a multiplication (or float ones, of unquantised
 * activations), done block by block while they
 * are in cache; and the step before the next one, norm and quantisation in one routine.
 *
 * The float operations are one source (epilogue_level.c), compiled once per ISA level with contraction off and
 * a fixed number of lanes, so that every level gives the same bits. */
#ifndef TERN_KERNELS_EPILOGUE_H
#define TERN_KERNELS_EPILOGUE_H

#include "kernels/proof.h"

struct tern_epilogue_ops {
    const char *level;
    uint32_t needs; /* TERN_NEEDS_ of the level */

    /* Each twice, for the results that enum tern_act names: [TERN_ACT_I8] of int32_t, [TERN_ACT_F32] of
     * float. dst[i] = y[i] * factor;  dst[i] += y[i] * factor. */
    void (*scale[2])(const void *y, size_t n, float factor, float *dst);
    void (*add[2])(const void *y, size_t n, float factor, float *dst);
    /* With g = gate[i] * gate_factor and u = up[i] * up_factor:
     * dst[i] = max(g, 0)^2 * u;  dst[i] = g / (1 + exp(-g)) * u. dst may be gate. */
    void (*relu2[2])(const void *gate, float gate_factor, const void *up, float up_factor, size_t n,
                     float *dst);
    void (*silu[2])(const void *gate, float gate_factor, const void *up, float up_factor, size_t n,
                    float *dst);

    /* One token for the next layer in two steps. The factor of its norm, 1 / sqrt(mean(x^2) + eps); then
     * x[i] * factor * weight[i] for i < k, quantised as kernels/quantise.h says, bit for bit what a norm and
     * then the quantiser give. weight NULL: no norm, and the factor is not looked at. Two passes over x (one
     * for the maximum, one to round) beside the one for the factor; the normed row is never written. q has
     * `stride` bytes, tern_token_stride(k) or more, a multiple of 16. */
    float (*norm_factor)(const float *x, size_t k, float eps);
    void (*quantise)(const float *x, const float *weight, float factor, size_t k, size_t stride, int8_t *q,
                     int32_t *sum, float *inv);
};

/* The levels that this build has, the weakest ("scalar") first, then NULL. */
extern const struct tern_epilogue_ops *const tern_epilogue_ops_levels[];
/* The strongest of them that `usable` allows. */
const struct tern_epilogue_ops *tern_epilogue_ops_for(uint32_t usable);

enum tern_epilogue_kind {
    TERN_EPILOGUE_SCALE, /* dst = results */
    TERN_EPILOGUE_ADD,   /* dst += results */
    TERN_EPILOGUE_RELU2, /* dst = max(gate, 0)^2 * up */
    TERN_EPILOGUE_SILU   /* dst = gate / (1 + exp(-gate)) * up */
};

#define TERN_SEGMENTS_MAX 3

/* Rows of the matrix up to `end` (from the former segment's end on): their weight scale, and where the first
 * of them goes in token 0; the others follow it. */
struct tern_segment {
    size_t end;
    float scale;
    float *dst;
};

struct tern_epilogue {
    enum tern_epilogue_kind kind;
    struct tern_segment segment[TERN_SEGMENTS_MAX]; /* in ascending order, the last one ends at M; gates: one,
                                                       of the gate's rows */
    size_t segments;
    float up_scale; /* gates */
    size_t
        pair; /* gates: 0: gate and up are two matrices; else one matrix holds both, `pair` rows of gate, then
                 the same rows of up, and so on, the last pair perhaps shorter; a multiple of row_step */
    size_t ld; /* floats from token to token in dst */
};

/* Rows of one block for a call of `n` tokens, a multiple of the variant's row_step (times two for pairs of a
 * gate and up in one matrix: `cut`), and the words of 32 bits that a worker's scratch needs. `matrices`: 2
 * when gate and up are two matrices, else 1; `bytes`: what the results of one block may take, 0 for the
 * default, SIZE_MAX for no blocks at all.
 *
 * Default 256 KiB: with n = 128, 512 rows. The GEMM kernels decode each row panel once for all tokens and
 * share nothing between panels, so a cut costs a call, not work; 256 KiB is a quarter of the L2 of current
 * server cores and leaves room for the activations. At least 64 rows (of small steps, a multiple of 16
 * or more); kernels that build tables at the
 * beginning of each call get at least 2048. */
size_t tern_fused_rows(const struct tern_variant *v, size_t n, size_t cut, size_t matrices, size_t bytes);
size_t tern_fused_words(const struct tern_variant *v, size_t m, size_t n, size_t cut, size_t matrices,
                        size_t bytes);

struct tern_fused {
    const struct tern_epilogue_ops *ops;
    int32_t *block;         /* tern_fused_words() of 64-byte aligned scratch that no other thread uses */
    size_t block_bytes;     /* as in tern_fused_rows() */
    void *local;            /* as in tern_proof_run() */
    const int32_t *sums[2]; /* partial sums of c and of up (split.h), which are added instead of running
                               anything; NULL: rows are run */
    size_t slices, sum_stride;
    uint64_t (*clock_ns)(
        void); /* NULL: the epilogue's time is not asked for; else it is added to *spent_ns */
    uint64_t *spent_ns;
};

/* Runs rows [row0, row1) of `c`, and of `up` when gate and up are two matrices of one shape, variant and
 * parameters (else NULL), block by block, and the epilogue on each block. Row bounds as in tern_proof_run(); with
 * `pair` both are multiples of 2 * pair (row1 may be M). c->y and c->ldy are not used. Equal bit for bit to
 * running everything first and then the epilogue. */
void tern_proof_run_fused(const struct tern_proof *p, const struct tern_call *c, const struct tern_call *up,
                          const struct tern_epilogue *ep, const struct tern_fused *f, size_t row0,
                          size_t row1);

#endif
