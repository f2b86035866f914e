/* The table of keys, walked: every key with a value that is not neutral is refused by name and value, every neutral
 * value loads, and a key that is obeyed is read. */
#include "models/keys/keys.h"

#include "models/gguf/file.h"
#include "models/hf/hf.h"
#include "models/load/open.h"
#include "models/model.h"
#include "support.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "*." as this architecture, ".*" at the end as ".x". */
static void spell(const char *name, const char *arch, char *out, size_t capacity) {
    snprintf(out, capacity, "%s%s", *name == '*' ? arch : "", name + (*name == '*'));
    char *star = strstr(out, ".*");
    if (star) star[1] = 'x';
}

/* A value of the right kind that no row has. */
static const char *other_value(const struct tern_key *k) {
    if (strstr(k->values, "false")) return "true";
    if (strstr(k->values, "true")) return "false";
    return strpbrk(k->values, "0123456789") ? "7" : "other";
}

static void put(struct tern_gguf_writer *w, const char *key, const char *value) {
    char *end;
    const double number = strtod(value, &end);
    if (!strcmp(value, "true") || !strcmp(value, "false"))
        cr_assert(!tern_gguf_put_bool(w, key, value[0] == 't'));
    else if (*value && !*end)
        cr_assert(!tern_gguf_put_f32(w, key, (float)number));
    else
        cr_assert(!tern_gguf_put_text(w, key, value));
}

/* The small model with one key more (or instead). */
static char *with_key(const char *from, const char *key, const char *value) {
    struct tern_gguf *g;
    struct tern_gguf_writer *w;
    char *path = scratch_file();
    cr_assert(!tern_gguf_open(from, &g, NULL) && !tern_gguf_create(path, &w, NULL));
    for (size_t i = 0; i < tern_gguf_value_count(g); i++) {
        const struct tern_gguf_value *v = tern_gguf_value_at(g, i);
        if (v->key.bytes != strlen(key) || memcmp(v->key.data, key, v->key.bytes) != 0)
            cr_assert(!tern_gguf_put_value(w, v));
    }
    put(w, key, value);
    for (int write = 0; write < 2; write++)
        for (size_t i = 0; i < tern_gguf_tensor_count(g); i++) {
            const struct tern_gguf_tensor *t = tern_gguf_tensor_at(g, i);
            char name[64];
            tern_gguf_printable(t->name, name, sizeof name);
            if (!write)
                cr_assert(!tern_gguf_put_tensor(w, name, t->type, t->n_dims, t->dim, t->bytes));
            else
                cr_assert(!tern_gguf_write(w, t->data, t->bytes, NULL));
        }
    cr_assert(!tern_gguf_finish(w, NULL));
    tern_gguf_close(g);
    return path;
}

/* Opens the model with this key, and its file is dropped. */
static enum tern_status opened_with(const char *from, const char *key, const char *value,
                                    struct tern_error *e) {
    char *path = with_key(from, key, value);
    struct tern_model *m = NULL;
    const enum tern_status s = tern_model_open(path, &m, e);
    tern_model_close(m);
    drop_scratch(path);
    return s;
}

static void walk_gguf(const struct tern_key *k, const char *small) {
    char key[128], neutral[64];
    struct tern_error e = {""};
    spell(k->name, "bitnet-b1.58", key, sizeof key);
    if (k->use == TERN_KEY_NEUTRAL) {
        cr_expect_eq(opened_with(small, key, "other", &e), TERN_OK, "%s: %s", key, e.text);
        return;
    }
    if (k->use != TERN_KEY_ONLY) return;
    const char *value = other_value(k);
    cr_expect_eq(opened_with(small, key, value, &e), TERN_UNSUPPORTED, "%s: %s", key, e.text);
    cr_expect(strstr(e.text, key) && strstr(e.text, value), "'%s' should name %s and %s", e.text, key, value);
    for (const char *at = k->values;; at++) {
        const size_t n = strcspn(at, "|");
        snprintf(neutral, sizeof neutral, "%.*s", (int)n, at);
        cr_expect_eq(opened_with(small, key, neutral, &e), TERN_OK, "%s: %s: %s", key, neutral, e.text);
        at += n;
        if (!*at) break;
    }
}

