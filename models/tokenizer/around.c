#include "models/tokenizer/around.h"

#include "models/gguf/metadata.h"
#include "models/tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

static int is(const struct tern_gguf *g, const char *key, const char *word) {
    struct tern_gguf_string text;
    return tern_gguf_text(g, key, &text) && text.bytes == strlen(word) &&
           !memcmp(text.data, word, text.bytes);
}

/* Without the key: SentencePiece and Llama 3 vocabularies begin with BOS, other byte-level ones do not. */
int tern_adds_bos(const struct tern_gguf *g) {
    int adds;
    uint64_t bos;
    if (tern_gguf_bool(g, "tokenizer.ggml.add_bos_token", &adds)) return adds;
    return tern_gguf_u64(g, "tokenizer.ggml.bos_token_id", &bos) &&
           (is(g, "tokenizer.ggml.model", "llama") || is(g, "tokenizer.ggml.pre", "llama-bpe"));
}

static enum tern_status bad(const struct tern_gguf *g, const char *key, struct tern_error *e) {
    return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: not a token of this vocabulary",
                     tern_gguf_path(g), key);
}

/* The list of a key; without one, the token of another key if `adds`. */
static enum tern_status take(const struct tern_gguf *g, size_t tokens, const char *list, const char *one,
                             int adds, int32_t **out, size_t *count, struct tern_error *e) {
    int64_t *id = NULL;
    uint64_t only = 0;
    const char *key = list;
    if (tern_gguf_find(g, list)) {
        if (!tern_gguf_ints(g, list, &id, count)) return bad(g, list, e);
    } else if (adds && tern_gguf_find(g, one)) {
        key = one;
        if (!tern_gguf_u64(g, one, &only) || only >= tokens) return bad(g, one, e);
        if ((id = malloc(sizeof *id))) *id = (int64_t)only, *count = 1;
    } else {
        return TERN_OK;
    }
    enum tern_status s = TERN_OK;
    *out = malloc((*count + 1) * sizeof **out);
    if (!*out || !id) s = tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory");
    for (size_t i = 0; i < *count && !s; i++) {
        if (id[i] < 0 || (uint64_t)id[i] >= tokens) s = bad(g, key, e);
        (*out)[i] = (int32_t)id[i];
    }
    free(id);
    return s;
}

enum tern_status tern_around_load(const struct tern_gguf *g, size_t tokens, struct tern_around *out,
                                  struct tern_error *e) {
    int adds_eos = 0;
    tern_gguf_bool(g, "tokenizer.ggml.add_eos_token", &adds_eos);
    *out = (struct tern_around){0};
    enum tern_status s = take(g, tokens, TERN_KEY_BEFORE, "tokenizer.ggml.bos_token_id", tern_adds_bos(g),
                              &out->before, &out->n_before, e);
    if (!s)
        s = take(g, tokens, TERN_KEY_AFTER, "tokenizer.ggml.eos_token_id", adds_eos, &out->after,
                 &out->n_after, e);
    return s;
}

void tern_around_free(struct tern_around *a) {
    free(a->before);
    free(a->after);
    *a = (struct tern_around){0};
}
