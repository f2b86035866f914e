/* The rules that split a text into words, by name (GGUF, "tokenizer.ggml.pre") and as the regular expressions
 * of the "pre_tokenizer" in a tokenizer.json. The tokenizer knows the same names
 * (models/tokenizer/pretokenize_rules.h). */
#ifndef TERN_MODELS_HF_SPLIT_RULES_H
#define TERN_MODELS_HF_SPLIT_RULES_H

#include "models/gguf/gguf.h"

#include <jansson.h>

/* The name of the rule that this "pre_tokenizer" is. "unknown" when it is none of them: the tokenizer then
 * refuses the model and says why. */
const char *tern_hf_split_rule(const json_t *pre_tokenizer);

/* The "pre_tokenizer" of a rule, a new reference; NULL when the name is not one of the known ones. */
json_t *tern_hf_pre_tokenizer(struct tern_gguf_string rule);

#endif
