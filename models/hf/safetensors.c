#define _GNU_SOURCE
#include "models/hf/safetensors.h"

#include "base/file.h"
#include "base/placeholder/placeholder.h"
#include "models/gguf/gguf.h"
#include "models/hf/json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_HEADER ((size_t)100 << 20)
#define MAX_INDEX  ((size_t)100 << 20)

struct shard {
    char *path, *name;
    struct tern_map map;
    json_t *header; /* owns the names of its tensors */
    size_t first, count;
};

struct tern_safetensors {
    char *folder;
    struct shard *shard;
    size_t shards;
    struct tern_safetensor *tensor;
    size_t tensors;
};

static const struct {
    const char *name;
    size_t bytes;
} types[TERN_ST_TYPES] = {
    [TERN_ST_BOOL] = {"BOOL", 1},       [TERN_ST_U8] = {"U8", 1},           [TERN_ST_I8] = {"I8", 1},
    [TERN_ST_F8_E4M3] = {"F8_E4M3", 1}, [TERN_ST_F8_E5M2] = {"F8_E5M2", 1}, [TERN_ST_I16] = {"I16", 2},
    [TERN_ST_U16] = {"U16", 2},         [TERN_ST_F16] = {"F16", 2},         [TERN_ST_BF16] = {"BF16", 2},
    [TERN_ST_I32] = {"I32", 4},         [TERN_ST_U32] = {"U32", 4},         [TERN_ST_F32] = {"F32", 4},
    [TERN_ST_I64] = {"I64", 8},         [TERN_ST_U64] = {"U64", 8},         [TERN_ST_F64] = {"F64", 8},
};

size_t tern_safetensor_type_bytes(enum tern_safetensor_type t) {
    return types[t].bytes;
}

static enum tern_status no_memory(const char *path, struct tern_error *e) {
    return tern_fail(e, TERN_NO_MEMORY, "safetensors: %s: out of memory", path);
}

static enum tern_status bad(const char *path, const char *name, const char *why, struct tern_error *e) {
    char shown[80];
    tern_gguf_printable((struct tern_gguf_string){name, strlen(name)}, shown, sizeof shown);
    return tern_fail(e, TERN_BAD_INPUT, "safetensors: %s: %s: %s", path, shown, why);
}

static int take_type(const char *word, enum tern_safetensor_type *out) {
    for (size_t i = 0; word && i < TERN_ST_TYPES; i++)
        if (!strcmp(word, types[i].name)) return *out = (enum tern_safetensor_type)i, 1;
    return 0;
}

/* NULL, or what is wrong with the shape. */
static const char *take_shape(const json_t *shape, struct tern_safetensor *t, uint64_t *bytes) {
    if (!json_is_array(shape)) return "the shape is not a list";
    if (json_array_size(shape) > 4) return "more than four dimensions";
    t->n_dims = (uint32_t)json_array_size(shape);
    *bytes = types[t->type].bytes;
    for (uint32_t i = 0; i < 4; i++) {
        const json_t *n = json_array_get(shape, i);
        t->dim[i] = 1;
        if (i >= t->n_dims) continue;
        if (!json_is_integer(n) || json_integer_value(n) < 0) return "a dimension is not a whole number";
        t->dim[i] = (uint64_t)json_integer_value(n);
        if (!t->dim[i]) return "a dimension is zero";
        if (__builtin_mul_overflow(*bytes, t->dim[i], bytes)) return "the dimensions overflow";
    }
    return NULL;
}

/* NULL, or what is wrong with one tensor; `data` are the bytes of the file behind its header. */
static const char *take_tensor(const json_t *entry, uint64_t data, struct tern_safetensor *t) {
    uint64_t bytes;
    if (!json_is_object(entry)) return "the entry is not an object";
    if (!take_type(json_string_value(json_object_get(entry, "dtype")), &t->type))
        return "the dtype is missing or unknown";
    const char *why = take_shape(json_object_get(entry, "shape"), t, &bytes);
    if (why) return why;
    const json_t *at = json_object_get(entry, "data_offsets"), *from = json_array_get(at, 0),
                 *to = json_array_get(at, 1);
    if (json_array_size(at) != 2 || !json_is_integer(from) || !json_is_integer(to))
        return "data_offsets are not two whole numbers";
    const json_int_t a = json_integer_value(from), b = json_integer_value(to);
    if (a < 0 || b < a) return "data_offsets are not in order";
    if ((uint64_t)b > data) return "the data lie beyond the end of the file (truncated?)";
    if ((uint64_t)(b - a) != bytes) return "data_offsets do not agree with shape and dtype";
    t->offset = (uint64_t)a;
    t->bytes = bytes;
    return NULL;
}

