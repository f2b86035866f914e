/* Text to token ids and back, from the model file's own metadata (byte-level BPE, SentencePiece-style). */
#ifndef TERN_MODELS_TOKENIZER_TOKENIZER_H
#define TERN_MODELS_TOKENIZER_TOKENIZER_H

#include "base/status.h"
#include "models/gguf/gguf.h"
#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

struct tern_tokenizer;

/* The tokenizer of a model. Synthetic models get a plain byte vocabulary (id = byte value).
 * TERN_UNSUPPORTED, with the name, for a kind of tokenizer or a pre-tokenizer rule that is not built in;
 * TERN_BAD_INPUT for metadata that contradict each other. The tokenizer copies what it needs: the model may
 * be closed first. Thread-safe. */
enum tern_status tern_tokenizer_new(const struct tern_model *m, struct tern_tokenizer **out,
                                    struct tern_error *e);
/* The same from an opened file, which may have no tensors. */
enum tern_status tern_tokenizer_from_gguf(const struct tern_gguf *g, struct tern_tokenizer **out,
                                          struct tern_error *e);
void tern_tokenizer_free(struct tern_tokenizer *t);

/* Whether the vocabulary of a file puts its beginning-of-text token before a text. */
int tern_adds_bos(const struct tern_gguf *g);

/* The tokens that the vocabulary puts before and after a text. Owned by the tokenizer. */
struct tern_token_list {
    const int32_t *id;
    size_t count;
};
void tern_tokens_around(const struct tern_tokenizer *t, struct tern_token_list *before,
                        struct tern_token_list *after);

/* The ids of `bytes` bytes of text, heap array in *ids (free()). Any bytes are allowed: invalid UTF-8 is
 * encoded byte by byte. With `special` 1 the text of a control token ("<|eot_id|>") becomes its id.
 * User-defined tokens are always found. What goes around a text (tern_tokens_around) is not added. TERN_UNSUPPORTED when a byte has no token (some
 * old vocabularies lack control characters) and there is no unknown token. */
enum tern_status tern_tokenize(const struct tern_tokenizer *t, const char *text, size_t bytes, int special,
                               int32_t **ids, size_t *count, struct tern_error *e);

/* The bytes of one token. *bytes may be 0: control tokens give their text only when `special`. NULL for an
 * id outside the vocabulary. Owned by the tokenizer. SentencePiece puts a space before a text; tokens keep
 * it, and tern_detokenize removes it. */
const char *tern_token_bytes(const struct tern_tokenizer *t, int32_t id, int special, size_t *bytes);

/* The text of a row of ids, heap (free()), NUL-terminated, with its length in *bytes; `special` as in
 * tern_token_bytes. The text of the ids of x is x again, when the file has no normalizer, every byte has a
 * token, x has no U+2581 (SentencePiece) and, if control tokens were parsed, `special` is 1. TERN_BAD_INPUT for an id outside the vocabulary. */
enum tern_status tern_detokenize(const struct tern_tokenizer *t, const int32_t *ids, size_t count,
                                 int special, char **text, size_t *bytes, struct tern_error *e);

#endif
