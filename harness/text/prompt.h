/* A text as the model wants to read it. */
#ifndef TERN_HARNESS_TEXT_PROMPT_H
#define TERN_HARNESS_TEXT_PROMPT_H

#include "models/tokenizer/tokenizer.h"

/* Ids of `bytes` of text, with the texts of control tokens read as such and the beginning-of-text token in
 * front when the model asks for one and the text does not begin with it; heap (free()). TERN_BAD_INPUT when nothing comes out. */
enum tern_status tern_prompt_ids(const struct tern_model *m, const struct tern_tokenizer *t, const char *text,
                                 size_t bytes, int32_t **ids, size_t *count, struct tern_error *e);

#endif