static int by_offset(const void *a, const void *b) {
    const struct tern_safetensor *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct tern_safetensor *)a)->name, ((const struct tern_safetensor *)b)->name);
}

/* The tensors of one file must lie one behind the other, from the first byte to the last. */
static enum tern_status check_cover(struct shard *h, struct tern_safetensor *t, uint64_t start,
                                    struct tern_error *e) {
    uint64_t end = 0;
    qsort(t, h->count, sizeof *t, by_offset);
    for (size_t i = 0; i < h->count; i++) {
        if (t[i].offset < end) return bad(h->path, t[i].name, "overlaps the tensor before it", e);
        if (t[i].offset > end) return bad(h->path, t[i].name, "unused bytes lie before it", e);
        end = t[i].offset + t[i].bytes;
        t[i].offset += start;
        t[i].data = h->map.data + t[i].offset;
    }
    if (start + end == h->map.bytes) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "safetensors: %s: %llu bytes behind the last tensor", h->path,
                     (unsigned long long)(h->map.bytes - start - end));
}

static enum tern_status take_header(struct tern_safetensors *s, size_t index, struct tern_error *e) {
    struct shard *h = &s->shard[index];
    uint64_t length = 0;
    if (h->map.bytes >= 8) memcpy(&length, h->map.data, 8);
    if (h->map.bytes < 8 || length > h->map.bytes - 8 || length > MAX_HEADER)
        return tern_fail(e, TERN_BAD_INPUT,
                         "safetensors: %s: the header of %llu bytes does not fit into the file", h->path,
                         (unsigned long long)length);
    const uint64_t start = 8 + length, data = h->map.bytes - start;
    const enum tern_status parsed =
        tern_json_parse("safetensors", h->path, (const char *)h->map.data + 8, (size_t)length, &h->header, e);
    if (parsed) return parsed;
    h->first = s->tensors;
    const size_t most = json_object_size(h->header);
    struct tern_safetensor *grown = realloc(s->tensor, (s->tensors + most + 1) * sizeof *grown);
    if (!grown) return no_memory(h->path, e);
    s->tensor = grown;
    const char *name;
    json_t *entry;
    json_object_foreach(h->header, name, entry) {
        struct tern_safetensor *t = &s->tensor[s->tensors];
        if (!strcmp(name, "__metadata__")) continue;
        *t = (struct tern_safetensor){.name = name, .shard = index};
        const char *why = name[0] ? take_tensor(entry, data, t) : "a tensor without a name";
        if (why) return bad(h->path, name, why, e);
        s->tensors++;
        h->count++;
    }
    return check_cover(h, s->tensor + h->first, start, e);
}

static enum tern_status add_shard(struct tern_safetensors *s, const char *name, struct tern_error *e) {
    struct shard *grown = realloc(s->shard, (s->shards + 1) * sizeof *grown);
    if (!grown) return no_memory(name, e);
    s->shard = grown;
    struct shard *h = &s->shard[s->shards];
    *h = (struct shard){.name = strdup(name), .path = tern_format_text("%s/%s", s->folder, name)};
    s->shards++;
    if (!h->name || !h->path) return no_memory(name, e);
    enum tern_status status = tern_map_open(h->path, &h->map, e);
    if (!status) status = tern_refuse_placeholder("safetensors", h->path, h->map.data, h->map.bytes, e);
    return status ? status : take_header(s, s->shards - 1, e);
}

static int shard_named(const struct tern_safetensors *s, const char *name, size_t *at) {
    for (*at = 0; *at < s->shards; ++*at)
        if (!strcmp(s->shard[*at].name, name)) return 1;
    return 0;
}

static enum tern_status sort_names(struct tern_safetensors *s, struct tern_error *e) {
    if (s->tensors) qsort(s->tensor, s->tensors, sizeof *s->tensor, by_name);
    for (size_t i = 1; i < s->tensors; i++)
        if (!strcmp(s->tensor[i].name, s->tensor[i - 1].name))
            return bad(s->folder, s->tensor[i].name, "the tensor is in two files", e);
    return TERN_OK;
}

