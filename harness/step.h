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

/* Which forms of the activations the products read. */
struct forms {
    int quantised, floats;
};

/* activate.c: the step's tokens of this input, normed (by the norm of the block, then by `own`; NULL: none) and
 * in these forms. A single token is made by every worker for itself; several tokens are shared out, and a
 * barrier follows. */
const struct tern_tokens *tern_engine_activate(const struct step *st, size_t w, const struct input *in,
                                               const float *own, struct forms forms);
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

/* attention/attention.c: from q, k and v to `mixed`, and the new keys and values into the cache. Those of a single token
 * are written by tern_attention_keep, after the next barrier. */
void tern_engine_attention(const struct step *st, size_t w, size_t layer);
/* attention/one.c: writes the key and value that worker w keeps of a single token to the cache. */
void tern_attention_keep(const struct tern_engine *en, size_t w, size_t layer);
/* 1 when a single token at this position is shared out by spans of the context instead of by heads. */
int tern_attention_by_spans(const struct tern_engine *en);
/* 1 when each worker makes the rows of q, k and v that its own heads need, of a single token. */
int tern_attention_by_heads(const struct tern_engine *en);

#endif
