/* What the files of the engine share: the plans of each shape, the packed body, the head, buffers, one
 * worker's own scratch. Nothing outside harness/ includes this. */
#ifndef TERN_HARNESS_INTERNAL_H
#define TERN_HARNESS_INTERNAL_H

#include "base/memory.h"
#include "harness/engine.h"
#include "harness/head/exact.h"
#include "kernels/dense/attend.h"
#include "kernels/dense/f32_ops.h"
#include "kernels/dense/head_ops.h"
#include "kernels/epilogue.h"
#include "kernels/proof.h"
#include "kernels/quantise.h"
#include "measure/machine/machine.h"
#include "models/arch.h"

#define SPLIT_MATRICES 3  /* that one group of products multiplies: q, k, v */
#define BUCKETS        11 /* tokens per call: 1, 2, 4, ... 1024 */

/* A plan (tuner/wisdom/wisdom.h) whose variant has passed its proof: what the engine multiplies with. */
struct chosen {
    const struct tern_proof *proof; /* NULL: no variant */
    int param[TERN_MAX_PARAMS];
    int from_wisdom;
    size_t lent; /* as in struct tern_plan */
};

static inline const struct tern_variant *variant_of(const struct chosen *c) {
    return tern_proof_variant(c->proof);
}

/* How an M x K matrix is multiplied, for each bucket of token counts; all buckets share one packed format. */
struct shape_plan {
    size_t m, k;
    size_t calls; /* linear layers per token */
    struct chosen bucket[BUCKETS];
};

/* One matrix to be packed of every layer: one linear layer's, or several that read the same activations. */
struct piece {
    enum tern_role role[3];
    size_t roles, m, k;
    size_t pair; /* gate and up in turns of so many rows; 0: the matrices of the roles one after another */
    const struct shape_plan *plan;
};

struct packed {
    const struct tern_linear *source[3]; /* of the piece's roles */
    const struct piece *piece;
    struct tern_matrix w;
    int plain; /* a layer that is not ternary: w.format is NULL, and w.data holds rows of headops.h, which
                  multiply unquantised activations. Always a piece of its own */
    enum tern_rows rows;
    size_t row_bytes;
};

/* en->piece tells what they are: q, k, v, or all three; o; gate and up, or both; down. */
struct packed_layer {
    struct packed of[TERN_ROLES];
};

/* The output matrix, in one of the row formats of headops.h; of an exact2 head also what its scan reads. */
struct head {
    const struct tern_dense *source; /* NULL: the engine has no head */
    const struct tern_head_ops *ops;
    enum tern_rows rows;
    int two_stages;
    size_t row_bytes, kept_bytes;
    size_t bytes; /* read per token; of exact2 the scan's */
    struct tern_pages pages;
    struct tern_exact *exact;
};

/* Scratch that only one worker touches. */
struct worker {
    struct tern_pages pages; /* all of the following */
    /* Of attention (attention_rows.h), for each row of a tile: scores of a span, the queries side by side,
     * what the span gives. */
    float *score, *packed, *add;
    struct tern_attended *part;
    float *key;              /* one rotated key */
    float *query;            /* a single token's turned queries of one kv head */
    float *normed;           /* a token behind the first of two norms */
    unsigned char *own;      /* a single token's key and value of each kv head, in the cache's type */
    unsigned char *keeps;    /* [kv head]: this worker writes them to the cache */
    struct tern_tokens one;  /* a single token, quantised; one.f feeds the head */
    struct tern_tokens many; /* this worker's view of the shared tokens */
    float *qkv;              /* a single token's, of the worker's own heads */
    void *table;             /* prep table of a single token */
    int32_t *block;          /* results of one block of rows, before their epilogue */
    void *local;             /* of the variants */
    void *slice;             /* of its slice of K; of plans that split K */
    struct tern_profile profile;
};

struct tern_engine {
    const struct tern_model *model;
    struct tern_pool *pool;
    const struct tern_f32_ops *ops;
    const struct tern_attend_ops *attend;
    const struct tern_epilogue_ops *epilogue;
    uint32_t usable;
    size_t threads;                                  /* workers of the step that runs, or while loading all */
    size_t threads_decode, threads_prefill, workers; /* workers: the larger */
    size_t context, ubatch, position, block_bytes;
    enum tern_act act;
    struct tern_pages buffers; /* what all workers share */
    int32_t *history;          /* ids of the positions held */
    enum tern_kv_type kv;
    int quiet;

