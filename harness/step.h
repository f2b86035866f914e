/* One step: n tokens go through all layers. Every worker runs the same program on its own share, and the
 * workers meet at barriers. Private to harness/. */
#ifndef TERN_HARNESS_STEP_H
#define TERN_HARNESS_STEP_H

#include "harness/packed.h"
#include "harness/qkv.h"
#include "kernels/epilogue.h"

struct step {
    struct tern_engine *en;
    const int32_t *ids;
    size_t n;
    int keep; /* as in tern_engine_forward() */
    float *logits;
};

/* One multiplication, and what becomes of its results. */
struct product {
    const struct packed *p, *up; /* up: gate's partner of the same shape, else NULL */
    const float *own_norm;       /* of the linear layer, after the norm of its block; NULL: none */
    struct tern_epilogue ep;
    int by_heads; /* not the worker's share, but the rows below, rounded outwards to whole steps */
    struct rows own[3];
    size_t owns;
};

/* What the linear layers of one place of the graph read: rows of k values, ld apart. */
struct input {
    const float *src;
    size_t ld, k;
    const float *norm; /* of the block; NULL: none */
};

/* forward.c: one step of n <= ubatch tokens at the engine's position. `keep`: 0 gives no logits, 1 the last
 * token's, 2 those of all tokens. */
void tern_engine_forward(struct tern_engine *en, const int32_t *ids, size_t n, int keep, float *logits);

/* linear.c: worker w's share of `count` products of this input. The input is normed and quantised first: a
 * single token by every worker for itself; several tokens are shared out, and a barrier follows. Products
 * with norms of their own run one after another. */
void tern_engine_linear(const struct step *st, size_t w, const struct product *g, size_t count,
                        const struct input *in);
/* Combines gate and up after they were two products: from the rows of en->inner and en->up to en->inner. Of a
 * single token worker w takes the rows that it computed, else a share of the tokens. */
void tern_engine_combine(const struct step *st, size_t w, const struct packed *gate);
/* 1 when the layer's gate and up must be two products: they have norms of their own, or one is plain. */
int tern_engine_gates_apart(const struct tern_engine *en, size_t layer);
/* 32-bit words that a worker's block needs for a call of n tokens. */
size_t tern_engine_block_words(const struct tern_engine *en, const struct projection *p, size_t n);

/* attention.c: from q, k and v to `mixed`, and the new keys and values into the cache. */
void tern_engine_attention(const struct step *st, size_t w, size_t layer);

#endif
