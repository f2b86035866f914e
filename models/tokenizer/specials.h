/* Tokens that are looked for in the text before it is split ("<|eot_id|>"): the leftmost one first, and of those
 * at one place the longest. A token may take the white space beside it, and may want to stand alone. */
#ifndef TERN_MODELS_TOKENIZER_SPECIALS_H
#define TERN_MODELS_TOKENIZER_SPECIALS_H

#include "models/tokenizer/text/normalize.h"
#include "models/tokenizer/vocabulary.h"

#include <stddef.h>
#include <stdint.h>

struct tern_special {
    const char *bytes;
    uint32_t count;
    uint8_t flags; /* as in struct tern_token */
    int32_t id;
    int32_t shorter; /* the longest other entry that this one begins with, or -1 */
};

struct tern_specials {
    struct tern_special *entry; /* sorted by bytes */
    size_t count;
    uint8_t begins[256]; /* 1 where some entry begins with this byte */
    char **own;          /* normalized texts */
    size_t owned;
};

/* Which tokens: user tokens, and with TERN_SPECIALS_HIDDEN control and unknown tokens. All of these, unless one
 * of the other two picks those that are looked for before or after the normalizer. */
enum { TERN_SPECIALS_HIDDEN = 1, TERN_SPECIALS_RAW = 2, TERN_SPECIALS_NORMALIZED = 4 };
/* They point into the vocabulary; with TERN_SPECIALS_NORMALIZED their texts are normalized, as the text is where
 * they are looked for. TERN_NO_MEMORY at worst. */
enum tern_status tern_specials_init(struct tern_specials *s, const struct tern_vocabulary *v, int which,
                                    const struct tern_normalizer *normalizer, struct tern_error *e);
void tern_specials_free(struct tern_specials *s);

/* The next token at or after `from`: returns its id, with its place and length in *at and *count, both with the
 * white space that it takes; -1 when there is none. */
int32_t tern_specials_next(const struct tern_specials *s, const char *text, size_t bytes, size_t from,
                           size_t *at, size_t *count);

#endif
