/* The engine itself, and the scratch of its workers. Nothing outside harness/ includes this. */
#ifndef TERN_HARNESS_INTERNAL_H
#define TERN_HARNESS_INTERNAL_H

#include "base/memory.h"
#include "harness/engine.h"
#include "harness/head/head.h"
#include "harness/packed.h"
#include "harness/plan/plan.h"
#include "kernels/dense/attend.h"
#include "kernels/dense/f32_ops.h"
#include "kernels/dense/head_ops.h"
#include "kernels/epilogue.h"
#include "kernels/quantise.h"
#include "measure/machine/machine.h"
#include "models/arch.h"

#define SPLIT_MATRICES 3 /* that one group of products multiplies: q, k, v */

/* Scratch that only one worker touches. */
struct worker {
    struct tern_pages pages; /* all of the following */
    /* Of attention (attention/rows.h), for each row of a tile: scores of a span, the queries side by side,
     * what the span gives. */
    float *score, *packed, *add;
    struct tern_attended *part;
    float *key;              /* one rotated key */
    float *query;            /* a single token's turned queries of one kv head */
    float *normed;           /* a token after the first of two norms */
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
    const struct tern_head_ops *head_ops; /* of the head and of plain layers */
    uint32_t usable;
    size_t threads;                                  /* workers of the step that runs, or while loading all */
    size_t threads_decode, threads_prefill, workers; /* workers: the larger */
    size_t context, ubatch, position, block_bytes;
    enum tern_act act;
    struct tern_pages buffers; /* what all workers share */
    int32_t *history;          /* ids of the positions held */
    enum tern_kv_type kv;
    int quiet;

    struct model_plan plan;
    int by_heads; /* a single token's q, k and v are made by the workers whose heads need them, while the
                     context is short (tern_attention_by_heads) */
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

    struct tern_pages cache;       /* [span][layer][kv head], each blocks of keys, then a row of values per
                                      position (attention/rows.h) */
    size_t key_bytes, value_bytes; /* of a block of keys, of a row of values */

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

/* NULL: the model has none of this kind. */
static inline const float *layer_norm(const struct tern_engine *en, size_t layer, enum tern_norm n) {
    return en->norm[layer * TERN_NORMS + n];
}

/* threads.c: sets the thread counts: those of the options, else wisdom's, else all processors. Needs usable,
 * act and ubatch. */
void tern_engine_threads(struct tern_engine *en, const struct tern_engine_options *o,
                         const struct tern_machine *m);

/* buffers.c: everything that a step needs besides weights and cache; and its release. */
enum tern_status tern_engine_buffers(struct tern_engine *en, struct tern_error *e);
void tern_engine_buffers_free(struct tern_engine *en);

/* norms.c: copies the norm vectors of the model. */
enum tern_status tern_engine_norms(struct tern_engine *en, struct tern_error *e);

/* load.c: bytes of the packed layers. */
size_t tern_engine_body_bytes(const struct tern_engine *en);

/* packed_cache.c: 1 when there is a packed cache of the plan and the head as they are now. */
int tern_engine_cache_there(struct tern_engine *en);
/* head_choice.c: whether a head of type AUTO or EXACT2 scans, and how: as the packed cache that is there, else
 * as a race said before, whose result is in the folder `races` (NULL: none), else as a short race says. After the plan,
 * before memory is taken. Writes facts.head. */
enum tern_status tern_engine_head(struct tern_engine *en, enum tern_head_type type, const char *races,
                                  struct tern_error *e);
/* packed_cache.c: fills body and head from the packed cache. 1 when it did; the facts' warning tells of
 * damage. */
int tern_engine_cache_read(struct tern_engine *en);

#endif
