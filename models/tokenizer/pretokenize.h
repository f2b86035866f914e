/* Pre-tokenizer rules: how a text is cut into words before byte-level BPE merges inside each of them.
 *
 * A rule is a row of regular expressions. Each one cuts every piece left by the ones before it into its
 * matches and the gaps between them; nothing is lost. Sources: the tokenizer.json of the models, and the
 * names that GGUF files give to these rules in "tokenizer.ggml.pre" (llama.cpp). */
#ifndef TERN_MODELS_TOKENIZER_PRETOKENIZE_H
#define TERN_MODELS_TOKENIZER_PRETOKENIZE_H

#include "base/status.h"

#include <stddef.h>

struct tern_pretokenizer;

/* Compiles the rule of this name. TERN_UNSUPPORTED, naming it and the known ones, when there is none. */
enum tern_status tern_pretokenizer_new(const char *name, size_t name_bytes, struct tern_pretokenizer **out,
                                       struct tern_error *e);
void tern_pretokenizer_free(struct tern_pretokenizer *p);

/* 1 when a whole word that is a token is taken as it is, without asking the merges ("ignore_merges"). */
int tern_pretokenizer_whole_words(const struct tern_pretokenizer *p);

/* Cuts `bytes` of text into words that cover it without gaps: (*end)[i] is where word i ends and word i + 1
 * begins, heap (free()), *count of them. Every byte that is not valid UTF-8 is a word of its own.
 * Thread-safe. */
enum tern_status tern_pretokenize(const struct tern_pretokenizer *p, const char *text, size_t bytes,
                                  size_t **end, size_t *count, struct tern_error *e);

#endif
