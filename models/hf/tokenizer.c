/* tokenizer.json as the tokenizer keys of a GGUF file: the vocabulary. */
#define _GNU_SOURCE
#include "models/hf/internal.h"

#include "base/file.h"
#include "base/starved/starved.h"
#include "models/gguf/metadata.h"
#include "models/gguf/token_kind.h"
#include "models/hf/json.h"
#include "models/hf/split_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_TOKENIZER ((size_t)256 << 20)

static int is_byte(struct tern_gguf_string s) {
    return s.bytes == 6 && !memcmp(s.data, "<0x", 3) && s.data[5] == '>';
}

/* Puts a token at its id; `kind` 0: by its text. */
static enum tern_status place(struct tern_hf_tokens *t, const char *text, size_t bytes, const json_t *id,
                              int32_t kind) {
    const json_int_t at = json_integer_value(id);
    if (!json_is_integer(id) || at < 0 || (uint64_t)at >= t->c->vocab)
        return tern_hf_bad_token(t, text, "its id is not a row of the embedding");
    struct tern_gguf_string *slot = &t->text[at];
    if (slot->data && (slot->bytes != bytes || memcmp(slot->data, text, bytes) != 0))
        return tern_hf_bad_token(t, text, "another token has the same id");
    *slot = (struct tern_gguf_string){text, bytes};
    t->kind[at] = kind ? kind : t->spm && is_byte(*slot) ? TERN_TOKEN_BYTE : TERN_TOKEN_NORMAL;
    if ((size_t)at >= t->count) t->count = (size_t)at + 1;
    return TERN_OK;
}

static enum tern_status take_tokens(struct tern_hf_tokens *t) {
    const json_t *vocab = json_object_get(t->model, "vocab"),
                 *added = json_object_get(t->root, "added_tokens");
    const char *unknown = json_string_value(json_object_get(t->model, "unk_token")), *text;
    json_t *id;
    size_t i;
    enum tern_status s = TERN_OK;
    if (!json_is_object(vocab)) return tern_hf_bad_token(t, "model.vocab", "missing, or not an object");
    t->text = calloc((size_t)t->c->vocab, sizeof *t->text);
    t->kind = calloc((size_t)t->c->vocab, sizeof *t->kind);
    t->filler = calloc((size_t)t->c->vocab, sizeof *t->filler);
    if (!t->text || !t->kind || !t->filler) return tern_hf_stored(t, TERN_NO_MEMORY);
    void *at = json_object_iter((json_t *)(uintptr_t)vocab);
    for (; !s && at; at = json_object_iter_next((json_t *)(uintptr_t)vocab, at)) {
        text = json_object_iter_key(at);
        s = place(t, text, strlen(text), json_object_iter_value(at),
                  unknown && !strcmp(text, unknown) ? TERN_TOKEN_UNKNOWN : 0);
    }
    json_array_foreach(added, i, id) {
        const json_t *content = json_object_get(id, "content");
        const int hidden = json_is_true(json_object_get(id, "special"));
        if (s) break;
        if (!json_is_string(content)) return tern_hf_bad_token(t, "added_tokens", "an entry has no content");
        text = json_string_value(content);
        const int is_unknown = unknown && !strcmp(text, unknown);
        s = place(t, text, json_string_length(content), json_object_get(id, "id"),
                  is_unknown ? TERN_TOKEN_UNKNOWN
                  : hidden   ? TERN_TOKEN_CONTROL
                             : TERN_TOKEN_USER);
    }
    for (i = 0; !s && i < t->count; i++) {
        if (t->text[i].data) continue;
        t->text[i] = (struct tern_gguf_string){
            t->filler[i], (size_t)snprintf(t->filler[i], sizeof *t->filler, "[PAD%zu]", i)};
        t->kind[i] = TERN_TOKEN_UNUSED;
    }
    return s;
}