Test(keys, of_gguf_are_refused_with_any_value_that_is_not_neutral) {
    size_t n;
    const struct tern_key *k = tern_keys(&n);
    char *small = small_model();
    for (size_t i = 0; i < n; i++)
        if (k[i].file == TERN_KEYS_GGUF) walk_gguf(&k[i], small);
    drop_scratch(small);
}

/* A folder of links to the parts of the shared checkpoint, of which one JSON file is rewritten. */
static char *linked_folder(void) {
    static const char *const files[] = {"model.safetensors", "config.json", "tokenizer.json",
                                        "tokenizer_config.json"};
    char *folder = strdup("/tmp/tern-keys-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char from[64], to[96];
        snprintf(from, sizeof from, "vectors/micro-llama.hf/%s", files[i]);
        snprintf(to, sizeof to, "%s/%s", folder, files[i]);
        cr_assert(!symlink(shared_file(from), to));
    }
    return folder;
}

static void drop_folder(char *folder) {
    static const char *const files[] = {"model.safetensors", "config.json", "tokenizer.json",
                                        "tokenizer_config.json", "generation_config.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
    free(folder);
}

static const char *const json_files[] = {"", "config.json", "generation_config.json", "tokenizer.json",
                                         "tokenizer_config.json"};

/* Sets "a.b" or "a[].b" in an object. */
static void set(json_t *root, const char *name, json_t *value) {
    const char *dot = strchr(name, '.');
    char head[64];
    if (!dot) {
        json_object_set_new(root, name, value);
        return;
    }
    snprintf(head, sizeof head, "%.*s", (int)(dot - name), name);
    char *list = strstr(head, "[]");
    if (list) *list = 0;
    json_t *inner = json_object_get(root, head);
    if (list) inner = json_array_get(inner, 0);
    if (!json_is_object(inner)) {
        inner = json_object();
        json_object_set_new(root, head, inner);
    }
    set(inner, dot + 1, value);
}

/* The original with one key set, opened. */
static enum tern_status folder_with(const char *folder, const struct tern_key *k, json_t *value,
                                    struct tern_error *e) {
    char path[96], from[96];
    json_error_t why;
    struct tern_gguf *g = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, json_files[k->file]);
    snprintf(from, sizeof from, "vectors/micro-llama.hf/%s", json_files[k->file]);
    json_t *root =
        k->file == TERN_KEYS_GENERATION ? json_object() : json_load_file(shared_file(from), 0, &why);
    cr_assert(root != NULL);
    set(root, k->name, value);
    unlink(path);
    cr_assert(!json_dump_file(root, path, 0));
    const enum tern_status s = tern_model_file_open(folder, &g, e);
    tern_gguf_close(g);
    unlink(path);
    if (k->file != TERN_KEYS_GENERATION) cr_assert(!symlink(shared_file(from), path));
    json_decref(root);
    return s;
}

static json_t *value_of(const char *text, size_t n) {
    json_t *v = json_loadb(text, n, JSON_DECODE_ANY, NULL);
    return v ? v : json_stringn(text, n);
}

Test(keys, of_checkpoints_are_refused_with_any_value_that_is_not_neutral, .timeout = 100) {
    size_t n;
    const struct tern_key *k = tern_keys(&n);
    char *folder = linked_folder();
    for (size_t i = 0; i < n; i++) {
        struct tern_error e = {""};
        if (k[i].file == TERN_KEYS_GGUF || k[i].use != TERN_KEY_ONLY) continue;
        const char *value = other_value(&k[i]);
        cr_expect_eq(folder_with(folder, &k[i], value_of(value, strlen(value)), &e), TERN_UNSUPPORTED,
                     "%s: %s", k[i].name, e.text);
        cr_expect(strstr(e.text, k[i].name) && strstr(e.text, value), "'%s' should name %s and %s", e.text,
                  k[i].name, value);
        for (const char *at = k[i].values;; at++) {
            const size_t bytes = strcspn(at, "|");
            const enum tern_status s = folder_with(folder, &k[i], value_of(at, bytes), &e);
            cr_expect(s == TERN_OK || strstr(e.text, "has no type"), "%s: %.*s: %s", k[i].name, (int)bytes,
                      at, e.text);
            at += bytes;
            if (!*at) break;
        }
    }
    drop_folder(folder);
}

