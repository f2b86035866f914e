/* The vector of a text: what the last layer says of its tokens, after the output norm, pooled. */
#ifndef TERN_HARNESS_TEXT_EMBED_H
#define TERN_HARNESS_TEXT_EMBED_H

#include "harness/engine.h"

/* Appends `count` tokens to the sequence and gives their vectors, out[count][hidden]: the residual stream
 * after the last layer and the output norm, which the head would multiply. Errors as tern_engine_feed. */
enum tern_status tern_engine_vectors(struct tern_engine *en, const int32_t *ids, size_t count, float *out,
                                     struct tern_error *e);

/* The vector of a whole text, out[hidden]: that of its last or first token, or the mean of all (summed in
 * double). `unit`: scaled to length 1. The sequence begins anew. TERN_BAD_INPUT for no tokens, no pooling, or
 * a vector that has no direction. */
enum tern_status tern_embed(struct tern_engine *en, const int32_t *ids, size_t count,
                            enum tern_pooling pooling, int unit, float *out, struct tern_error *e);

/* "mean", "last" or "first"; TERN_POOL_NONE for other words. */
enum tern_pooling tern_pooling_named(const char *word);
const char *tern_pooling_name(enum tern_pooling p);

#endif