/* "left right", or ["left", "right"] in newer files; heap. NULL when it is neither, or without memory. */
static char *merge_text(const json_t *m, size_t *bytes) {
    const json_t *a = json_array_get(m, 0), *b = json_array_get(m, 1);
    const size_t left = json_string_length(a), right = json_string_length(b);
    char *out = NULL;
    if (json_is_string(m)) {
        *bytes = json_string_length(m);
        if ((out = malloc(*bytes + 1)))
            memcpy(out, json_string_value(m), *bytes + 1);
        else
            tern_starve();
    } else if (json_array_size(m) == 2 && json_is_string(a) && json_is_string(b)) {
        *bytes = left + 1 + right;
        if (!(out = malloc(*bytes + 1))) return tern_starve(), NULL;
        memcpy(out, json_string_value(a), left);
        out[left] = ' ';
        memcpy(out + left + 1, json_string_value(b), right + 1);
    }
    return out;
}

/* SentencePiece asks for scores: a token's is the rank of the first merge that makes it, best first. */
static enum tern_status put_scores(struct tern_hf_tokens *t, const struct tern_gguf_string *merge,
                                   size_t merges) {
    const json_t *vocab = json_object_get(t->model, "vocab");
    enum tern_status s = TERN_OK;
    int32_t *score = calloc(t->count + 1, sizeof *score);
    char *whole = NULL;
    for (size_t i = 0; !s && score && i < merges; i++) {
        const char *space = memchr(merge[i].data, ' ', merge[i].bytes);
        char *grown = space ? realloc(whole, merge[i].bytes + 1) : NULL;
        if (!grown) {
            s = space ? tern_hf_stored(t, TERN_NO_MEMORY)
                      : tern_hf_bad_token(t, "model.merges", "not two symbols with a space between");
            break;
        }
        whole = grown;
        const size_t left = (size_t)(space - merge[i].data);
        memcpy(whole, merge[i].data, left);
        memcpy(whole + left, space + 1, merge[i].bytes - left - 1);
        whole[merge[i].bytes - 1] = 0;
        const json_t *id = json_object_get(vocab, whole);
        if (!id) s = tern_hf_bad_token(t, "model.merges", "a merge makes no token");
        if (id && !score[json_integer_value(id)]) score[json_integer_value(id)] = -(int32_t)i - 1;
    }
    if (!score) s = TERN_NO_MEMORY;
    if (!s) s = tern_hf_stored(t, tern_gguf_put_i32s(t->w, "tokenizer.ggml.scores", score, t->count));
    free(whole);
    free(score);
    return s;
}

static enum tern_status put_merges(struct tern_hf_tokens *t) {
    const json_t *list = json_object_get(t->model, "merges");
    const size_t count = json_array_size(list);
    struct tern_gguf_string *text = calloc(count + 1, sizeof *text);
    enum tern_status s = text ? TERN_OK : tern_hf_stored(t, TERN_NO_MEMORY);
    if (!s && !json_is_array(list)) s = tern_hf_bad_token(t, "model.merges", "missing, or not a list");
    if (!s && count > INT32_MAX - 1) s = tern_hf_bad_token(t, "model.merges", "too many");
    for (size_t i = 0; !s && i < count; i++)
        if (!(text[i].data = merge_text(json_array_get(list, i), &text[i].bytes)))
            s = tern_hf_bad_token(t, "model.merges", "an entry is no pair of symbols");
    if (!s)
        s = t->spm ? put_scores(t, text, count)
                   : tern_hf_stored(t, tern_gguf_put_strings(t->w, "tokenizer.ggml.merges", text, count));
    for (size_t i = 0; text && i < count; i++) free((char *)(uintptr_t)text[i].data);
    free(text);
    return s;
}

/* Pairs of id and flags of the tokens that have any. */
static enum tern_status put_added(struct tern_hf_tokens *t) {
    static const struct {
        const char *key;
        int32_t flag;
    } flags[] = {{"lstrip", TERN_ADDED_LSTRIP},
                 {"rstrip", TERN_ADDED_RSTRIP},
                 {"single_word", TERN_ADDED_SINGLE},
                 {"normalized", TERN_ADDED_NORMALIZED}};
    const json_t *added = json_object_get(t->root, "added_tokens"), *one;
    int32_t *pair = calloc(2 * json_array_size(added) + 1, sizeof *pair);
    size_t i, n = 0;
    if (!pair) return tern_hf_stored(t, TERN_NO_MEMORY);
    json_array_foreach(added, i, one) {
        pair[n + 1] = 0;
        for (size_t f = 0; f < sizeof flags / sizeof *flags; f++)
            if (json_is_true(json_object_get(one, flags[f].key))) pair[n + 1] |= flags[f].flag;
        if (!pair[n + 1]) continue;
        pair[n] = (int32_t)json_integer_value(json_object_get(one, "id"));
        n += 2;
    }
    const enum tern_status s = n ? tern_gguf_put_i32s(t->w, TERN_KEY_ADDED, pair, n) : TERN_OK;
    free(pair);
    return tern_hf_stored(t, s);
}

