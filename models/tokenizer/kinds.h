/* What the kinds of tokenizer share. Only files of models/tokenizer/ include it. */
#ifndef TERN_MODELS_TOKENIZER_KINDS_H
#define TERN_MODELS_TOKENIZER_KINDS_H

#include "models/gguf/gguf.h"
#include "models/tokenizer/ids.h"
#include "models/tokenizer/specials.h"
#include "models/tokenizer/vocabulary.h"

struct tern_tokenizer;

/* One kind: how it is built from metadata, and how it encodes a stretch of text without specials. */
struct tern_tokenizer_kind {
    const char *name;       /* tokenizer.ggml.model */
    tern_spelling spelling; /* of plain tokens */
    int bytes_first;        /* "<0x0A>" tokens before plain ones of one byte */
    enum tern_status (*load)(const struct tern_gguf *g, struct tern_tokenizer *t, struct tern_error *e);
    void (*unload)(struct tern_tokenizer *t);
    enum tern_status (*encode)(const struct tern_tokenizer *t, const char *text, size_t bytes,
                               struct tern_ids *ids, struct tern_error *e);
};

extern const struct tern_tokenizer_kind tern_tokenizer_bpe, tern_tokenizer_spm;

struct tern_tokenizer {
    const struct tern_tokenizer_kind *kind; /* NULL: plain bytes */
    struct tern_vocabulary vocabulary;
    struct tern_specials always, with_hidden;
    int space_prefix; /* a space goes before the text and before what follows a special token */
    void *own;        /* the kind's tables */
};

#endif
