#include "models/tokenizer/tokenizer.h"

#include "base/starved/starved.h"
#include "models/keys/keys.h"
#include "models/tokenizer/kinds.h"

#include <stdlib.h>
#include <string.h>

static enum tern_status no_memory(struct tern_error *e) {
    return tern_fail(e, TERN_NO_MEMORY, "tokenizer: out of memory");
}

static enum tern_status kind_of(const struct tern_gguf *g, const struct tern_tokenizer_kind **out,
                                struct tern_error *e) {
    static const struct tern_tokenizer_kind *const kinds[] = {&tern_tokenizer_bpe, &tern_tokenizer_spm};
    const char *key = "tokenizer.ggml.model", *path = tern_gguf_path(g);
    struct tern_gguf_string name;
    char shown[48];
    if (!tern_gguf_text(g, key, &name))
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: missing, or not a text", path, key);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        *out = kinds[i];
        if (strlen(kinds[i]->name) == name.bytes && !memcmp(kinds[i]->name, name.data, name.bytes))
            return TERN_OK;
    }
    return tern_fail(e, TERN_UNSUPPORTED, "tokenizer: %s: %s: '%s' is not built in; known are gpt2 and llama",
                     path, key, tern_gguf_printable(name, shown, sizeof shown));
}

static enum tern_status load_marks(struct tern_tokenizer *t, struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (int hidden = 0; hidden < 2 && !s; hidden++) {
        const int raw = t->normalizer ? TERN_SPECIALS_RAW : 0;
        s = tern_specials_init(&t->marks[hidden], &t->vocabulary, hidden | raw, NULL, e);
        if (!s && t->normalizer)
            s = tern_specials_init(&t->later[hidden], &t->vocabulary, hidden | TERN_SPECIALS_NORMALIZED,
                                   t->normalizer, e);
    }
    return s;
}

static enum tern_status load_prefix(const struct tern_gguf *g, struct tern_tokenizer *t,
                                    struct tern_error *e) {
    const struct {
        const char *key;
        int *flag;
    } keys[] = {{"tokenizer.ggml.add_space_prefix", &t->prefix.each},
                {TERN_KEY_PREFIX_FIRST, &t->prefix.first_only},
                {TERN_KEY_PREFIX_UNLESS, &t->prefix.unless_space}};
    t->prefix = (struct tern_prefix){.each = t->kind->space_prefix,
                                     .unless_space = !t->kind->space_prefix,
                                     .dropped = t->kind->space_prefix};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (tern_gguf_find(g, keys[i].key) && !tern_gguf_bool(g, keys[i].key, keys[i].flag))
            return tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %s: not true or false", tern_gguf_path(g),
                             keys[i].key);
    return TERN_OK;
}

enum tern_status tern_tokenizer_from_gguf(const struct tern_gguf *g, struct tern_tokenizer **out,
                                          struct tern_error *e) {
    *out = NULL;
    const struct tern_tokenizer_kind *kind = NULL;
    enum tern_status s = kind_of(g, &kind, e);
    if (!s) s = tern_gguf_check_keys(g, "tokenizer.", e);
    if (s) return s;
    struct tern_tokenizer *t = calloc(1, sizeof *t);
    if (!t) return no_memory(e);
    t->kind = kind;
    s = tern_vocabulary_load(g, kind->spelling, kind->bytes_first, &t->vocabulary, e);
    if (!s) s = tern_normalizer_load(g, &t->normalizer, e);
    if (!s) s = load_marks(t, e);
    if (!s) s = load_prefix(g, t, e);
    if (!s) s = tern_around_load(g, t->vocabulary.count, &t->around, e);
    if (!s) s = kind->load(g, t, e);
    if (s) {
        tern_tokenizer_free(t);
        return s;
    }
    *out = t;
    return TERN_OK;
}

/* A vocabulary of the 256 bytes. */
static enum tern_status plain_bytes(struct tern_tokenizer **out, struct tern_error *e) {
    struct tern_tokenizer *t = calloc(1, sizeof *t);
    *out = t;
    if (!t) return no_memory(e);
    t->vocabulary.unknown = -1;
    t->vocabulary.arena = malloc(256);
    t->vocabulary.token = calloc(256, sizeof *t->vocabulary.token);
    if (!t->vocabulary.arena || !t->vocabulary.token) {
        tern_tokenizer_free(t);
        *out = NULL;
        return no_memory(e);
    }
    t->vocabulary.count = 256;
    for (int b = 0; b < 256; b++) {
        t->vocabulary.arena[b] = (char)b;
        t->vocabulary.token[b] = (struct tern_token){t->vocabulary.arena + b, 1, TERN_TOKEN_BYTE, 0};
        t->vocabulary.byte_token[b] = b;
    }
    return TERN_OK;
}

enum tern_status tern_tokenizer_new(const struct tern_model *m, struct tern_tokenizer **out,
                                    struct tern_error *e) {
    *out = NULL;
    enum tern_status s = m->file ? tern_tokenizer_from_gguf(m->file, out, e) : plain_bytes(out, e);
    if (!s && (*out)->vocabulary.count > m->hp.vocab)
        s = tern_fail(e, TERN_BAD_INPUT, "tokenizer: %s: %zu tokens, but the embedding has %u rows",
                      m->source, (*out)->vocabulary.count, m->hp.vocab);
    if (!s && tern_starved()) s = tern_fail(e, TERN_NO_MEMORY, "tokenizer: %s: out of memory", m->source);
    if (!s || !*out) return s;
    tern_tokenizer_free(*out);
    *out = NULL;
    return s;
}

