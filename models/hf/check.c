/* The keys of a checkpoint's JSON files against the table (models/keys/keys.def). */
#define _GNU_SOURCE
#include "models/hf/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const struct tern_hf_config *c;
    enum tern_key_file file;
    const char *path;
    const json_t *root;
    struct tern_error *e;
};

static const char *type_of(const json_t *v) {
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return "object";
    case JSON_ARRAY:
        return "list";
    case JSON_STRING:
        return "text";
    case JSON_INTEGER:
        return "integer";
    case JSON_REAL:
        return "number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "flag";
    case JSON_NULL:
        break;
    }
    return "null";
}

static char *text_of(const json_t *v) {
    return json_is_string(v) ? strdup(json_string_value(v))
                             : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
}

/* The first item that the row does not have, as text (heap); NULL when it has all. */
static char *differs(const struct tern_key *k, const json_t *v) {
    const json_t *one;
    size_t i;
    json_array_foreach(v, i, one) {
        char *why = differs(k, one);
        if (why) return why;
    }
    if (json_is_array(v)) return NULL;
    char *text = text_of(v);
    if (text && !tern_key_has(k, text)) return text;
    free(text);
    return NULL;
}

/* A window that is not used, or not smaller than the context, changes nothing; nor does padding or cutting that no
 * text of the model needs. */
static int moot(const struct check *k, const char *name, const json_t *v) {
    const json_t *context = json_object_get(k->c->root, "max_position_embeddings");
    if (!strcmp(name, "sliding_window"))
        return json_is_false(json_object_get(k->root, "use_sliding_window")) ||
               json_number_value(v) >= json_number_value(context);
    if (!strcmp(name, "truncation"))
        return json_number_value(json_object_get(v, "max_length")) >= json_number_value(context);
    if (!strcmp(name, "padding")) {
        const char *strategy = json_string_value(json_object_get(v, "strategy"));
        return strategy && !strcmp(strategy, "BatchLongest");
    }
    return 0;
}

static enum tern_status check_object(const struct check *k, const char *prefix, const json_t *object);

static enum tern_status check_value(const struct check *k, const char *name, const json_t *v) {
    static const char *const files[] = {"", "config", "generation", "tokenizer", "tokenizer"};
    static const char *const names[] = {"", "config.json", "generation_config.json", "tokenizer.json",
                                        "tokenizer_config.json"};
    const struct tern_key *row = tern_key_find(k->file, name, strlen(name), NULL);
    enum tern_status s = TERN_OK;
    char shown[96], list[200];
    if (!row) {
        tern_gguf_printable((struct tern_gguf_string){name, strlen(name)}, shown, sizeof shown);
        json_array_append_new(k->c->unknown, json_sprintf("%s: %s", names[k->file], shown));
        return TERN_OK;
    }
    if (row->use == TERN_KEY_NEUTRAL) return TERN_OK;
    if (row->use == TERN_KEY_ONLY) {
        char *value = differs(row, v);
        if (value && !moot(k, name, v))
            s = tern_fail(
                k->e, TERN_UNSUPPORTED, "%s: %s: %s: '%s' is not built in%s%s", files[k->file], k->path, name,
                tern_gguf_printable((struct tern_gguf_string){value, strlen(value)}, shown, sizeof shown),
                *row->values ? ", only " : "", row->values);
        free(value);
        return s;
    }
    if (!tern_key_takes(row, type_of(v)))
        return tern_fail(k->e, TERN_BAD_INPUT, "%s: %s: %s: is %s, not %s", files[k->file], k->path, name,
                         type_of(v), row->values + (*row->values == '>'));
    if (*row->values != '>') return TERN_OK;
    if (json_is_object(v)) return check_object(k, name, v);
    snprintf(list, sizeof list, "%s[]", name);
    for (size_t i = 0; !s && i < json_array_size(v); i++) {
        const json_t *one = json_array_get(v, i);
        s = json_is_object(one) ? check_object(k, list, one)
                                : tern_fail(k->e, TERN_BAD_INPUT, "%s: %s: %s: an entry is %s, not object",
                                            files[k->file], k->path, name, type_of(one));
    }
    return s;
}

static enum tern_status check_object(const struct check *k, const char *prefix, const json_t *object) {
    const char *key;
    json_t *v;
    enum tern_status s = TERN_OK;
    json_object_foreach((json_t *)(uintptr_t)object, key, v) {
        char name[256];
        if (s) break;
        snprintf(name, sizeof name, "%s%s%.180s", prefix, *prefix ? "." : "", key);
        s = check_value(k, name, v);
    }
    return s;
}

enum tern_status tern_hf_check_keys(const struct tern_hf_config *c, enum tern_key_file file, const char *path,
                                    const json_t *root, struct tern_error *e) {
    const struct check k = {c, file, path, root, e};
    return check_object(&k, "", root);
}
