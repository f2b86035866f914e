/* tokenizer_config.json and the files of the chat template. */
#define _GNU_SOURCE
#include "models/hf/internal.h"

#include "base/file.h"
#include "base/placeholder/placeholder.h"
#include "models/hf/json.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_TEMPLATE = 16 << 20 };

/* The template itself; of several with names (a list of {"name", "template"}, or an object) "default", or the only
 * one. "" when none of them is it: no template is known then. NULL: there is none. */
static const char *chosen(const json_t *v) {
    const json_t *one, *only = json_array_size(v) == 1 ? json_array_get(v, 0) : NULL;
    size_t i;
    if (!v || json_is_null(v)) return NULL;
    if (json_is_string(v)) return json_string_value(v);
    const char *text = json_string_value(json_object_get(v, "default"));
    if (only) text = json_string_value(json_object_get(only, "template"));
    json_array_foreach(v, i, one) {
        const char *name = json_string_value(json_object_get(one, "name"));
        if (name && !strcmp(name, "default")) text = json_string_value(json_object_get(one, "template"));
    }
    return text ? text : "";
}

/* A file of the folder, if it is there; *path is heap. */
static enum tern_status side_file(const struct tern_hf_tokens *t, const char *name, char **path) {
    *path = tern_format_text("%s/%s", t->c->folder, name);
    if (!*path) return tern_hf_stored(t, TERN_NO_MEMORY);
    if (!access(*path, F_OK)) return TERN_OK;
    free(*path);
    *path = NULL;
    return TERN_OK;
}

/* chat_template.jinja, or chat_template.json, or the key of tokenizer_config.json: the first one that is there. */
static enum tern_status put_template(struct tern_hf_tokens *t, const json_t *config) {
    char *path = NULL, *text = NULL;
    size_t bytes;
    json_t *root = NULL;
    const char *template = chosen(json_object_get(config, "chat_template"));
    enum tern_status s = side_file(t, "chat_template.json", &path);
    if (!s && path) s = tern_json_read("chat template", path, MAX_TEMPLATE, &root, t->e);
    if (!s && root) template = chosen(json_object_get(root, "chat_template"));
    free(path);
    path = NULL;
    if (!s) s = side_file(t, "chat_template.jinja", &path);
    if (!s && path) s = tern_file_read(path, MAX_TEMPLATE, &text, &bytes, t->e);
    if (text) s = tern_refuse_placeholder("chat template", path, text, bytes, t->e);
    if (text) template = text;
    if (!s && template) s = tern_hf_stored(t, tern_gguf_put_text(t->w, "tokenizer.chat_template", template));
    json_decref(root);
    free(text);
    free(path);
    return s;
}

/* A setting that contradicts tokenizer.json: nobody can say which of them holds. */
static enum tern_status agrees(const struct tern_hf_tokens *t, const json_t *config,
                               const char *config_path) {
    const json_t *prefix = json_object_get(config, "add_prefix_space"),
                 *pre = json_object_get(t->root, "pre_tokenizer"),
                 *other = json_object_get(pre, "add_prefix_space");
    if (t->spm || !json_is_true(prefix) || json_is_true(other)) return TERN_OK;
    return tern_fail(
        t->e, TERN_UNSUPPORTED,
        "tokenizer: %s: add_prefix_space: 'true' is not what the pre_tokenizer of tokenizer.json says",
        config_path);
}

/* The flags of added tokens, which this file may say once more. */
static enum tern_status check_decoder(const struct tern_hf_tokens *t, const json_t *config,
                                      const char *config_path) {
    static const char *const flags[] = {"lstrip", "rstrip", "single_word"};
    json_t *decoder = json_object_get(config, "added_tokens_decoder"), *one;
    const json_t *added = json_object_get(t->root, "added_tokens");
    const char *id;
    json_object_foreach(decoder, id, one) {
        const json_t *mine = NULL, *other;
        size_t i;
        json_array_foreach(added, i, other) {
            if (json_integer_value(json_object_get(other, "id")) == strtoll(id, NULL, 10)) mine = other;
        }
        int same = mine && json_equal(json_object_get(mine, "content"), json_object_get(one, "content"));
        for (size_t f = 0; f < 3; f++)
            same &=
                json_is_true(json_object_get(mine, flags[f])) == json_is_true(json_object_get(one, flags[f]));
        if (!same)
            return tern_fail(
                t->e, TERN_UNSUPPORTED,
                "tokenizer: %s: added_tokens_decoder: '%.20s' is another token in tokenizer.json",
                config_path, id);
    }
    return TERN_OK;
}

/* The id of a token that this file names by its text; -1: it names none. */
static enum tern_status token_of(const struct tern_hf_tokens *t, const json_t *config,
                                 const char *config_path, const char *key, int32_t *id) {
    const json_t *v = json_object_get(config, key);
    const char *text = json_string_value(json_is_object(v) ? json_object_get(v, "content") : v);
    char shown[80];
    *id = text ? tern_hf_token_id(t, text) : -1;
    if (!text || *id >= 0) return TERN_OK;
    return tern_fail(t->e, TERN_BAD_INPUT, "tokenizer: %s: %s: '%s' is no token of tokenizer.json",
                     config_path, key,
                     tern_gguf_printable((struct tern_gguf_string){text, strlen(text)}, shown, sizeof shown));
}

enum tern_status tern_hf_put_manners(struct tern_hf_tokens *t, const json_t *config,
                                     const char *config_path) {
    int32_t id = -1, ignored;
    enum tern_status s = put_template(t, config);
    if (!s) s = token_of(t, config, config_path, "eos_token", &id);
    if (!s && json_is_true(json_object_get(config, "add_bos_token")))
        s = token_of(t, config, config_path, "bos_token", &ignored);
    if (!s && config) s = agrees(t, config, config_path);
    if (!s && config) s = check_decoder(t, config, config_path);
    json_t *end = id >= 0 ? json_integer(id) : NULL;
    if (!s) s = tern_hf_add_ends(t->c, config_path ? config_path : t->path, "eos_token", end, t->e);
    json_decref(end);
    return s;
}