void tern_tokenizer_free(struct tern_tokenizer *t) {
    if (!t) return;
    if (t->kind) t->kind->unload(t);
    for (int hidden = 0; hidden < 2; hidden++) {
        tern_specials_free(&t->marks[hidden]);
        tern_specials_free(&t->later[hidden]);
    }
    tern_normalizer_free(t->normalizer);
    tern_around_free(&t->around);
    tern_vocabulary_free(&t->vocabulary);
    free(t);
}

static enum tern_status encode_bytes(const struct tern_tokenizer *t, const char *text, size_t bytes,
                                     struct tern_ids *ids, struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < bytes && !s; i++) s = tern_ids_push_byte(ids, &t->vocabulary, (uint8_t)text[i], e);
    return s;
}

/* One call of tern_tokenize. */
struct task {
    const struct tern_tokenizer *t;
    int special;
    struct tern_ids ids;
    struct tern_error *e;
};

/* A stretch without added tokens. `first`: it begins the text. */
static enum tern_status encode(struct task *k, const char *text, size_t bytes, int first) {
    const struct tern_tokenizer *t = k->t;
    const struct tern_prefix *p = &t->prefix;
    if (!bytes) return TERN_OK;
    if (!t->kind) return encode_bytes(t, text, bytes, &k->ids, k->e);
    if (!p->each || (p->first_only && !first) || (p->unless_space && *text == ' '))
        return t->kind->encode(t, text, bytes, &k->ids, k->e);
    char *spaced = malloc(bytes + 1);
    if (!spaced) return no_memory(k->e);
    *spaced = ' ';
    memcpy(spaced + 1, text, bytes);
    const enum tern_status s = t->kind->encode(t, spaced, bytes + 1, &k->ids, k->e);
    free(spaced);
    return s;
}

/* Cuts a text at the added tokens of `marks` and hands what lies between them to `then`. */
static enum tern_status
cut(struct task *k, const struct tern_specials *marks, const char *text, size_t bytes, int first,
    enum tern_status (*then)(struct task *k, const char *text, size_t bytes, int first)) {
    enum tern_status s = TERN_OK;
    for (size_t from = 0; from < bytes && !s;) {
        size_t at = bytes, length = 0;
        const int32_t mark = tern_specials_next(marks, text, bytes, from, &at, &length);
        if (at > from) s = then(k, text + from, at - from, first && !from);
        if (!s && mark >= 0 && tern_ids_push(&k->ids, mark)) s = no_memory(k->e);
        from = at + length;
    }
    return s;
}

static enum tern_status normalize(struct task *k, const char *text, size_t bytes, int first) {
    char *made = NULL;
    if (!k->t->normalizer) return encode(k, text, bytes, first);
    enum tern_status s = tern_normalize(k->t->normalizer, text, bytes, &made, &bytes, k->e);
    if (!s) s = cut(k, &k->t->later[k->special], made, bytes, first, encode);
    free(made);
    return s;
}

enum tern_status tern_tokenize(const struct tern_tokenizer *t, const char *text, size_t bytes, int special,
                               int32_t **ids, size_t *count, struct tern_error *e) {
    *ids = NULL;
    *count = 0;
    if (bytes >= INT32_MAX)
        return tern_fail(e, TERN_BAD_INPUT, "tokenizer: text: %zu bytes, more than 2 GiB at once", bytes);
    struct task k = {
        t, special != 0, {malloc(32 * sizeof *k.ids.id), 0, 32}, e}; /* a block also without ids */
    if (!k.ids.id) return no_memory(e);
    const enum tern_status s = cut(&k, &t->marks[k.special], text, bytes, 1, normalize);
    if (s) {
        free(k.ids.id);
        return s;
    }
    *ids = k.ids.id;
    *count = k.ids.count;
    return TERN_OK;
}

void tern_tokens_around(const struct tern_tokenizer *t, struct tern_token_list *before,
                        struct tern_token_list *after) {
    *before = (struct tern_token_list){t->around.before, t->around.n_before};
    *after = (struct tern_token_list){t->around.after, t->around.n_after};
}

const char *tern_token_bytes(const struct tern_tokenizer *t, int32_t id, int special, size_t *bytes) {
    if (id < 0 || (size_t)id >= t->vocabulary.count) return NULL;
    const struct tern_token *k = &t->vocabulary.token[id];
    *bytes = tern_token_hidden(k) && !special ? 0 : k->count;
    return k->bytes;
}

enum tern_status tern_detokenize(const struct tern_tokenizer *t, const int32_t *ids, size_t count,
                                 int special, char **text, size_t *bytes, struct tern_error *e) {
    *text = NULL;
    *bytes = 0;
    size_t total = 0, n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!tern_token_bytes(t, ids[i], special, &n))
            return tern_fail(e, TERN_BAD_INPUT, "tokenizer: id %d: outside the vocabulary of %zu tokens",
                             (int)ids[i], t->vocabulary.count);
        if (n >= SIZE_MAX - total) return no_memory(e);
        total += n;
    }
    char *out = malloc(total + 1), *p = out;
    if (!out) return no_memory(e);
    int begins = 1; /* at the place where encoding has put a space */
    for (size_t i = 0; i < count; i++) {
        const struct tern_token *k = &t->vocabulary.token[ids[i]];
        const char *from = tern_token_bytes(t, ids[i], special, &n);
        const int mark = tern_token_hidden(k) || k->kind == TERN_TOKEN_USER;
        if (begins && !mark && t->prefix.each && t->prefix.dropped && n && *from == ' ') from++, n--;
        if (n) memcpy(p, from, n);
        p += n;
        begins = mark && !t->prefix.first_only;
    }
    *p = 0;
    *text = out;
    *bytes = (size_t)(p - out);
    return TERN_OK;
}
