/* The keys of a GGUF file against the table. */
#include "models/gguf/file.h"
#include "models/keys/keys.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct check {
    const struct tern_gguf *g;
    char arch[64];
    struct tern_error *e;
};

static struct check begin(const struct tern_gguf *g, struct tern_error *e) {
    struct check c = {.g = g, .e = e};
    struct tern_gguf_string arch = {"", 0};
    tern_gguf_text(g, "general.architecture", &arch);
    tern_gguf_printable(arch, c.arch, sizeof c.arch);
    return c;
}

/* One number or truth value as text. */
static void item_text(enum tern_gguf_type type, const unsigned char *p, char *out, size_t capacity) {
    const struct tern_gguf_value one = {.type = type, .item = type, .count = 1, .data = p};
    double f;
    if (type == TERN_GGUF_BOOL)
        snprintf(out, capacity, "%s", *p ? "true" : "false");
    else
        snprintf(out, capacity, "%.9g", tern_gguf_value_f64(&one, &f) ? f : (double)NAN);
}

/* The first item that the row does not have, as text: 1. 0 when it has all. */
static int differs(const struct tern_key *k, const struct tern_gguf_value *v, char *out, size_t capacity) {
    const size_t step = tern_gguf_item_bytes(v->item);
    if (v->type == TERN_GGUF_STRING) {
        tern_gguf_printable((struct tern_gguf_string){(const char *)v->data, (size_t)v->count}, out,
                            capacity);
        return !tern_key_has(k, out);
    }
    if (!step) return snprintf(out, capacity, "a list of texts"), v->count > 0;
    for (uint64_t i = 0; i < v->count; i++) {
        item_text(v->item, v->data + i * step, out, capacity);
        if (!tern_key_has(k, out)) return 1;
    }
    return 0;
}

/* Values of two keys that change nothing, depending on others. */
static int moot(const struct check *c, const struct tern_key *k, double value) {
    char full[128];
    uint64_t n, heads;
    if (!strcmp(k->name, "*.attention.sliding_window")) {
        snprintf(full, sizeof full, "%s.context_length", c->arch);
        return tern_gguf_u64(c->g, full, &n) && value >= (double)n;
    }
    if (strcmp(k->name, "*.attention.scale") != 0) return 0;
    snprintf(full, sizeof full, "%s.attention.key_length", c->arch);
    if (!tern_gguf_u64(c->g, full, &n)) {
        snprintf(full, sizeof full, "%s.embedding_length", c->arch);
        if (!tern_gguf_u64(c->g, full, &n)) return 0;
        snprintf(full, sizeof full, "%s.attention.head_count", c->arch);
        if (!tern_gguf_u64(c->g, full, &heads) || !heads) return 0;
        n /= heads;
    }
    return fabs(value * sqrt((double)n) - 1) < 1e-6;
}

/* The type of a value in the words of the table. */
static const char *type_of(const struct tern_gguf_value *v) {
    static const char *const one[] = {"integer", "number", "flag", "text", "array"}, *const many[] = {
                                                                                         "integers",
                                                                                         "numbers", "flags",
                                                                                         "texts", "arrays"};
    const int array = v->type == TERN_GGUF_ARRAY;
    const enum tern_gguf_type type = array ? v->item : v->type;
    const size_t kind = type == TERN_GGUF_F32 || type == TERN_GGUF_F64 ? 1
                        : type == TERN_GGUF_BOOL                       ? 2
                        : type == TERN_GGUF_STRING                     ? 3
                        : type == TERN_GGUF_ARRAY                      ? 4
                                                                       : 0;
    return array ? many[kind] : one[kind];
}

enum tern_status tern_gguf_check_keys(const struct tern_gguf *g, const char *group, struct tern_error *e) {
    const struct check c = begin(g, e);
    char value[80], name[80];
    double number;
    for (size_t i = 0; i < tern_gguf_value_count(g); i++) {
        const struct tern_gguf_value *v = tern_gguf_value_at(g, i);
        const struct tern_key *k = tern_key_find(TERN_KEYS_GGUF, v->key.data, v->key.bytes, c.arch);
        if (v->key.bytes < strlen(group) || memcmp(v->key.data, group, strlen(group)) != 0) continue;
        const int empty = v->type == TERN_GGUF_ARRAY && !v->count; /* some writers give it any type */
        if (k && k->use == TERN_KEY_OBEYED && !empty && !tern_key_takes(k, type_of(v)))
            return tern_fail(e, TERN_BAD_INPUT, "model: %s: %s: is %s, not %s", tern_gguf_path(g),
                             tern_gguf_printable(v->key, name, sizeof name), type_of(v), k->values);
        if (!k || k->use != TERN_KEY_ONLY || !differs(k, v, value, sizeof value)) continue;
        if (tern_gguf_value_f64(v, &number) && moot(&c, k, number)) continue;
        return tern_fail(e, TERN_UNSUPPORTED, "model: %s: %s: '%s' is not built in%s%s", tern_gguf_path(g),
                         tern_gguf_printable(v->key, name, sizeof name), value, *k->values ? ", only " : "",
                         k->values);
    }
    return TERN_OK;
}

/* The groups whose keys change what a model computes. */
static int in_known_group(const struct check *c, struct tern_gguf_string key) {
    static const char *const groups[] = {"general", "tokenizer", "split", "quantize", "tern"};
    const char *dot = memchr(key.data, '.', key.bytes);
    const size_t n = dot ? (size_t)(dot - key.data) : 0, arch = strlen(c->arch);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strlen(groups[i]) == n && !memcmp(groups[i], key.data, n)) return 1;
    return arch && key.bytes > arch && !memcmp(key.data, c->arch, arch) && key.data[arch] == '.';
}

void tern_gguf_unknown_keys(const struct tern_gguf *g, void (*say)(void *ctx, const char *name), void *ctx) {
    const struct check c = begin(g, NULL);
    struct tern_gguf_string *list = NULL;
    size_t n = 0;
    char name[128];
    for (size_t i = 0; i < tern_gguf_value_count(g); i++) {
        const struct tern_gguf_string key = tern_gguf_value_at(g, i)->key;
        if (in_known_group(&c, key) && !tern_key_find(TERN_KEYS_GGUF, key.data, key.bytes, c.arch))
            say(ctx, tern_gguf_printable(key, name, sizeof name));
    }
    if (!tern_gguf_strings(g, TERN_KEY_UNKNOWN, &list, &n)) return;
    for (size_t i = 0; i < n; i++) say(ctx, tern_gguf_printable(list[i], name, sizeof name));
    free(list);
}
