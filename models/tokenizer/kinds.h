/* What the kinds of tokenizer share. Only files of models/tokenizer/ include it. */
#ifndef TERN_MODELS_TOKENIZER_KINDS_H
#define TERN_MODELS_TOKENIZER_KINDS_H

#include "models/gguf/gguf.h"
#include "models/tokenizer/around.h"
#include "models/tokenizer/ids.h"
#include "models/tokenizer/specials.h"
#include "models/tokenizer/text/normalize.h"
#include "models/tokenizer/vocabulary.h"

struct tern_tokenizer;

/* One kind: how it is built from metadata, and how it encodes a stretch of text without specials. */
struct tern_tokenizer_kind {
    const char *name;       /* tokenizer.ggml.model */
    tern_spelling spelling; /* of plain tokens */
    int bytes_first;        /* "<0x0A>" tokens before plain ones of one byte */
    int space_prefix;       /* without the key, a text gets a space before it */
    enum tern_status (*load)(const struct tern_gguf *g, struct tern_tokenizer *t, struct tern_error *e);
    void (*unload)(struct tern_tokenizer *t);
    enum tern_status (*encode)(const struct tern_tokenizer *t, const char *text, size_t bytes,
                               struct tern_ids *ids, struct tern_error *e);
};

/* Whether a space goes before a stretch of text that is encoded. */
struct tern_prefix {
    int each;         /* before the text and before what follows a special token */
    int first_only;   /* ... before the text only */
    int unless_space; /* ... unless a space is there */
    int dropped;      /* decoding takes it away again */
};
extern const struct tern_tokenizer_kind tern_tokenizer_bpe, tern_tokenizer_spm;

struct tern_tokenizer {
    const struct tern_tokenizer_kind *kind; /* NULL: plain bytes */
    struct tern_vocabulary vocabulary;
    struct tern_normalizer *normalizer; /* NULL: none */
    /* What is looked for before the normalizer, and after it; [1] with control and unknown tokens. Without a
     * normalizer `later` is empty. */
    struct tern_specials marks[2], later[2];
    struct tern_prefix prefix;
    struct tern_around around;
    void *own; /* the kind's tables */
};

#endif
