#define _GNU_SOURCE
#include "base/file.h"
#include "base/memory.h"
#include "models/gguf/file.h"
#include "models/gguf/gguf.h"

#include <stdlib.h>

struct block {
    unsigned char *data;
    size_t bytes, capacity;
};

struct planned {
    char *name;
    uint64_t bytes;
};

struct tern_gguf_writer {
    struct tern_replace file;
    char *path;
    struct block values, tensors; /* as they will stand in the file */
    char **key;
    size_t n_keys;
    struct planned *tensor;
    size_t n_tensors;
    uint64_t alignment, end; /* end: offset behind the last declared tensor, aligned */
    int started;             /* the header is in the file */
    size_t current;          /* tensor being written */
    uint64_t written;        /* bytes of it */
};

static enum tern_status append(struct block *b, const void *data, size_t bytes) {
    if (b->bytes + bytes > b->capacity) {
        const size_t capacity = tern_max(2 * b->capacity, b->bytes + bytes + 256);
        unsigned char *grown = realloc(b->data, capacity);
        if (!grown) return TERN_NO_MEMORY;
        b->data = grown;
        b->capacity = capacity;
    }
    if (bytes) memcpy(b->data + b->bytes, data, bytes);
    b->bytes += bytes;
    return TERN_OK;
}

static enum tern_status append_u32(struct block *b, uint32_t v) {
    return append(b, &v, sizeof v);
}

static enum tern_status append_u64(struct block *b, uint64_t v) {
    return append(b, &v, sizeof v);
}

static enum tern_status append_string(struct block *b, const char *text, size_t bytes) {
    const enum tern_status s = append_u64(b, bytes);
    return s ? s : append(b, text, bytes);
}

enum tern_status tern_gguf_create(const char *path, struct tern_gguf_writer **out, struct tern_error *e) {
    *out = NULL;
    struct tern_gguf_writer *w = calloc(1, sizeof *w);
    if (!w) return tern_fail(e, TERN_NO_MEMORY, "gguf: %s: out of memory", path);
    w->file.fd = -1;
    w->alignment = 32;
    w->path = strdup(path);
    enum tern_status s = w->path ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "gguf: %s: out of memory", path);
    if (!s) s = tern_replace_begin(path, &w->file, e);
    if (s) return tern_gguf_abandon(w), s;
    *out = w;
    return TERN_OK;
}

enum tern_status tern_gguf_create_keys(struct tern_gguf_writer **out) {
    if (!(*out = calloc(1, sizeof **out))) return TERN_NO_MEMORY;
    (*out)->file.fd = -1;
    return TERN_OK;
}

void tern_gguf_take_keys(struct tern_gguf_writer *w, unsigned char **keys, size_t *bytes, size_t *n_values) {
    *keys = w->values.data;
    *bytes = w->values.bytes;
    *n_values = w->n_keys;
    w->values = (struct block){0};
    tern_gguf_abandon(w);
}

void tern_gguf_abandon(struct tern_gguf_writer *w) {
    if (!w) return;
    tern_replace_abandon(&w->file);
    for (size_t i = 0; i < w->n_keys; i++) free(w->key[i]);
    for (size_t i = 0; i < w->n_tensors; i++) free(w->tensor[i].name);
    free(w->key);
    free(w->tensor);
    free(w->values.data);
    free(w->tensors.data);
    free(w->path);
    free(w);
}

/* Starts a value: its key and type. */
static enum tern_status put(struct tern_gguf_writer *w, const char *key, size_t key_bytes, uint32_t type) {
    if (w->started || !key_bytes) return TERN_BAD_INPUT;
    for (size_t i = 0; i < w->n_keys; i++)
        if (strlen(w->key[i]) == key_bytes && !memcmp(w->key[i], key, key_bytes)) return TERN_BAD_INPUT;
    char **grown = realloc(w->key, (w->n_keys + 1) * sizeof *grown);
    if (!grown) return TERN_NO_MEMORY;
    w->key = grown;
    if (!(grown[w->n_keys] = strndup(key, key_bytes))) return TERN_NO_MEMORY;
    w->n_keys++;
    const enum tern_status s = append_string(&w->values, key, key_bytes);
    return s ? s : append_u32(&w->values, type);
}

