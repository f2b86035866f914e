/* The tokens that end a text, which three files of a checkpoint may name, and the list of unknown keys. */
#define _GNU_SOURCE
#include "models/hf/internal.h"

#include "base/file.h"
#include "models/gguf/metadata.h"
#include "models/hf/json.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_SIDE_FILE = 16 << 20 };

static enum tern_status no_memory(const struct tern_hf_config *c, struct tern_error *e) {
    return tern_fail(e, TERN_NO_MEMORY, "config: %s: out of memory", c->path);
}

static int has(const json_t *list, json_int_t id) {
    const json_t *one;
    size_t i;
    json_array_foreach(list, i, one) if (json_integer_value(one) == id) return 1;
    return 0;
}

enum tern_status tern_hf_add_ends(const struct tern_hf_config *c, const char *path, const char *key,
                                  const json_t *ids, struct tern_error *e) {
    const int list = json_is_array(ids);
    if (!ids || json_is_null(ids)) return TERN_OK;
    for (size_t i = 0; i < (list ? json_array_size(ids) : 1); i++) {
        const json_t *id = list ? json_array_get(ids, i) : ids;
        const json_int_t v = json_integer_value(id);
        if (!json_is_integer(id) || v < 0 || v >= (json_int_t)c->vocab)
            return tern_fail(e, TERN_BAD_INPUT, "config: %s: %s: not a token of this vocabulary", path, key);
        if (!has(c->end, v) && json_array_append_new(c->end, json_integer(v))) return no_memory(c, e);
    }
    return TERN_OK;
}

enum tern_status tern_hf_read_generation(const struct tern_hf_config *c, struct tern_error *e) {
    char *path = tern_format_text("%s/generation_config.json", c->folder);
    json_t *root = NULL;
    if (!path) return no_memory(c, e);
    enum tern_status s =
        access(path, F_OK) ? TERN_OK : tern_json_read("generation", path, MAX_SIDE_FILE, &root, e);
    if (!s && root) s = tern_hf_check_keys(c, TERN_KEYS_GENERATION, path, root, e);
    if (!s && root) s = tern_hf_add_ends(c, path, "eos_token_id", json_object_get(root, "eos_token_id"), e);
    json_decref(root);
    free(path);
    return s;
}

static enum tern_status put_ends(const struct tern_hf_config *c, struct tern_gguf_writer *w) {
    const size_t n = json_array_size(c->end);
    int32_t *id = malloc((n + 1) * sizeof *id);
    if (!id) return TERN_NO_MEMORY;
    for (size_t i = 0; i < n; i++) id[i] = (int32_t)json_integer_value(json_array_get(c->end, i));
    const enum tern_status s = n > 1 ? tern_gguf_put_i32s(w, TERN_KEY_ENDS, id, n) : TERN_OK;
    free(id);
    return s;
}

static enum tern_status put_unknown(const struct tern_hf_config *c, struct tern_gguf_writer *w) {
    const size_t n = json_array_size(c->unknown);
    struct tern_gguf_string *name = malloc((n + 1) * sizeof *name);
    if (!name) return TERN_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(c->unknown, i);
        name[i] = (struct tern_gguf_string){json_string_value(one), json_string_length(one)};
    }
    const enum tern_status s = n ? tern_gguf_put_strings(w, TERN_KEY_UNKNOWN, name, n) : TERN_OK;
    free(name);
    return s;
}

enum tern_status tern_hf_put_lists(const struct tern_hf_config *c, struct tern_gguf_writer *w,
                                   struct tern_error *e) {
    enum tern_status s = put_ends(c, w);
    if (!s) s = put_unknown(c, w);
    return s ? no_memory(c, e) : TERN_OK;
}
