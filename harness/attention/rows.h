/* What prefill and decode share of attention: where a head's queries, keys and values lie, and one tile of
 * query rows over one span of the context.
 *
 * A query looks at the context span by span. Each span gives its largest score, the sum of exponentials and
 * the weighted sum of values; spans are merged in ascending order. Spans begin at fixed positions, so the bits
 * do not depend on how many tokens a step has, nor on which worker computes which span. */
#ifndef TERN_HARNESS_ATTENTION_ROWS_H
#define TERN_HARNESS_ATTENTION_ROWS_H

#include "harness/internal.h"

#define TERN_SPAN         512                     /* positions, a multiple of TERN_KEYS */
#define TERN_SCORE_STRIDE (TERN_SPAN + TERN_KEYS) /* floats from row to row; no power of two, for the cache */
#define TERN_TILE_ROWS    16 /* that a tile may have; at least tern_attend_ops.rows of every level */

/* Where q, k and v of a token lie in its row of qkv. */
struct head_rows {
    size_t heads, kv_heads, dim, group, k_column, v_column;
    float *qkv; /* of the first token */
};
struct head_rows tern_attention_rows(const struct tern_engine *en, float *qkv);

/* Bytes of keys and values of the whole context, [span][layer][kv head]. What is read together lies together, and a
 * short conversation touches the memory of one span. 0: more than an address space has. */
size_t tern_attention_cache_bytes(const struct tern_engine *en);
/* The block of keys that holds this position, and its row of values. Those of a span follow them. */
unsigned char *tern_attention_keys(const struct tern_engine *en, size_t layer, size_t kv_head,
                                   size_t position);
unsigned char *tern_attention_value(const struct tern_engine *en, size_t layer, size_t kv_head,
                                    size_t position);

/* Norms (where the model does) and rotates the key of kv head g of token t and rounds it to slot `slot` of a
 * block of keys, and the value to a row of values. */
void tern_attention_put(const struct tern_engine *en, struct worker *self, const struct head_rows *r,
                        size_t layer, size_t t, size_t g, size_t slot, void *keys, void *value);
/* Norms and rotates the query of one head of token t, from `q` to `out`, which may be q. */
void tern_attention_turn(const struct tern_engine *en, size_t layer, size_t t, const float *q, float *out);

/* Query rows that look at the same keys. A row sees `count` >= 1 positions of the span; counts ascend. */
struct query_tile {
    size_t rows;
    const float *query[TERN_TILE_ROWS];
    size_t count[TERN_TILE_ROWS];
    const void *keys, *values; /* of the span's first position */
    /* Of a single token, whose key and value are not in the cache yet: the block of keys that it ends, and its
     * value. All counts are equal then. NULL: none. */
    const void *own_keys, *own_value;
};

/* Leaves in self->part[row] and self->add[row * width] what the span gives to each row. */
void tern_attention_tile(const struct tern_engine *en, struct worker *self, const struct query_tile *t);

/* Adds one span to what the former ones gave to a query: `whole` and its weighted sum in `out`. */
void tern_attention_add(const struct tern_engine *en, int first, struct tern_attended *whole, float *out,
                        const struct tern_attended *part, const float *add);

struct step;
/* attention/one.c: worker w's share of a single token. */
void tern_attention_one(const struct step *st, size_t w, size_t layer);

#endif
