#include "models/gguf/file.h"

#include "base/starved/starved.h"

#include <math.h>
#include <stdlib.h>

size_t tern_gguf_item_bytes(uint32_t type) {
    static const unsigned char bytes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return type < sizeof bytes ? bytes[type] : 0;
}

const char *tern_gguf_path(const struct tern_gguf *g) {
    return g->path;
}

int tern_gguf_is_folder(const struct tern_gguf *g) {
    return g->folder != NULL;
}

const struct tern_map *tern_gguf_map_of(const struct tern_gguf *g, const void *data) {
    const uintptr_t at = (uintptr_t)data, from = (uintptr_t)g->map.data;
    if (g->map.data && at >= from && at - from < g->map.bytes) return &g->map;
    for (size_t i = 0; i < g->siblings; i++) {
        const struct tern_map *m = tern_gguf_map_of(g->sibling[i], data);
        if (m) return m;
    }
    return NULL;
}

size_t tern_gguf_parts(const struct tern_gguf *g) {
    return 1 + g->siblings;
}

uint32_t tern_gguf_version(const struct tern_gguf *g) {
    return g->version;
}

size_t tern_gguf_value_count(const struct tern_gguf *g) {
    return g->n_values;
}

const struct tern_gguf_value *tern_gguf_value_at(const struct tern_gguf *g, size_t i) {
    return i < g->n_values ? &g->value[i] : NULL;
}

size_t tern_gguf_tensor_count(const struct tern_gguf *g) {
    return g->n_tensors;
}

const struct tern_gguf_tensor *tern_gguf_tensor_at(const struct tern_gguf *g, size_t i) {
    return i < g->n_tensors ? &g->tensor[i] : NULL;
}

/* Order of C text `a` against counted bytes `b`, the same as that of the sorted indexes. */
static int text_order(const char *a, struct tern_gguf_string b) {
    const size_t n = strlen(a);
    const int order = memcmp(a, b.data, n < b.bytes ? n : b.bytes);
    return order ? order : (n > b.bytes) - (n < b.bytes);
}

static int key_match(const void *key, const void *item) {
    return text_order(key, (*(const struct tern_gguf_value *const *)item)->key);
}

static int name_match(const void *key, const void *item) {
    return text_order(key, (*(const struct tern_gguf_tensor *const *)item)->name);
}

const struct tern_gguf_value *tern_gguf_find(const struct tern_gguf *g, const char *key) {
    const struct tern_gguf_value *const *hit =
        bsearch(key, g->by_key, g->n_values, sizeof *g->by_key, key_match);
    return hit ? *hit : NULL;
}

const struct tern_gguf_tensor *tern_gguf_tensor_named(const struct tern_gguf *g, const char *name) {
    const struct tern_gguf_tensor *const *hit =
        bsearch(name, g->by_name, g->n_tensors, sizeof *g->by_name, name_match);
    return hit ? *hit : NULL;
}

const char *tern_gguf_printable(struct tern_gguf_string s, char *out, size_t capacity) {
    size_t n = 0;
    for (size_t i = 0; i < s.bytes && n + 1 < capacity; i++)
        out[n++] = s.data[i] < ' ' || s.data[i] > '~' ? '?' : s.data[i];
    out[n] = 0;
    return out;
}

/* One number of a fixed-size type: whole numbers in *i (unless above INT64_MAX), all in *f. Returns 1 when *i
 * holds the value, 2 when only *f does (exactly, for floats), 0 when the type is no number. */
static int load(enum tern_gguf_type type, const unsigned char *p, int64_t *i, double *f) {
    uint64_t bits = 0;
    float single;
    const size_t bytes = tern_gguf_item_bytes(type);
    memcpy(&bits, p, bytes);
    switch (type) {
    case TERN_GGUF_I8:
        *i = (int8_t)bits;
        break;
    case TERN_GGUF_I16:
        *i = (int16_t)bits;
        break;
    case TERN_GGUF_I32:
        *i = (int32_t)bits;
        break;
    case TERN_GGUF_U8:
    case TERN_GGUF_U16:
    case TERN_GGUF_U32:
    case TERN_GGUF_BOOL:
    case TERN_GGUF_U64:
    case TERN_GGUF_I64:
        *i = (int64_t)bits;
        break;
    case TERN_GGUF_F32:
        memcpy(&single, &bits, sizeof single);
        *f = (double)single;
        return 2;
    case TERN_GGUF_F64:
        memcpy(f, &bits, sizeof *f);
        return 2;
    default:
        return 0;
    }
    if (type == TERN_GGUF_U64 && bits > INT64_MAX) return *f = (double)bits, 2;
    *f = (double)*i;
    return 1;
}

int tern_gguf_value_f64(const struct tern_gguf_value *v, double *out) {
    int64_t i;
    return v->type != TERN_GGUF_STRING && v->type != TERN_GGUF_ARRAY && load(v->type, v->data, &i, out) > 0;
}