    struct shape_plan *plan; /* calls 0: looked at and not used */
    size_t plans;
    struct piece piece[TERN_ROLES];
    size_t pieces, qkv_pieces, gated_pieces; /* of qkv 1 or 3, of gate and up 1 or 2 */
    int by_heads; /* a single token's q, k and v are made by the workers whose heads need them, unless
                     tern_attention_by_spans */
    int any_plain;
    struct packed_layer *layer;
    struct tern_pages body;
    size_t body_bytes;
    struct head head;
    struct tern_wanted want;
    char *cache_folder, *cache_path, *cache_key; /* of the packed cache; NULL: none */

    float *norms; /* all norm vectors, one after another */
    float **norm; /* [layer][TERN_NORMS], see layer_norm */
    float *output_norm;

    struct tern_pages cache;       /* [layer][kv head], each [kv_blocks] of keys, then a row of values per
                                      position */
    size_t key_bytes, value_bytes; /* of a block of keys, of a row of values */
    size_t kv_blocks;              /* that hold the context */

    /* Shared buffers of one step; rows of [ubatch][...]. */
    float *x, *qkv, *mixed, *inner, *cosine, *sine;
    float *up; /* as inner, where gate and up are not one product; else NULL */
    size_t qkv_columns;
    struct tern_attended *attended; /* [token][head]: what the spans so far gave */
    struct tern_attended *span;     /* a single token's [head][spans], each with a row of span_out */
    float *span_out;
    size_t spans;              /* of the whole context */
    double *frequency;         /* of the rotation, [head_dim / 2] */
    void *shared;              /* prep tables */
    size_t table_bytes;        /* tables of a single token up to this size are made by each worker */
    size_t block_words;        /* of each worker's block */
    struct tern_tokens tokens; /* a quantised ubatch */
    int32_t *sums;             /* of plans that split K: [matrix of a group][worker][sum_stride] */
    size_t sum_stride;
    struct worker *worker;

    struct tern_engine_facts facts;
};

/* plan.c: chooses and proves the variants of every shape. Before any thread is started, since a proof runs in
 * a child process. */
enum tern_status tern_engine_plan(struct tern_engine *en, const struct tern_engine_options *o,
                                  struct tern_error *e);
/* Whether a token's weights stay in cache. */
enum tern_regime tern_engine_regime(const struct tern_engine *en, const struct tern_machine *m);
/* threads.c: the counts of the options, else of wisdom, else all processors. Needs usable, act and ubatch. */
void tern_engine_threads(struct tern_engine *en, const struct tern_engine_options *o,
                         const struct tern_machine *m);
/* The bucket that `n` tokens fall into, and the plan that n tokens use. */
size_t tern_engine_bucket(size_t n);
const struct chosen *tern_engine_plan_for(const struct shape_plan *sp, size_t n);

/* pieces.c: what is packed together. `plan_of` gives the plan of a shape, NULL on failure. */
struct piece_plans {
    void *ctx;
    const struct shape_plan *(*plan_of)(void *ctx, size_t m, size_t k);
    const struct tern_wisdom *wisdom;
    enum tern_regime regime;
};
enum tern_status tern_engine_pieces(struct tern_engine *en, enum tern_merge merge,
                                    const struct piece_plans *p);
/* Nanoseconds per call that wisdom knows for this problem in this format; NAN: not measured. `n` is the
 * nearest token count measured, returned. */
double tern_known_ns(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *p,
                     const struct tern_format *format, size_t *n);

/* buffers.c: everything a step needs besides weights and cache; and its release. */
enum tern_status tern_engine_buffers(struct tern_engine *en, struct tern_error *e);
void tern_engine_buffers_free(struct tern_engine *en);
/* Columns of q, k and v in a row of qkv. */
struct qkv_columns {
    size_t q, k, v, all;
};
struct qkv_columns tern_engine_columns(const struct tern_hparams *hp);

/* NULL: the model has none of this kind. */
static inline const float *layer_norm(const struct tern_engine *en, size_t layer, enum tern_norm n) {
    return en->norm[layer * TERN_NORMS + n];
}

