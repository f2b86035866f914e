/* What all readers of tokenizer.json say and ask: errors that name the file, and the id of a text. */
#include "models/hf/internal.h"

#include "models/gguf/metadata.h"

#include <string.h>

enum tern_status tern_hf_bad_token(const struct tern_hf_tokens *t, const char *key, const char *why) {
    char shown[80];
    tern_gguf_printable((struct tern_gguf_string){key, strlen(key)}, shown, sizeof shown);
    return tern_fail(t->e, TERN_BAD_INPUT, "tokenizer: %s: %s: %s", t->path, shown, why);
}

enum tern_status tern_hf_refuse(const struct tern_hf_tokens *t, const char *key, const char *value) {
    char shown[80];
    tern_gguf_printable((struct tern_gguf_string){value, strlen(value)}, shown, sizeof shown);
    return tern_fail(t->e, TERN_UNSUPPORTED, "tokenizer: %s: %s: '%s' is not built in", t->path, key, shown);
}

enum tern_status tern_hf_stored(const struct tern_hf_tokens *t, enum tern_status s) {
    return s ? tern_fail(t->e, s, "tokenizer: %s: out of memory", t->path) : TERN_OK;
}

int32_t tern_hf_token_id(const struct tern_hf_tokens *t, const char *text) {
    const size_t n = strlen(text);
    for (size_t i = 0; i < t->count; i++)
        if (t->text[i].bytes == n && !memcmp(t->text[i].data, text, n)) return (int32_t)i;
    return -1;
}