int tern_gguf_u64(const struct tern_gguf *g, const char *key, uint64_t *out) {
    const struct tern_gguf_value *v = tern_gguf_find(g, key);
    int64_t i;
    double f;
    if (!v || v->type == TERN_GGUF_BOOL) return 0;
    if (v->type == TERN_GGUF_U64) return *out = tern_load_u64(v->data), 1;
    if (v->type == TERN_GGUF_STRING || v->type == TERN_GGUF_ARRAY) return 0;
    if (load(v->type, v->data, &i, &f) != 1 || i < 0) return 0;
    *out = (uint64_t)i;
    return 1;
}

int tern_gguf_f64(const struct tern_gguf *g, const char *key, double *out) {
    const struct tern_gguf_value *v = tern_gguf_find(g, key);
    int64_t i;
    double f;
    if (!v || v->type == TERN_GGUF_BOOL || v->type == TERN_GGUF_STRING || v->type == TERN_GGUF_ARRAY)
        return 0;
    const int kind = load(v->type, v->data, &i, &f);
    if (!kind || (v->type != TERN_GGUF_F32 && v->type != TERN_GGUF_F64 && fabs(f) > 0x1p53)) return 0;
    *out = f;
    return 1;
}

int tern_gguf_bool(const struct tern_gguf *g, const char *key, int *out) {
    const struct tern_gguf_value *v = tern_gguf_find(g, key);
    if (!v || v->type != TERN_GGUF_BOOL) return 0;
    *out = *v->data;
    return 1;
}

int tern_gguf_text(const struct tern_gguf *g, const char *key, struct tern_gguf_string *out) {
    const struct tern_gguf_value *v = tern_gguf_find(g, key);
    if (!v || v->type != TERN_GGUF_STRING) return 0;
    *out = (struct tern_gguf_string){(const char *)v->data, (size_t)v->count};
    return 1;
}

static const struct tern_gguf_value *array_of(const struct tern_gguf *g, const char *key) {
    const struct tern_gguf_value *v = tern_gguf_find(g, key);
    return v && v->type == TERN_GGUF_ARRAY ? v : NULL;
}

int tern_gguf_strings(const struct tern_gguf *g, const char *key, struct tern_gguf_string **out,
                      size_t *count) {
    const struct tern_gguf_value *v = array_of(g, key);
    if (!v || v->item != TERN_GGUF_STRING) return 0;
    const size_t n = (size_t)v->count;
    struct tern_gguf_string *list = calloc(n + 1, sizeof *list);
    if (!list) return tern_starve();
    const unsigned char *p = v->data;
    for (size_t i = 0; i < n; i++) { /* lengths were checked when the file was opened */
        const size_t bytes = (size_t)tern_load_u64(p);
        list[i] = (struct tern_gguf_string){(const char *)p + 8, bytes};
        p += 8 + bytes;
    }
    *out = list;
    *count = n;
    return 1;
}

int tern_gguf_ints(const struct tern_gguf *g, const char *key, int64_t **out, size_t *count) {
    const struct tern_gguf_value *v = array_of(g, key);
    const size_t step = v ? tern_gguf_item_bytes(v->item) : 0;
    if (!step) return 0;
    const size_t n = (size_t)v->count;
    int64_t *list = calloc(n + 1, sizeof *list);
    double ignored;
    if (!list) return tern_starve();
    for (size_t i = 0; i < n; i++)
        if (load(v->item, v->data + i * step, &list[i], &ignored) != 1) return free(list), 0;
    *out = list;
    *count = n;
    return 1;
}

int tern_gguf_floats(const struct tern_gguf *g, const char *key, float **out, size_t *count) {
    const struct tern_gguf_value *v = array_of(g, key);
    const size_t step = v ? tern_gguf_item_bytes(v->item) : 0;
    if (!step) return 0;
    const size_t n = (size_t)v->count;
    float *list = calloc(n + 1, sizeof *list);
    if (!list) return tern_starve();
    for (size_t i = 0; i < n; i++) {
        int64_t whole;
        double f;
        load(v->item, v->data + i * step, &whole, &f);
        list[i] = (float)f;
    }
    *out = list;
    *count = n;
    return 1;
}

/* Bytes of `count` elements at p; the lengths were checked when the file was opened. */
static size_t array_bytes(enum tern_gguf_type item, uint64_t count, const unsigned char *p) {
    if (tern_gguf_item_bytes(item)) return (size_t)count * tern_gguf_item_bytes(item);
    size_t bytes = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (item == TERN_GGUF_STRING)
            bytes += 8 + (size_t)tern_load_u64(p + bytes);
        else
            bytes += 12 + array_bytes((enum tern_gguf_type)tern_load_u32(p + bytes),
                                      tern_load_u64(p + bytes + 4), p + bytes + 12);
    }
    return bytes;
}

size_t tern_gguf_value_bytes(const struct tern_gguf_value *v) {
    if (v->type == TERN_GGUF_STRING) return (size_t)v->count;
    if (v->type == TERN_GGUF_ARRAY) return array_bytes(v->item, v->count, v->data);
    return tern_gguf_item_bytes(v->type);
}