static enum tern_status put_tokens(struct tern_hf_tokens *t) {
    const char *type = json_string_value(json_object_get(t->model, "type"));
    if (type && strcmp(type, "BPE") != 0)
        return tern_fail(t->e, TERN_UNSUPPORTED, "tokenizer: %s: model.type: only BPE is known", t->path);
    t->spm = json_is_true(json_object_get(t->model, "byte_fallback"));
    enum tern_status s = take_tokens(t);
    if (s) return s;
    s = tern_hf_stored(t, tern_gguf_put_text(t->w, "tokenizer.ggml.model", t->spm ? "llama" : "gpt2"));
    if (!s)
        s = tern_hf_stored(
            t, tern_gguf_put_text(t->w, "tokenizer.ggml.pre",
                                  t->spm ? "default"
                                         : tern_hf_split_rule(json_object_get(t->root, "pre_tokenizer"))));
    if (!s) s = tern_hf_stored(t, tern_gguf_put_strings(t->w, "tokenizer.ggml.tokens", t->text, t->count));
    if (!s) s = tern_hf_stored(t, tern_gguf_put_i32s(t->w, "tokenizer.ggml.token_type", t->kind, t->count));
    if (!s) s = put_merges(t);
    if (!s) s = tern_hf_put_normalizer(t);
    if (!s) s = put_added(t);
    const json_t *whole = json_object_get(t->model, "ignore_merges");
    if (!s && !t->spm && json_is_boolean(whole))
        s = tern_hf_stored(t, tern_gguf_put_bool(t->w, TERN_KEY_WHOLE_WORDS, json_is_true(whole)));
    for (size_t i = 0; !s && i < t->count; i++)
        if (t->kind[i] == TERN_TOKEN_UNKNOWN)
            return tern_hf_stored(t, tern_gguf_put_u32(t->w, "tokenizer.ggml.unknown_token_id", (uint32_t)i));
    return s;
}

static enum tern_status read_if_there(const char *folder, const char *name, char **path, json_t **out,
                                      struct tern_error *e) {
    *path = tern_format_text("%s/%s", folder, name);
    if (!*path) return tern_fail(e, TERN_NO_MEMORY, "tokenizer: %s: out of memory", folder);
    return access(*path, F_OK) ? TERN_OK : tern_json_read("tokenizer", *path, MAX_TOKENIZER, out, e);
}

enum tern_status tern_hf_put_tokenizer(const struct tern_hf_config *c, struct tern_gguf_writer *w,
                                       struct tern_error *e) {
    json_t *root = NULL, *config = NULL;
    char *path = NULL, *config_path = NULL;
    enum tern_status s = read_if_there(c->folder, "tokenizer.json", &path, &root, e);
    if (!s && root) s = read_if_there(c->folder, "tokenizer_config.json", &config_path, &config, e);
    if (!s && root) s = tern_hf_check_keys(c, TERN_KEYS_TOKENIZER, path, root, e);
    if (!s && config) s = tern_hf_check_keys(c, TERN_KEYS_TOKENIZER_CONFIG, config_path, config, e);
    if (!s && root) {
        struct tern_hf_tokens t = {
            .c = c, .w = w, .path = path, .root = root, .model = json_object_get(root, "model"), .e = e};
        s = put_tokens(&t);
        if (!s) s = tern_hf_put_around(&t, config);
        if (!s) s = tern_hf_put_manners(&t, config, config_path);
        free(t.text);
        free(t.kind);
        free(t.filler);
    }
    json_decref(config);
    json_decref(root);
    free(config_path);
    free(path);
    return s;
}