static enum tern_status set_alignment(struct tern_gguf_writer *w, const char *key, uint64_t v) {
    if (strcmp(key, "general.alignment") != 0) return TERN_OK;
    if (w->n_tensors || !v || v > 1u << 20 || v & (v - 1)) return TERN_BAD_INPUT;
    w->alignment = v;
    return TERN_OK;
}

static enum tern_status put_bytes(struct tern_gguf_writer *w, const char *key, uint32_t type, const void *v,
                                  size_t n) {
    const enum tern_status s = put(w, key, strlen(key), type);
    return s ? s : append(&w->values, v, n);
}

enum tern_status tern_gguf_put_u32(struct tern_gguf_writer *w, const char *key, uint32_t v) {
    const enum tern_status s = set_alignment(w, key, v);
    return s ? s : put_bytes(w, key, TERN_GGUF_U32, &v, sizeof v);
}

enum tern_status tern_gguf_put_f32(struct tern_gguf_writer *w, const char *key, float v) {
    return put_bytes(w, key, TERN_GGUF_F32, &v, sizeof v);
}

enum tern_status tern_gguf_put_bool(struct tern_gguf_writer *w, const char *key, int v) {
    const unsigned char byte = v != 0;
    return put_bytes(w, key, TERN_GGUF_BOOL, &byte, 1);
}

enum tern_status tern_gguf_put_text(struct tern_gguf_writer *w, const char *key, const char *text) {
    const enum tern_status s = put(w, key, strlen(key), TERN_GGUF_STRING);
    return s ? s : append_string(&w->values, text, strlen(text));
}

static enum tern_status put_array(struct tern_gguf_writer *w, const char *key, uint32_t item, size_t count) {
    enum tern_status s = put(w, key, strlen(key), TERN_GGUF_ARRAY);
    if (!s) s = append_u32(&w->values, item);
    return s ? s : append_u64(&w->values, count);
}

enum tern_status tern_gguf_put_strings(struct tern_gguf_writer *w, const char *key,
                                       const struct tern_gguf_string *v, size_t count) {
    enum tern_status s = put_array(w, key, TERN_GGUF_STRING, count);
    for (size_t i = 0; !s && i < count; i++) s = append_string(&w->values, v[i].data, v[i].bytes);
    return s;
}

enum tern_status tern_gguf_put_i32s(struct tern_gguf_writer *w, const char *key, const int32_t *v,
                                    size_t count) {
    const enum tern_status s = put_array(w, key, TERN_GGUF_I32, count);
    return s ? s : append(&w->values, v, count * sizeof *v);
}

enum tern_status tern_gguf_put_value(struct tern_gguf_writer *w, const struct tern_gguf_value *v) {
    static const char alignment[] = "general.alignment";
    enum tern_status s = TERN_OK;
    if (v->key.bytes == strlen(alignment) && !memcmp(v->key.data, alignment, v->key.bytes))
        s = v->type == TERN_GGUF_U32 ? set_alignment(w, alignment, tern_load_u32(v->data)) : TERN_BAD_INPUT;
    if (!s) s = put(w, v->key.data, v->key.bytes, v->type);
    if (s) return s;
    if (v->type == TERN_GGUF_STRING)
        return append_string(&w->values, (const char *)v->data, (size_t)v->count);
    if (v->type == TERN_GGUF_ARRAY) {
        s = append_u32(&w->values, v->item);
        if (!s) s = append_u64(&w->values, v->count);
    }
    return s ? s : append(&w->values, v->data, tern_gguf_value_bytes(v));
}

