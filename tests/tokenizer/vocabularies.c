#include "vocabularies.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *data_path(const char *name) {
    return tern_format_text("%s/tests/data/%s", TERN_SOURCE_ROOT, name);
}

char *shared_path(const char *name) {
    const char *root = getenv("TERN_SHARED");
    char *path = root ? tern_format_text("%s/%s", root, name)
                      : tern_format_text("%s/../shared/%s", TERN_SOURCE_ROOT, name);
    if (path && access(path, R_OK)) {
        free(path);
        path = NULL;
    }
    return path;
}

struct tern_tokenizer *tokenizer_of(const char *path) {
    struct tern_error e = {""};
    struct tern_gguf *g = NULL;
    struct tern_tokenizer *t = NULL;
    cr_assert(zero(int, tern_gguf_open(path, &g, &e)), "%s", e.text);
    cr_assert(zero(int, tern_tokenizer_from_gguf(g, &t, &e)), "%s", e.text);
    tern_gguf_close(g);
    return t;
}

static void put_strings(struct tern_gguf_writer *w, const char *key, const char *const *text, size_t count) {
    if (!count) return;
    struct tern_gguf_string *v = calloc(count, sizeof *v);
    for (size_t i = 0; i < count; i++) v[i] = (struct tern_gguf_string){text[i], strlen(text[i])};
    cr_assert(zero(int, tern_gguf_put_strings(w, key, v, count)));
    free(v);
}

static void write_small(const struct small *s, const char *path) {
    struct tern_error e = {""};
    struct tern_gguf_writer *w = NULL;
    cr_assert(zero(int, tern_gguf_create(path, &w, &e)), "%s", e.text);
    if (s->model) tern_gguf_put_text(w, "tokenizer.ggml.model", s->model);
    if (s->pre) tern_gguf_put_text(w, "tokenizer.ggml.pre", s->pre);
    put_strings(w, "tokenizer.ggml.tokens", s->tokens, s->n_tokens);
    put_strings(w, "tokenizer.ggml.merges", s->merges, s->n_merges);
    if (s->n_kinds) tern_gguf_put_i32s(w, "tokenizer.ggml.token_type", s->kinds, s->n_kinds);
    if (s->n_scores) {
        static const char key[] = "tokenizer.ggml.scores";
        const struct tern_gguf_value v = {.key = {key, sizeof key - 1},
                                          .type = TERN_GGUF_ARRAY,
                                          .item = TERN_GGUF_F32,
                                          .count = s->n_scores,
                                          .data = (const unsigned char *)s->scores};
        cr_assert(zero(int, tern_gguf_put_value(w, &v)));
    }
    if (s->no_space_prefix) tern_gguf_put_bool(w, "tokenizer.ggml.add_space_prefix", 0);
    if (s->unknown) tern_gguf_put_u32(w, "tokenizer.ggml.unknown_token_id", s->unknown);
    cr_assert(zero(int, tern_gguf_finish(w, &e)), "%s", e.text);
}

enum tern_status small_tokenizer(const struct small *s, struct tern_tokenizer **out, struct tern_error *e) {
    const char *folder = getenv("TMPDIR");
    char *path = tern_format_text("%s/tern-tokenizer-%ld.gguf", folder ? folder : "/tmp", (long)getpid());
    write_small(s, path);
    struct tern_gguf *g = NULL;
    cr_assert(zero(int, tern_gguf_open(path, &g, e)), "%s", e->text);
    const enum tern_status status = tern_tokenizer_from_gguf(g, out, e);
    tern_gguf_close(g);
    unlink(path);
    free(path);
    return status;
}

char *ids_of(const struct tern_tokenizer *t, const char *text, size_t bytes, int special) {
    struct tern_error e = {""};
    int32_t *ids = NULL;
    size_t count = 0;
    if (tern_tokenize(t, text, bytes, special, &ids, &count, &e)) return tern_format_text("[%s]", e.text);
    char *out = calloc(count + 2, 12);
    for (size_t i = 0, at = 0; i < count && out; i++)
        at += (size_t)snprintf(out + at, 13, i ? " %d" : "%d", (int)ids[i]);
    free(ids);
    return out;
}

int comes_back(const struct tern_tokenizer *t, const char *text, size_t bytes, int special) {
    struct tern_error e = {""};
    int32_t *ids = NULL;
    char *back = NULL;
    size_t count = 0, back_bytes = 0;
    const enum tern_status s = tern_tokenize(t, text, bytes, special, &ids, &count, &e);
    if (s == TERN_UNSUPPORTED) return -1;
    if (s || tern_detokenize(t, ids, count, special, &back, &back_bytes, &e)) cr_fatal("%s", e.text);
    const int same = back_bytes == bytes && !memcmp(back, text, bytes);
    free(ids);
    free(back);
    return same;
}
