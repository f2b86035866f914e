/* The normalizer of a checkpoint: steps that rewrite a text before it is split ("NFC", "Lowercase", "Replace").
 *
 * In the metadata it is the key "tern.normalizer", an array of strings: the name of a step, then its arguments.
 *     nfc, nfd, nfkc, nfkd    Unicode normal forms
 *     lowercase               each character by itself
 *     strip-left, strip-right white space at an end of the text
 *     replace FROM TO         each occurrence, from left to right
 *     prepend TEXT            unless the text is empty
 * Bytes that are no UTF-8 pass through all of them. Source: the normalizers of Hugging Face tokenizers. */
#ifndef TERN_MODELS_TOKENIZER_TEXT_NORMALIZE_H
#define TERN_MODELS_TOKENIZER_TEXT_NORMALIZE_H

#include "base/status.h"
#include "models/gguf/gguf.h"

#include <stddef.h>

struct tern_normalizer;

/* *out is NULL when the file has no normalizer. TERN_UNSUPPORTED, with its name, for an unknown step. */
enum tern_status tern_normalizer_load(const struct tern_gguf *g, struct tern_normalizer **out,
                                      struct tern_error *e);
void tern_normalizer_free(struct tern_normalizer *n);

/* Rewrites `bytes` of text; heap (free()) in *out. Thread-safe. */
enum tern_status tern_normalize(const struct tern_normalizer *n, const char *text, size_t bytes, char **out,
                                size_t *out_bytes, struct tern_error *e);

#endif