/* Opens the shards that the index names; every tensor must be where the index says, and none elsewhere. */
static enum tern_status take_index(struct tern_safetensors *s, const char *path, struct tern_error *e) {
    json_t *root = NULL, *file;
    const char *name;
    enum tern_status status = tern_json_read("safetensors", path, MAX_INDEX, &root, e);
    if (status) return status;
    json_t *map = json_object_get(root, "weight_map");
    if (!json_is_object(map) || !json_object_size(map)) {
        status = bad(path, "weight_map", "missing or empty", e);
        goto done;
    }
    json_object_foreach(map, name, file) {
        const char *text = json_string_value(file);
        size_t at;
        if (!text || !text[0] || text[0] == '.' || strchr(text, '/')) {
            status = bad(path, name, "its file is not the name of a file in this folder", e);
            goto done;
        }
        if (!shard_named(s, text, &at) && (status = add_shard(s, text, e))) goto done;
    }
    if ((status = sort_names(s, e))) goto done;
    size_t found = 0;
    for (size_t i = 0; i < s->tensors; i++) {
        const char *said = json_string_value(json_object_get(map, s->tensor[i].name));
        const struct shard *h = &s->shard[s->tensor[i].shard];
        if (said && !strcmp(said, h->name)) {
            found++;
            continue;
        }
        status = bad(h->path, s->tensor[i].name,
                     said ? "the index says it is in another file" : "the index does not name it", e);
        goto done;
    }
    if (found != json_object_size(map))
        json_object_foreach(map, name, file) if (!tern_safetensors_named(s, name)) {
            status = bad(path, name, "the tensor is missing from its file", e);
            goto done;
        }
done:
    json_decref(root);
    return status;
}

/* Splits the path into a folder and what to open in it. */
static enum tern_status locate(const char *path, char **folder, char **name, struct tern_error *e) {
    static const char *const usual[] = {"model.safetensors.index.json", "model.safetensors"};
    struct stat st;
    *folder = *name = NULL;
    if (stat(path, &st)) return tern_fail(e, TERN_BAD_INPUT, "safetensors: %s: no such file or folder", path);
    if (!S_ISDIR(st.st_mode)) {
        const char *slash = strrchr(path, '/');
        *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
        *name = strdup(slash ? slash + 1 : path);
        return *folder && *name ? TERN_OK : no_memory(path, e);
    }
    for (size_t i = 0; i < 2; i++) {
        char *full = tern_format_text("%s/%s", path, usual[i]);
        if (!full) return no_memory(path, e);
        const int there = access(full, F_OK) == 0;
        free(full);
        if (!there) continue;
        *folder = strdup(path);
        *name = strdup(usual[i]);
        return *folder && *name ? TERN_OK : no_memory(path, e);
    }
    return tern_fail(e, TERN_BAD_INPUT, "safetensors: %s: the folder has neither %s nor %s", path, usual[1],
                     usual[0]);
}

enum tern_status tern_safetensors_open(const char *path, struct tern_safetensors **out,
                                       struct tern_error *e) {
    *out = NULL;
    char *name = NULL, *full = NULL;
    struct tern_safetensors *s = calloc(1, sizeof *s);
    if (!s) return no_memory(path, e);
    enum tern_status status = locate(path, &s->folder, &name, e);
    const size_t n = name ? strlen(name) : 0;
    if (!status && n > 5 && !strcmp(name + n - 5, ".json")) {
        full = tern_format_text("%s/%s", s->folder, name);
        status = full ? take_index(s, full, e) : no_memory(path, e);
    } else if (!status) {
        status = add_shard(s, name, e);
        if (!status) status = sort_names(s, e);
    }
    free(full);
    free(name);
    if (status)
        tern_safetensors_close(s);
    else
        *out = s;
    return status;
}

void tern_safetensors_close(struct tern_safetensors *s) {
    if (!s) return;
    for (size_t i = 0; i < s->shards; i++) {
        tern_map_close(&s->shard[i].map);
        json_decref(s->shard[i].header);
        free(s->shard[i].path);
        free(s->shard[i].name);
    }
    free(s->shard);
    free(s->tensor);
    free(s->folder);
    free(s);
}

const char *tern_safetensors_folder(const struct tern_safetensors *s) {
    return s->folder;
}

const char *tern_safetensors_shard_path(const struct tern_safetensors *s, size_t i) {
    return s->shard[i].path;
}

size_t tern_safetensors_count(const struct tern_safetensors *s) {
    return s->tensors;
}

const struct tern_safetensor *tern_safetensors_at(const struct tern_safetensors *s, size_t i) {
    return i < s->tensors ? &s->tensor[i] : NULL;
}

const struct tern_safetensor *tern_safetensors_named(const struct tern_safetensors *s, const char *name) {
    const struct tern_safetensor key = {.name = name};
    return s->tensors ? bsearch(&key, s->tensor, s->tensors, sizeof key, by_name) : NULL;
}
