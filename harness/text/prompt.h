/* From a prompt's text to the tokens that the model reads. */
#ifndef TERN_HARNESS_TEXT_PROMPT_H
#define TERN_HARNESS_TEXT_PROMPT_H

#include "models/tokenizer/tokenizer.h"

/* How much of what the vocabulary puts around a text goes with it. */
enum tern_text_part {
    TERN_TEXT_ONLY,  /* nothing */
    TERN_TEXT_START, /* what goes before it: the text will be continued */
    TERN_TEXT_WHOLE  /* what goes before and after it */
};

/* Token ids of `bytes` of text; heap (free()). With `special` 1 the names of control tokens in the text become those
 * tokens. Tokens that the text begins or ends with already are not put there again. */
enum tern_status tern_text_ids(const struct tern_tokenizer *t, const char *text, size_t bytes, int special,
                               enum tern_text_part part, int32_t **ids, size_t *count, struct tern_error *e);

/* The same with `special` 1. TERN_BAD_INPUT when there is no token at all. */
enum tern_status tern_prompt_ids(const struct tern_tokenizer *t, const char *text, size_t bytes,
                                 enum tern_text_part part, int32_t **ids, size_t *count,
                                 struct tern_error *e);

#endif