/* No key that is obeyed may have a value of another type: who reads it looks at it. */
Test(keys, of_checkpoints_that_are_obeyed_are_looked_at, .timeout = 100) {
    size_t n;
    const struct tern_key *k = tern_keys(&n);
    char *folder = linked_folder();
    for (size_t i = 0; i < n; i++) {
        struct tern_error e = {""};
        if (k[i].file == TERN_KEYS_GGUF || k[i].use != TERN_KEY_OBEYED) continue;
        json_t *value =
            strstr(k[i].values, "flag") || strstr(k[i].values, "text") ? json_integer(7) : json_true();
        const enum tern_status s = folder_with(folder, &k[i], value, &e);
        cr_expect(s != TERN_OK && strstr(e.text, k[i].name), "%s: %s", k[i].name, e.text);
    }
    drop_folder(folder);
}

Test(keys, of_checkpoints_that_are_neutral_change_nothing, .timeout = 100) {
    size_t n;
    const struct tern_key *k = tern_keys(&n);
    char *folder = linked_folder();
    for (size_t i = 0; i < n; i++) {
        struct tern_error e = {""};
        if (k[i].file == TERN_KEYS_GGUF || k[i].use != TERN_KEY_NEUTRAL) continue;
        if (!strncmp(k[i].name, "rope_scaling.", 13)) continue; /* it needs a type beside it */
        if (!strncmp(k[i].name, "quantization_config.", 20)) continue;
        cr_expect_eq(folder_with(folder, &k[i], json_integer(7), &e), TERN_OK, "%s: %s", k[i].name, e.text);
    }
    drop_folder(folder);
}

static void collect(void *out, const char *name) {
    strncat(out, name, 400 - strlen(out));
    strncat(out, "|", 2);
}

Test(keys, that_nobody_knows_are_told_and_those_of_other_programs_are_not) {
    char said[512] = "";
    char *small = small_model(), *a = with_key(small, "bitnet-b1.58.attention.new_idea", "1"),
         *b = with_key(a, "someone.else", "1"), *c = with_key(b, "tokenizer.ggml.new_idea", "x");
    struct tern_gguf *g;
    cr_assert(!tern_gguf_open(c, &g, NULL));
    tern_gguf_unknown_keys(g, collect, said);
    cr_expect_str_eq(said, "bitnet-b1.58.attention.new_idea|tokenizer.ggml.new_idea|");
    tern_gguf_close(g);
    drop_scratch(small);
    drop_scratch(a);
    drop_scratch(b);
    drop_scratch(c);
}

Test(keys, of_a_checkpoint_that_nobody_knows_are_told_with_their_file) {
    char said[512] = "";
    char *folder = linked_folder();
    char path[96];
    struct tern_gguf *g;
    json_t *root = json_load_file(shared_file("vectors/micro-llama.hf/config.json"), 0, NULL);
    json_object_set_new(root, "new_idea", json_true());
    snprintf(path, sizeof path, "%s/config.json", folder);
    unlink(path);
    cr_assert(!json_dump_file(root, path, 0) && !tern_model_file_open(folder, &g, NULL));
    tern_gguf_unknown_keys(g, collect, said);
    cr_expect_str_eq(said, "config.json: new_idea|");
    tern_gguf_close(g);
    json_decref(root);
    drop_folder(folder);
}

Test(keys, a_window_as_large_as_the_context_is_none) {
    struct tern_error e = {""};
    char *small = small_model();
    cr_expect_eq(opened_with(small, "bitnet-b1.58.attention.sliding_window", "1e6", &e), TERN_OK, "%s",
                 e.text);
    cr_expect_eq(opened_with(small, "bitnet-b1.58.attention.sliding_window", "4", &e), TERN_UNSUPPORTED);
    cr_expect_eq(opened_with(small, "bitnet-b1.58.attention.scale", "0.125", &e), TERN_OK, "%s", e.text);
    cr_expect_eq(opened_with(small, "bitnet-b1.58.attention.scale", "0.25", &e), TERN_UNSUPPORTED);
    drop_scratch(small);
}
