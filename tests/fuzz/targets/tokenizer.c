/* Texts: whatever the bytes, what was tokenized comes back byte for byte, with both kinds of vocabulary. The
 * first byte chooses the vocabulary and whether control tokens are parsed. U+2581 is SentencePiece's space, and comes back
 * as one. */
#define _GNU_SOURCE
#include "../frame.h"

#include "models/gguf/gguf.h"
#include "models/tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

static struct tern_tokenizer *load(const char *path) {
    struct tern_gguf *g = NULL;
    struct tern_tokenizer *t = NULL;
    FUZZ_MUST(!tern_gguf_open(path, &g, NULL));
    FUZZ_MUST(!tern_tokenizer_from_gguf(g, &t, NULL));
    tern_gguf_close(g);
    return t;
}

void fuzz_on_tokenizer(const uint8_t *data, size_t bytes) {
    static struct tern_tokenizer *t[2];
    int32_t *ids = NULL;
    char *back = NULL;
    size_t count = 0, back_bytes = 0;
    struct tern_error e = {""};
    if (!t[0]) t[0] = load(TERN_SOURCE_ROOT "/tests/data/micro-bpe.vocab.gguf");
    if (!t[1]) t[1] = load(TERN_SOURCE_ROOT "/tests/data/micro-spm.vocab.gguf");
    if (!bytes) return;
    const struct tern_tokenizer *chosen = t[data[0] & 1];
    const int special = data[0] >> 1 & 1;
    FUZZ_MUST(!tern_tokenize(chosen, (const char *)data + 1, bytes - 1, special, &ids, &count, &e));
    FUZZ_MUST(!tern_detokenize(chosen, ids, count, special, &back, &back_bytes, &e));
    const int alike = !(data[0] & 1) || !memmem(data, bytes, "\xe2\x96\x81", 3);
    if (alike) FUZZ_MUST(back_bytes == bytes - 1 && (!back_bytes || !memcmp(back, data + 1, back_bytes)));
    free(back);
    free(ids);
}
