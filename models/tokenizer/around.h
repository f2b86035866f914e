/* The tokens that a vocabulary puts before and after a text. */
#ifndef TERN_MODELS_TOKENIZER_AROUND_H
#define TERN_MODELS_TOKENIZER_AROUND_H

#include "base/status.h"
#include "models/gguf/gguf.h"

#include <stddef.h>
#include <stdint.h>

struct tern_around {
    int32_t *before, *after; /* heap */
    size_t n_before, n_after;
};

/* `tokens`: how many the vocabulary has. TERN_BAD_INPUT, naming the key, for an id that is none of them. */
enum tern_status tern_around_load(const struct tern_gguf *g, size_t tokens, struct tern_around *out,
                                  struct tern_error *e);
void tern_around_free(struct tern_around *a);

#endif
