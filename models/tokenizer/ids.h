/* A growing list of token ids. */
#ifndef TERN_MODELS_TOKENIZER_IDS_H
#define TERN_MODELS_TOKENIZER_IDS_H

#include "base/status.h"
#include "models/tokenizer/vocabulary.h"

struct tern_ids {
    int32_t *id;
    size_t count, room;
};

/* 0, or -1 when there is no memory. */
int tern_ids_push(struct tern_ids *ids, int32_t id);
/* The token of a single byte, or the unknown token. TERN_UNSUPPORTED when the vocabulary has neither. */
enum tern_status tern_ids_push_byte(struct tern_ids *ids, const struct tern_vocabulary *v, uint8_t byte,
                                    struct tern_error *e);

#endif
