#include "models/tokenizer/vocabulary.h"

#include <stdlib.h>
#include <string.h>

/* The value of "<0x0A>", or -1. */
static int byte_of(struct tern_gguf_string s) {
    static const char digits[] = "0123456789ABCDEF";
    if (s.bytes != 6 || memcmp(s.data, "<0x", 3) || s.data[5] != '>') return -1;
    const char *high = memchr(digits, s.data[3], 16), *low = memchr(digits, s.data[4], 16);
    return high && low ? (int)((high - digits) * 16 + (low - digits)) : -1;
}

static enum tern_status load_kinds(const struct tern_gguf *g, struct tern_vocabulary *v,
                                   struct tern_error *e) {
    const char *key = "tokenizer.ggml.token_type", *path = tern_gguf_path(g);
    for (size_t i = 0; i < v->count; i++) v->token[i].kind = TERN_TOKEN_NORMAL;
    if (!tern_gguf_find(g, key)) return TERN_OK;
    int64_t *kind = NULL;
    size_t n = 0;
    if (!tern_gguf_ints(g, key, &kind, &n))
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: not an array of whole numbers", path, key);
    enum tern_status s = TERN_OK;
    if (n != v->count)
        s = tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: %zu entries for %zu tokens", path, key, n,
                      v->count);
    for (size_t i = 0; i < n && !s; i++) {
        if (kind[i] < 0 || kind[i] > TERN_TOKEN_BYTE)
            s = tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s[%zu]: %lld is not a token type", path, key, i,
                          (long long)kind[i]);
        else if (kind[i])
            v->token[i].kind = (uint8_t)kind[i]; /* 0, "undefined", is read as normal */
    }
    free(kind);
    return s;
}

static enum tern_status load_flags(const struct tern_gguf *g, struct tern_vocabulary *v,
                                   struct tern_error *e) {
    int64_t *pair = NULL;
    size_t n = 0;
    enum tern_status s = TERN_OK;
    if (!tern_gguf_find(g, TERN_KEY_ADDED)) return TERN_OK;
    int good = tern_gguf_ints(g, TERN_KEY_ADDED, &pair, &n) && n % 2 == 0;
    for (size_t i = 0; i < n && good; i += 2) {
        good =
            pair[i] >= 0 && (uint64_t)pair[i] < v->count && pair[i + 1] >= 0 && pair[i + 1] <= TERN_ADDED_ALL;
        if (good) v->token[pair[i]].flags = (uint8_t)pair[i + 1];
    }
    if (!good)
        s = tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: " TERN_KEY_ADDED ": not pairs of token and flags",
                      tern_gguf_path(g));
    free(pair);
    return s;
}

/* Copies the texts into the arena, spelled out where they stand for other bytes. */
static enum tern_status load_bytes(const struct tern_gguf *g, const struct tern_gguf_string *text,
                                   tern_spelling spelling, struct tern_vocabulary *v, struct tern_error *e) {
    size_t total = 1;
    for (size_t i = 0; i < v->count; i++) {
        if (text[i].bytes > INT32_MAX)
            return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: tokenizer.ggml.tokens[%zu]: %zu bytes long",
                             tern_gguf_path(g), i, text[i].bytes);
        total += text[i].bytes;
    }
    char *p = v->arena = malloc(total);
    if (!p) return tern_fail(e, TERN_NO_MEMORY, "tokenizer: %s: out of memory", tern_gguf_path(g));
    for (size_t i = 0; i < v->count; i++) {
        struct tern_token *t = &v->token[i];
        const int plain = t->kind == TERN_TOKEN_NORMAL || t->kind == TERN_TOKEN_UNUSED;
        const int byte = t->kind == TERN_TOKEN_BYTE ? byte_of(text[i]) : -1;
        size_t n = plain ? spelling(text[i].data, text[i].bytes, p) : SIZE_MAX;
        if (byte >= 0) {
            *p = (char)byte;
            n = 1;
        } else if (n == SIZE_MAX) {
            n = text[i].bytes;
            if (n) memcpy(p, text[i].data, n);
        }
        t->bytes = p;
        t->count = (uint32_t)n;
        p += n;
    }
    return TERN_OK;
}

static enum tern_status index_tokens(struct tern_vocabulary *v, int bytes_first, struct tern_error *e) {
    int32_t from_plain[256], from_byte[256];
    memset(from_plain, -1, sizeof from_plain);
    memset(from_byte, -1, sizeof from_byte);
    if (tern_strmap_init(&v->plain, v->count))
        return tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory");
    for (size_t i = 0; i < v->count; i++) {
        const struct tern_token *t = &v->token[i];
        if (t->count == 0) continue;
        if (t->kind == TERN_TOKEN_NORMAL || t->kind == TERN_TOKEN_UNUSED) {
            const int fresh = tern_strmap_put(&v->plain, t->bytes, t->count, (int32_t)i);
            if (fresh && t->count == 1) from_plain[(uint8_t)*t->bytes] = (int32_t)i;
        } else if (t->kind == TERN_TOKEN_BYTE && t->count == 1 && from_byte[(uint8_t)*t->bytes] < 0) {
            from_byte[(uint8_t)*t->bytes] = (int32_t)i;
        }
    }
    for (size_t b = 0; b < 256; b++) {
        const int32_t first = bytes_first ? from_byte[b] : from_plain[b];
        v->byte_token[b] = first >= 0 ? first : bytes_first ? from_plain[b] : from_byte[b];
    }
    return TERN_OK;
}

enum tern_status tern_vocabulary_load(const struct tern_gguf *g, tern_spelling spelling, int bytes_first,
                                      struct tern_vocabulary *out, struct tern_error *e) {
    const char *key = "tokenizer.ggml.tokens", *path = tern_gguf_path(g);
    *out = (struct tern_vocabulary){.unknown = -1};
    if (!tern_gguf_find(g, key)) return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: missing", path, key);
    struct tern_gguf_string *text = NULL;
    enum tern_status s = TERN_OK;
    if (!tern_gguf_strings(g, key, &text, &out->count))
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: not an array of strings", path, key);
    if (out->count == 0 || out->count > INT32_MAX) {
        s = tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: %zu tokens", path, key, out->count);
        goto done;
    }
    out->token = calloc(out->count, sizeof *out->token);
    if (!out->token) s = tern_fail(e, TERN_NO_MEMORY, "tokenizer: %s: out of memory", path);
    if (!s) s = load_kinds(g, out, e);
    if (!s) s = load_flags(g, out, e);
    if (!s) s = load_bytes(g, text, spelling, out, e);
    if (!s) s = index_tokens(out, bytes_first, e);
    uint64_t unknown;
    if (!s && tern_gguf_u64(g, "tokenizer.ggml.unknown_token_id", &unknown) && unknown < out->count)
        out->unknown = (int32_t)unknown;
done:
    free(text);
    if (s) tern_vocabulary_free(out);
    return s;
}

void tern_vocabulary_free(struct tern_vocabulary *v) {
    tern_strmap_free(&v->plain);
    free(v->token);
    free(v->arena);
    *v = (struct tern_vocabulary){.unknown = -1};
}
