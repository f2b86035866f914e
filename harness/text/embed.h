/* The vector of a text: the last hidden states of its tokens, after the output norm, pooled into one. */
#ifndef TERN_HARNESS_TEXT_EMBED_H
#define TERN_HARNESS_TEXT_EMBED_H

#include "harness/engine.h"

/* Appends `count` tokens to the sequence and writes their vectors to out[count][hidden]: the residual stream
 * after the last layer and the output norm, that is what the head would multiply. Errors are those of
 * tern_engine_feed. */
enum tern_status tern_engine_vectors(struct tern_engine *en, const int32_t *ids, size_t count, float *out,
                                     struct tern_error *e);

/* Writes the vector of a whole text to out[hidden]: that of its last or first token, or the mean of all
 * (summed in double). `unit` scales it to length 1. The engine forgets what it holds. TERN_BAD_INPUT when
 * there are no tokens, when no pooling is chosen, or when a vector of length 0 is to be scaled. */
enum tern_status tern_embed(struct tern_engine *en, const int32_t *ids, size_t count,
                            enum tern_pooling pooling, int unit, float *out, struct tern_error *e);

/* "mean", "last" or "first"; TERN_POOL_NONE for other words. */
enum tern_pooling tern_pooling_named(const char *word);
const char *tern_pooling_name(enum tern_pooling p);

#endif
