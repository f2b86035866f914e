/* The "normalizer" of a tokenizer.json as steps (models/tokenizer/text/normalize.h), and the space that normalizer or
 * pre-tokenizer puts before a text. */
#define _GNU_SOURCE
#include "models/hf/internal.h"

#include "models/gguf/metadata.h"

#include <stdlib.h>
#include <string.h>

static const char visible_space[] = "\xe2\x96\x81";

struct steps {
    struct tern_hf_tokens *t;
    json_t *word; /* of TERN_KEY_NORMALIZER */
    int prefix, first_only, unless_space;
};

static enum tern_status add(struct steps *s, const char *word) {
    return tern_hf_stored(s->t, json_array_append_new(s->word, json_string(word)) ? TERN_NO_MEMORY : TERN_OK);
}

/* A text of a step. In a SentencePiece vocabulary the visible space is a space. */
static enum tern_status add_text(struct steps *s, const char *text) {
    char *plain = strdup(text);
    if (!plain) return tern_hf_stored(s->t, TERN_NO_MEMORY);
    for (char *at = plain; s->t->spm && (at = strstr(at, visible_space)); at++) {
        *at = ' ';
        memmove(at + 1, at + 3, strlen(at + 3) + 1);
    }
    const enum tern_status status = add(s, plain);
    free(plain);
    return status;
}

static enum tern_status take_replace(struct steps *s, const json_t *one) {
    const char *from = json_string_value(json_object_get(json_object_get(one, "pattern"), "String")),
               *to = json_string_value(json_object_get(one, "content"));
    if (!from || !to || !*from) return tern_hf_refuse(s->t, "normalizer.pattern", "Regex");
    if (s->t->spm && !strcmp(from, " ") && !strcmp(to, visible_space)) return TERN_OK;
    enum tern_status status = add(s, "replace");
    if (!status) status = add_text(s, from);
    return status ? status : add_text(s, to);
}

static enum tern_status take_prepend(struct steps *s, const json_t *one) {
    const char *text = json_string_value(json_object_get(one, "prepend"));
    if (!text) return tern_hf_bad_token(s->t, "normalizer.prepend", "missing, or not a text");
    if (s->t->spm && !strcmp(text, visible_space)) return s->prefix = 1, TERN_OK;
    const enum tern_status status = add(s, "prepend");
    return status ? status : add_text(s, text);
}

static enum tern_status take_step(struct steps *s, const json_t *one) {
    static const char *const plain[][2] = {
        {"NFC", "nfc"}, {"NFD", "nfd"}, {"NFKC", "nfkc"}, {"NFKD", "nfkd"}, {"Lowercase", "lowercase"}};
    const char *type = json_string_value(json_object_get(one, "type"));
    enum tern_status status = TERN_OK;
    if (!one || json_is_null(one)) return TERN_OK;
    if (!type) return tern_hf_bad_token(s->t, "normalizer.type", "missing, or not a text");
    if (!strcmp(type, "Sequence")) {
        const json_t *list = json_object_get(one, "normalizers");
        for (size_t i = 0; !status && i < json_array_size(list); i++)
            status = take_step(s, json_array_get(list, i));
        return status;
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!strcmp(type, plain[i][0])) return add(s, plain[i][1]);
    if (!strcmp(type, "Replace")) return take_replace(s, one);
    if (!strcmp(type, "Prepend")) return take_prepend(s, one);
    if (strcmp(type, "Strip") != 0) return tern_hf_refuse(s->t, "normalizer.type", type);
    if (!json_is_false(json_object_get(one, "strip_left"))) status = add(s, "strip-left");
    if (!status && !json_is_false(json_object_get(one, "strip_right"))) status = add(s, "strip-right");
    return status;
}

/* The pre-tokenizer of a SentencePiece vocabulary: none, or Metaspace that does not split. */
static enum tern_status take_metaspace(struct steps *s, const json_t *one) {
    const char *type = json_string_value(json_object_get(one, "type")),
               *scheme = json_string_value(json_object_get(one, "prepend_scheme")),
               *space = json_string_value(json_object_get(one, "replacement"));
    const json_t *list = json_object_get(one, "pretokenizers");
    if (!one || json_is_null(one)) return TERN_OK;
    if (!type) return tern_hf_bad_token(s->t, "pre_tokenizer.type", "missing, or not a text");
    if (!strcmp(type, "Sequence") && json_array_size(list) == 1)
        return take_metaspace(s, json_array_get(list, 0));
    if (strcmp(type, "Metaspace") != 0) return tern_hf_refuse(s->t, "pre_tokenizer.type", type);
    if (space && strcmp(space, visible_space) != 0)
        return tern_hf_refuse(s->t, "pre_tokenizer.replacement", space);
    if (!json_is_false(json_object_get(one, "split")))
        return tern_hf_refuse(s->t, "pre_tokenizer.split", "true");
    if (scheme && strcmp(scheme, "always") != 0 && strcmp(scheme, "first") != 0 &&
        strcmp(scheme, "never") != 0)
        return tern_hf_refuse(s->t, "pre_tokenizer.prepend_scheme", scheme);
    const int prefix =
        scheme ? strcmp(scheme, "never") != 0 : !json_is_false(json_object_get(one, "add_prefix_space"));
    if (!prefix) return TERN_OK;
    s->prefix = 1;
    s->first_only = scheme && !strcmp(scheme, "first");
    s->unless_space = 1;
    return TERN_OK;
}

/* Byte-level BPE puts a space before a text. Behind another splitter it would go before each word. */
static enum tern_status take_byte_level(struct steps *s, const json_t *one) {
    const json_t *list = json_object_get(one, "pretokenizers"), *inner;
    size_t i;
    json_array_foreach(list, i, inner) if (
        json_is_true(json_object_get(
            inner, "add_prefix_space"))) return tern_hf_refuse(s->t, "pre_tokenizer.add_prefix_space",
                                                               "true, of words");
    s->prefix = json_is_true(json_object_get(one, "add_prefix_space"));
    return TERN_OK;
}

static enum tern_status put(const struct steps *s) {
    const size_t n = json_array_size(s->word);
    struct tern_gguf_string *word = malloc((n + 1) * sizeof *word);
    if (!word) return TERN_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(s->word, i);
        word[i] = (struct tern_gguf_string){json_string_value(one), json_string_length(one)};
    }
    struct tern_gguf_writer *w = s->t->w;
    enum tern_status status = n ? tern_gguf_put_strings(w, TERN_KEY_NORMALIZER, word, n) : TERN_OK;
    free(word);
    if (!status && (s->t->spm || s->prefix))
        status = tern_gguf_put_bool(w, "tokenizer.ggml.add_space_prefix", s->prefix);
    if (!status && s->first_only) status = tern_gguf_put_bool(w, TERN_KEY_PREFIX_FIRST, 1);
    if (!status && s->t->spm && s->unless_space) status = tern_gguf_put_bool(w, TERN_KEY_PREFIX_UNLESS, 1);
    return status;
}

enum tern_status tern_hf_put_normalizer(struct tern_hf_tokens *t) {
    struct steps s = {.t = t, .word = json_array()};
    const json_t *pre = json_object_get(t->root, "pre_tokenizer");
    enum tern_status status = tern_hf_stored(t, s.word ? TERN_OK : TERN_NO_MEMORY);
    if (!status) status = take_step(&s, json_object_get(t->root, "normalizer"));
    if (!status) status = t->spm ? take_metaspace(&s, pre) : take_byte_level(&s, pre);
    if (!status) status = tern_hf_stored(t, put(&s));
    json_decref(s.word);
    return status;
}
