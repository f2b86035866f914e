/* Texts: whatever the bytes, what was tokenized comes back byte for byte, with both kinds of vocabulary. The
 * first byte chooses the vocabulary and whether control tokens are parsed. */
#include "support.h"

#include "models/gguf/gguf.h"
#include "models/tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

static struct tern_tokenizer *load(const char *path) {
    struct tern_gguf *g = NULL;
    struct tern_tokenizer *t = NULL;
    if (tern_gguf_open(path, &g, NULL) || tern_tokenizer_from_gguf(g, &t, NULL)) abort();
    tern_gguf_close(g);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
    static struct tern_tokenizer *t[2];
    int32_t *ids = NULL;
    char *back = NULL;
    size_t count = 0, back_bytes = 0;
    struct tern_error e = {""};
    if (!t[0]) t[0] = load(TERN_SOURCE_ROOT "/tests/data/micro-bpe.vocab.gguf");
    if (!t[1]) t[1] = load(TERN_SOURCE_ROOT "/tests/data/micro-spm.vocab.gguf");
    if (!bytes) return 0;
    const struct tern_tokenizer *chosen = t[data[0] & 1];
    const int special = data[0] >> 1 & 1;
    if (tern_tokenize(chosen, (const char *)data + 1, bytes - 1, special, &ids, &count, &e)) abort();
    if (tern_detokenize(chosen, ids, count, special, &back, &back_bytes, &e)) abort();
    if (back_bytes != bytes - 1 || (back_bytes && memcmp(back, data + 1, back_bytes) != 0)) abort();
    free(back);
    free(ids);
    return 0;
}
