/* What the files of the engine share: the plans of each shape, the packed body, the head, buffers, one
 * worker's own scratch. Nothing outside harness/ includes this. */
#ifndef TERN_HARNESS_INTERNAL_H
#define TERN_HARNESS_INTERNAL_H

#include "base/memory.h"
#include "harness/engine.h"
#include "harness/f32ops.h"
#include "harness/head_exact.h"
#include "kernels/quantise.h"

#define BUCKETS 11 /* tokens per call: 1, 2, 4, ... 1024 */

/* How an M x K matrix is multiplied, for each bucket of token counts; all buckets share one packed format. */
struct shape_plan {
    size_t m, k;
    struct tern_plan bucket[BUCKETS];
};

struct packed {
    const struct tern_linear *source;
    const struct shape_plan *plan;
    struct tern_matrix w;
};

struct packed_layer {
    struct packed q, k, v, o, gate, up, down;
};

/* The output matrix, in one of the row formats of headops.h; of an exact2 head also what its scan reads. */
struct head {
    const struct tern_dense *source;
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
    float *h;                     /* one token after a norm */
    float *score;                 /* one row of attention weights */
    float *key;                   /* one rotated key */
    unsigned char *own_k, *own_v; /* a single token's key and value of one kv head, in the cache's type */
    struct tern_tokens one;       /* a single token, quantised; one.f feeds the head */
    struct tern_tokens many;      /* this worker's view of the shared tokens */
    void *local;                  /* of the variants */
    struct tern_profile profile;
};

struct tern_engine {
    const struct tern_model *model;
    struct tern_pool *pool;
    const struct tern_f32_ops *ops;
    tern_quantise_fn *quantise;
    uint32_t usable;
    size_t threads, context, ubatch, position;
    enum tern_kv_type kv;
    int quiet;

    struct shape_plan *plan;
    size_t plans;
    struct packed_layer *layer;
    struct tern_pages body;
    size_t body_bytes;
    struct head head;
    struct tern_wanted want;
    char *cache_folder, *cache_path, *cache_key; /* of the packed cache; NULL: none */

    float *norms; /* all norm vectors, one after another */
    float **attn_norm, **attn_sub_norm, **ffn_norm, **ffn_sub_norm, *output_norm;

    struct tern_pages cache; /* [layer][K, V][kv head][context][head_dim] */
    size_t kv_row;           /* bytes of one [head_dim] */

    /* Shared buffers of one step; rows of [ubatch][...]. */
    float *x, *qkv, *mixed, *inner, *cosine, *sine;
    int32_t *acc; /* integer results, acc_columns apart */
    size_t acc_columns, qkv_columns;
    double *frequency;         /* of the rotation, [head_dim / 2] */
    void *shared;              /* prep tables */
    struct tern_tokens tokens; /* a quantised ubatch */
    struct worker *worker;

    struct tern_engine_facts facts;
};

/* plan.c: chooses and proves the variants of every shape. Before any thread is started, since a proof runs in
 * a child process. */
enum tern_status tern_engine_plan(struct tern_engine *en, const struct tern_engine_options *o,
                                  struct tern_error *e);
/* The bucket that `n` tokens fall into, and the plan that n tokens use. */
size_t tern_engine_bucket(size_t n);
const struct tern_plan *tern_engine_plan_for(const struct shape_plan *sp, size_t n);

/* buffers.c: everything a step needs besides weights and cache; and its release. */
enum tern_status tern_engine_buffers(struct tern_engine *en, struct tern_error *e);
void tern_engine_buffers_free(struct tern_engine *en);
/* Columns of q, k and v in a row of qkv. */
struct qkv_columns {
    size_t q, k, v, all;
};
struct qkv_columns tern_engine_columns(const struct tern_hparams *hp);

/* load.c: bytes that the packed body needs, then packs it; head and norms. */
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
/* Worker w's share of one token's logits, `all` of them or what en->want says. */
void tern_head_run(const struct tern_engine *en, size_t w, const float *x, int all, float *logits);

/* forward.c: one step of n <= ubatch tokens at the engine's position. `keep`: 0 no logits, 1 the last
 * token's, 2 all. */
void tern_engine_forward(struct tern_engine *en, const int32_t *ids, size_t n, int keep, float *logits);

#endif