/* load.c: what each piece of each layer is packed from, and its size; then packs it; head and norms. */
enum tern_status tern_engine_list(struct tern_engine *en, struct tern_error *e);
size_t tern_engine_packed_bytes(const struct packed *p);
enum tern_status tern_engine_load(struct tern_engine *en, struct tern_error *e);
/* cache.c: fills body and head from the packed cache; 1 when it did. Damage is told in the facts' warning. */
int tern_engine_cache_read(struct tern_engine *en);

/* head.c: what is kept; its memory; its rows from the model, by the workers that will read them; the end of
 * filling, also when the rows came from elsewhere. */
enum tern_status tern_head_choose(struct tern_engine *en, enum tern_head_type type, struct tern_error *e);
enum tern_status tern_head_alloc(struct tern_engine *en, struct tern_error *e);
void tern_head_fill(struct tern_engine *en);
void tern_head_ready(struct tern_engine *en);
void tern_head_free(struct tern_engine *en);
/* Worker w's share of one token's logits, those that en->want says; of all logits of n tokens, rows of
 * [hidden] and of [vocab]. */
void tern_head_run(const struct tern_engine *en, size_t w, const float *x, float *logits);
void tern_head_run_all(const struct tern_engine *en, size_t w, const float *x, size_t n, float *logits);

/* One step of n tokens, as every worker sees it. */
struct step {
    struct tern_engine *en;
    const int32_t *ids;
    size_t n;
    int keep;
    float *logits;
};

/* One multiplication of a group that reads the same tokens, and what becomes of its results. */
struct rows {
    size_t from, to;
};
struct product {
    const struct packed *p, *up; /* up: gate's partner of the same shape, else NULL */
    const float *own_norm;       /* of the linear layer, behind the norm of its block; NULL: none */
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

/* Which forms of the activations the products read. */
struct forms {
    int quantised, floats;
};

/* activate.c: the step's tokens of this input, normed (by the norm of the block, then by `own`; NULL: none) and
 * in these forms: a single token by every worker for itself, else shared out, with a barrier after it. */
const struct tern_tokens *tern_engine_activate(const struct step *st, size_t w, const struct input *in,
                                               const float *own, struct forms forms);
/* linear.c: worker w's share of `count` products of this input, which is normed and quantised first: a single
 * token by every worker for itself, else shared out, with a barrier after it. Products with norms of their
 * own run one after another. */
void tern_engine_linear(const struct step *st, size_t w, const struct product *g, size_t count,
                        const struct input *in);
/* From the rows of en->inner and en->up to en->inner, after gate and up were two products: of a single token
 * the rows that this worker computed, else a share of the tokens. */
void tern_engine_combine(const struct step *st, size_t w, const struct packed *gate);
/* 1 when the layer's gate and up have norms of their own, or one of them is plain. */
int tern_engine_gates_apart(const struct tern_engine *en, size_t layer);
/* 1 when the workers share a single token's product with this piece by columns (kernels/split.h). */
int tern_engine_splits(const struct piece *p);
/* 32-bit words of a worker's block for a call of n tokens. */
size_t tern_engine_block_words(const struct tern_engine *en, const struct piece *p, size_t n);

/* attention_rows.c: the rows of q, k and v that worker w needs for its heads, a single token's; 0 when it has
 * no heads, else 3. */
size_t tern_engine_head_rows(const struct tern_engine *en, size_t w, size_t workers, struct rows own[3]);
/* attention.c: from q, k and v to `mixed`, and the new keys and values into the cache; those of a single token
 * only when tern_attention_keep was called, after the next barrier. */
void tern_engine_attention(const struct step *st, size_t w, size_t layer);
/* attention_one.c: 1 when the single token of this step is shared out by spans of the context instead of by
 * heads; the part of its key and value that worker w has to write to the cache. */
int tern_attention_by_spans(const struct tern_engine *en);
void tern_attention_keep(const struct tern_engine *en, size_t w, size_t layer);
/* 1 when each worker makes the rows of q, k and v that its own heads need, of a single token. */
static inline int tern_engine_by_heads(const struct tern_engine *en) {
    return en->by_heads && !tern_attention_by_spans(en);
}

/* forward.c: one step of n <= ubatch tokens at the engine's position. `keep`: 0 no logits, 1 the last
 * token's, 2 all. */
void tern_engine_forward(struct tern_engine *en, const int32_t *ids, size_t n, int keep, float *logits);

#endif
