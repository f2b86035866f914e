/* Tokens that are looked for in the raw text before it is split ("<|eot_id|>"): the leftmost one first, and
 * of those at one place the longest. */
#ifndef TERN_MODELS_TOKENIZER_SPECIALS_H
#define TERN_MODELS_TOKENIZER_SPECIALS_H

#include "models/tokenizer/vocabulary.h"

#include <stddef.h>
#include <stdint.h>

struct tern_special {
    const char *bytes;
    uint32_t count;
    int32_t id;
    int32_t shorter; /* the longest other entry that this one begins with, or -1 */
};

struct tern_specials {
    struct tern_special *entry; /* sorted by bytes */
    size_t count;
    uint8_t begins[256]; /* 1 where some entry begins with this byte */
};

/* Collects user tokens and, when `hidden`, control and unknown tokens. They point into the vocabulary. 0,
 * or -1 when there is no memory. */
int tern_specials_init(struct tern_specials *s, const struct tern_vocabulary *v, int hidden);
void tern_specials_free(struct tern_specials *s);

/* The next token at or after `from`: returns its id, with its place and length in *at and *count; -1 when
 * there is none. */
int32_t tern_specials_next(const struct tern_specials *s, const char *text, size_t bytes, size_t from,
                           size_t *at, size_t *count);

#endif
