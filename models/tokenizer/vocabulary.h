/* The token table of a model file: bytes and kind of every token, copied out of the metadata and checked. */
#ifndef TERN_MODELS_TOKENIZER_VOCABULARY_H
#define TERN_MODELS_TOKENIZER_VOCABULARY_H

#include "base/status.h"
#include "models/gguf/gguf.h"
#include "models/gguf/metadata.h"
#include "models/gguf/token_kind.h"
#include "models/tokenizer/strmap.h"

#include <stddef.h>
#include <stdint.h>

struct tern_token {
    const char *bytes; /* what it stands for; the text as in the file for control, unknown and user tokens */
    uint32_t count;
    uint8_t kind;  /* enum tern_token_kind */
    uint8_t flags; /* TERN_ADDED_..., of tokens that are looked for in the text */
};

struct tern_vocabulary {
    struct tern_token *token;
    size_t count;
    char *arena;              /* all the bytes */
    struct tern_strmap plain; /* normal and unused tokens by their bytes; of equal ones the lowest id */
    int32_t byte_token[256];  /* plain tokens of one byte, else TERN_TOKEN_BYTE ones; -1: none */
    int32_t unknown;          /* tokenizer.ggml.unknown_token_id, or -1 */
};

/* How the text of a plain token spells its bytes: writes at most `bytes` of them to `out` and returns their
 * number. SIZE_MAX when the text does not use this spelling: then the text itself is taken. */
typedef size_t (*tern_spelling)(const char *text, size_t bytes, char *out);

/* Reads tokenizer.ggml.tokens, .token_type (absent: all normal), .unknown_token_id and TERN_KEY_ADDED. With `bytes_first` 1,
 * a "<0x0A>" token is preferred to a plain token of the same byte. TERN_BAD_INPUT with "tokenizer: FILE: KEY:
 * why". */
enum tern_status tern_vocabulary_load(const struct tern_gguf *g, tern_spelling spelling, int bytes_first,
                                      struct tern_vocabulary *out, struct tern_error *e);
void tern_vocabulary_free(struct tern_vocabulary *v);

/* 1 for tokens whose text is markup, not content: control and unknown. */
static inline int tern_token_hidden(const struct tern_token *t) {
    return t->kind == TERN_TOKEN_CONTROL || t->kind == TERN_TOKEN_UNKNOWN;
}

#endif