enum tern_status tern_gguf_put_tensor(struct tern_gguf_writer *w, const char *name, uint32_t type,
                                      uint32_t n_dims, const uint64_t *dim, uint64_t bytes) {
    if (w->started || !name[0] || n_dims < 1 || n_dims > 4 || !bytes) return TERN_BAD_INPUT;
    for (size_t i = 0; i < w->n_tensors; i++)
        if (!strcmp(w->tensor[i].name, name)) return TERN_BAD_INPUT;
    struct planned *grown = realloc(w->tensor, (w->n_tensors + 1) * sizeof *grown);
    if (!grown) return TERN_NO_MEMORY;
    w->tensor = grown;
    if (!(grown[w->n_tensors].name = strdup(name))) return TERN_NO_MEMORY;
    grown[w->n_tensors++].bytes = bytes;
    enum tern_status s = append_string(&w->tensors, name, strlen(name));
    if (!s) s = append_u32(&w->tensors, n_dims);
    for (uint32_t i = 0; !s && i < n_dims; i++) s = append_u64(&w->tensors, dim[i]);
    if (!s) s = append_u32(&w->tensors, type);
    if (!s) s = append_u64(&w->tensors, w->end);
    w->end += (bytes + w->alignment - 1) / w->alignment * w->alignment;
    return s;
}

static enum tern_status pad(struct tern_gguf_writer *w, uint64_t bytes, struct tern_error *e) {
    static const unsigned char zeros[256];
    enum tern_status s = TERN_OK;
    for (uint64_t n = (w->alignment - bytes % w->alignment) % w->alignment, step; !s && n; n -= step) {
        step = n < sizeof zeros ? n : sizeof zeros;
        s = tern_replace_write(&w->file, zeros, (size_t)step, e);
    }
    return s;
}

static enum tern_status start(struct tern_gguf_writer *w, struct tern_error *e) {
    struct block head = {0};
    enum tern_status s = append(&head, "GGUF", 4);
    if (!s) s = append_u32(&head, 3);
    if (!s) s = append_u64(&head, w->n_tensors);
    if (!s) s = append_u64(&head, w->n_keys);
    if (s) tern_fail(e, s, "gguf: %s: out of memory", w->path);
    if (!s) s = tern_replace_write(&w->file, head.data, head.bytes, e);
    if (!s) s = tern_replace_write(&w->file, w->values.data, w->values.bytes, e);
    if (!s) s = tern_replace_write(&w->file, w->tensors.data, w->tensors.bytes, e);
    if (!s) s = pad(w, head.bytes + w->values.bytes + w->tensors.bytes, e);
    free(head.data);
    w->started = 1;
    return s;
}

enum tern_status tern_gguf_write(struct tern_gguf_writer *w, const void *data, size_t bytes,
                                 struct tern_error *e) {
    enum tern_status s = w->started ? TERN_OK : start(w, e);
    for (const char *p = data; !s && bytes;) {
        if (w->current == w->n_tensors)
            return tern_fail(e, TERN_BAD_INPUT, "gguf: %s: more data than its tensors hold", w->path);
        const struct planned *t = &w->tensor[w->current];
        const size_t n = (size_t)(t->bytes - w->written < bytes ? t->bytes - w->written : bytes);
        s = tern_replace_write(&w->file, p, n, e);
        p += n;
        bytes -= n;
        w->written += n;
        if (!s && w->written == t->bytes) {
            s = pad(w, t->bytes, e);
            w->current++;
            w->written = 0;
        }
    }
    return s;
}

enum tern_status tern_gguf_finish(struct tern_gguf_writer *w, struct tern_error *e) {
    return tern_gguf_finish_checked(w, NULL, NULL, e);
}

enum tern_status tern_gguf_finish_checked(struct tern_gguf_writer *w, tern_gguf_check_fn *check, void *ctx,
                                          struct tern_error *e) {
    enum tern_status s = w->started ? TERN_OK : start(w, e);
    if (!s && w->current < w->n_tensors)
        s = tern_fail(e, TERN_BAD_INPUT, "gguf: %s: tensor %s got %llu of %llu bytes", w->path,
                      w->tensor[w->current].name, (unsigned long long)w->written,
                      (unsigned long long)w->tensor[w->current].bytes);
    if (!s && check) s = check(ctx, w->file.temp ? w->file.temp : w->path, e);
    if (!s) s = tern_replace_commit(&w->file, e);
    tern_gguf_abandon(w);
    return s;
}
