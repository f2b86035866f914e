/* Text to token ids and back, from the model file's own metadata (byte-level BPE; SPM later). */
#ifndef TERN_MODELS_TOKENIZER_H
#define TERN_MODELS_TOKENIZER_H

#include "base/status.h"
#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

struct tern_tokenizer;

/* Synthetic models get a plain byte vocabulary (id = byte value). TERN_UNSUPPORTED, with the name, for a tokenizer
 * kind that is not built in. */
enum tern_status tern_tokenizer_new(const struct tern_model *m, struct tern_tokenizer **out, struct tern_error *e);
void tern_tokenizer_free(struct tern_tokenizer *t);

/* Ids of `bytes` of text (any bytes: invalid UTF-8 is encoded byte by byte), heap array in *ids (free()).
 * `special`: 1 parses the texts of control tokens ("<|eot_id|>") as their ids. BOS is not added. */
enum tern_status tern_tokenize(const struct tern_tokenizer *t, const char *text, size_t bytes, int special,
                               int32_t **ids, size_t *count, struct tern_error *e);

/* The bytes of one token; *bytes may be 0 (control tokens give their text only when `special`). NULL for an id
 * outside the vocabulary. Owned by the tokenizer. */
const char *tern_token_bytes(const struct tern_tokenizer *t, int32_t id, int special, size_t *bytes);

#endif
