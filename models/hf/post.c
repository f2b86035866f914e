/* The tokens around a text: the "post_processor" of tokenizer.json, and the flags of tokenizer_config.json. */
#include "models/hf/internal.h"

#include "models/gguf/metadata.h"

#include <stdlib.h>
#include <string.h>

struct around {
    struct tern_hf_tokens *t;
    json_t *before, *after; /* ids */
    int said;               /* a post-processor says it */
};

static enum tern_status add(struct around *a, json_t *list, const json_t *id) {
    const json_int_t v = json_integer_value(id);
    if (!json_is_integer(id) || v < 0 || v >= (json_int_t)a->t->c->vocab)
        return tern_hf_bad_token(a->t, "post_processor", "not a token of this vocabulary");
    return tern_hf_stored(a->t, json_array_append_new(list, json_integer(v)) ? TERN_NO_MEMORY : TERN_OK);
}

static enum tern_status take_template(struct around *a, const json_t *post) {
    const json_t *single = json_object_get(post, "single"), *known = json_object_get(post, "special_tokens");
    enum tern_status s = TERN_OK;
    int behind = 0;
    for (size_t i = 0; !s && i < json_array_size(single); i++) {
        const json_t *one = json_array_get(single, i), *text = json_object_get(one, "Sequence"), *id;
        const char *name = json_string_value(json_object_get(json_object_get(one, "SpecialToken"), "id"));
        size_t j;
        if (text) {
            if (behind++) return tern_hf_refuse(a->t, "post_processor.single", "the text twice");
            continue;
        }
        const json_t *ids = name ? json_object_get(json_object_get(known, name), "ids") : NULL;
        if (!json_array_size(ids))
            return tern_hf_bad_token(a->t, "post_processor.single", "a token without an id");
        json_array_foreach(ids, j, id) if (!s) s = add(a, behind ? a->after : a->before, id);
    }
    if (!s && !behind) return tern_hf_refuse(a->t, "post_processor.single", "no text");
    return s;
}

static enum tern_status take(struct around *a, const json_t *post) {
    const char *type = json_string_value(json_object_get(post, "type"));
    const json_t *list = json_object_get(post, "processors");
    enum tern_status s = TERN_OK;
    if (!post || json_is_null(post)) return TERN_OK;
    if (!type) return tern_hf_bad_token(a->t, "post_processor.type", "missing, or not a text");
    if (!strcmp(type, "ByteLevel")) return TERN_OK; /* of offsets only */
    if (!strcmp(type, "Sequence")) {
        for (size_t i = 0; !s && i < json_array_size(list); i++) s = take(a, json_array_get(list, i));
        return s;
    }
    if (a->said++) return tern_hf_refuse(a->t, "post_processor.processors", "two that add tokens");
    if (!strcmp(type, "TemplateProcessing")) return take_template(a, post);
    if (strcmp(type, "BertProcessing") != 0 && strcmp(type, "RobertaProcessing") != 0)
        return tern_hf_refuse(a->t, "post_processor.type", type);
    s = add(a, a->before, json_array_get(json_object_get(post, "cls"), 1));
    return s ? s : add(a, a->after, json_array_get(json_object_get(post, "sep"), 1));
}

/* The token of "bos_token" or "eos_token", or the one of config.json; -1: none. */
static json_int_t named(const struct around *a, const json_t *config, const char *token, const char *key) {
    const json_t *v = json_object_get(config, token), *id = json_object_get(a->t->c->root, key);
    const char *text = json_string_value(json_is_object(v) ? json_object_get(v, "content") : v);
    const int32_t found = text ? tern_hf_token_id(a->t, text) : -1;
    if (json_is_array(id)) id = json_array_get(id, 0);
    return found >= 0 ? found : json_is_integer(id) ? json_integer_value(id) : -1;
}

/* A flag of tokenizer_config.json goes before the post-processor: false drops its tokens, true adds the named one
 * where it has none. */
static enum tern_status take_flag(struct around *a, const json_t *config, const char *flag, const char *token,
                                  const char *key, json_t *list) {
    const json_t *v = json_object_get(config, flag);
    if (json_is_false(v)) json_array_clear(list);
    const json_int_t id = json_is_true(v) && !json_array_size(list) ? named(a, config, token, key) : -1;
    return id < 0 ? TERN_OK
                  : tern_hf_stored(a->t,
                                   json_array_append_new(list, json_integer(id)) ? TERN_NO_MEMORY : TERN_OK);
}

/* One flag where it is the token of config.json, else the list. */
static enum tern_status put(const struct around *a, const char *flag, const char *list,
                            const char *config_key, const json_t *ids) {
    const size_t n = json_array_size(ids);
    const json_t *own = json_object_get(a->t->c->root, config_key);
    if (json_is_array(own)) own = json_array_get(own, 0);
    enum tern_status s = tern_gguf_put_bool(a->t->w, flag, n > 0);
    if (s || !n || (n == 1 && own && json_equal(own, json_array_get(ids, 0)))) return s;
    int32_t *id = malloc(n * sizeof *id);
    if (!id) return TERN_NO_MEMORY;
    for (size_t i = 0; i < n; i++) id[i] = (int32_t)json_integer_value(json_array_get(ids, i));
    s = tern_gguf_put_i32s(a->t->w, list, id, n);
    free(id);
    return s;
}

enum tern_status tern_hf_put_around(struct tern_hf_tokens *t, const json_t *config) {
    struct around a = {t, json_array(), json_array(), 0};
    enum tern_status s = tern_hf_stored(t, a.before && a.after ? TERN_OK : TERN_NO_MEMORY);
    if (!s) s = take(&a, json_object_get(t->root, "post_processor"));
    if (!s) s = take_flag(&a, config, "add_bos_token", "bos_token", "bos_token_id", a.before);
    if (!s) s = take_flag(&a, config, "add_eos_token", "eos_token", "eos_token_id", a.after);
    if (!s)
        s = tern_hf_stored(
            t, put(&a, "tokenizer.ggml.add_bos_token", TERN_KEY_BEFORE, "bos_token_id", a.before));
    if (!s)
        s = tern_hf_stored(t,
                           put(&a, "tokenizer.ggml.add_eos_token", TERN_KEY_AFTER, "eos_token_id", a.after));
    json_decref(a.before);
    json_decref(a.after);
    return s;
}
