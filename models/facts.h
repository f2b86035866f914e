/* What a model holds and reads, counted from its tensors: for `tern inspect` and for ceilings. */
#ifndef TERN_MODELS_FACTS_H
#define TERN_MODELS_FACTS_H

#include "models/model.h"

/* Bytes are those in the file; all are zero for synthetic models, which store nothing. Decoding one token
 * reads every linear layer, every norm and the head once, and one row of the embedding. The key-value cache
 * is not counted. */
struct tern_model_facts {
    uint64_t linear_weights, head_weights; /* multiply-adds per token */
    uint64_t linear_bytes, head_bytes, norm_bytes, embedding_row_bytes;
    uint64_t token_bytes; /* the sum of the four */
};
void tern_model_facts(const struct tern_model *m, struct tern_model_facts *out);

/* Bytes of a dense tensor in its file; 0 for synthetic and absent tensors. */
uint64_t tern_dense_bytes(const struct tern_dense *d);
/* Name of the format of a linear layer: "i2s", "f16", "synthetic". */
const char *tern_linear_format(const struct tern_linear *l);
const char *tern_dense_name(enum tern_dense_type t);

#endif
