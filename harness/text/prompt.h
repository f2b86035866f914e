/* From a prompt's text to the tokens that the model reads. */
#ifndef TERN_HARNESS_TEXT_PROMPT_H
#define TERN_HARNESS_TEXT_PROMPT_H

#include "models/tokenizer/tokenizer.h"

/* Token ids of `bytes` of text; heap (free()). The names of control tokens in the text become those tokens.
 * The beginning-of-text token is put first if the model asks for one and the text does not begin with it.
 * TERN_BAD_INPUT when there is no token at all. */
enum tern_status tern_prompt_ids(const struct tern_model *m, const struct tern_tokenizer *t, const char *text,
                                 size_t bytes, int32_t **ids, size_t *count, struct tern_error *e);

#endif
