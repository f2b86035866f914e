#define _GNU_SOURCE
#include "models/gguf/gguf.h"

#include "base/memory.h"
#include "base/placeholder/placeholder.h"
#include "models/gguf/file.h"
#include "models/gguf/types.h"

#include <stdlib.h>

#define DEFAULT_ALIGNMENT 32
#define MAX_NESTING       4
#define MAX_NAME          4096 /* the specification says 64 for tensors and 65535 for keys */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the reader maps little-endian numbers as they are");

struct cursor {
    const char *path;
    const unsigned char *data;
    size_t at, end;
    struct tern_error *e;
};

static size_t left(const struct cursor *c) {
    return c->end - c->at;
}

static enum tern_status bad(const struct cursor *c, const char *what, const char *why) {
    tern_fail(c->e, TERN_BAD_INPUT, "gguf: %s: %s: %s at byte %zu", c->path, what, why, c->at);
    return TERN_BAD_INPUT;
}

/* The same for what is found after the header was read, where no byte is to blame. */
static enum tern_status wrong(const struct cursor *c, const char *what, const char *why) {
    tern_fail(c->e, TERN_BAD_INPUT, "gguf: %s: %s: %s", c->path, what, why);
    return TERN_BAD_INPUT;
}

static enum tern_status take(struct cursor *c, const char *what, size_t bytes, const unsigned char **p) {
    if (left(c) < bytes) return bad(c, what, "the file ends");
    *p = c->data + c->at;
    c->at += bytes;
    return TERN_OK;
}

static enum tern_status take_u32(struct cursor *c, const char *what, uint32_t *v) {
    const unsigned char *p;
    enum tern_status s = take(c, what, 4, &p);
    if (!s) *v = tern_load_u32(p);
    return s;
}

static enum tern_status take_u64(struct cursor *c, const char *what, uint64_t *v) {
    const unsigned char *p;
    enum tern_status s = take(c, what, 8, &p);
    if (!s) *v = tern_load_u64(p);
    return s;
}

static enum tern_status take_string(struct cursor *c, const char *what, struct tern_gguf_string *out) {
    uint64_t n;
    const unsigned char *p;
    enum tern_status s = take_u64(c, what, &n);
    if (s) return s;
    if (n > left(c)) return bad(c, what, "a string is longer than the file");
    s = take(c, what, (size_t)n, &p);
    *out = (struct tern_gguf_string){(const char *)p, (size_t)n};
    return s;
}

static enum tern_status skip_array(struct cursor *c, const char *what, uint32_t item, uint64_t count,
                                   int depth) {
    if (item > TERN_GGUF_F64) return bad(c, what, "an array has an unknown element type");
    size_t step = tern_gguf_item_bytes(item);
    const size_t least = step ? step : item == TERN_GGUF_STRING ? 8 : 12;
    if (count > left(c) / least) return bad(c, what, "an array is longer than the file");
    if (item == TERN_GGUF_BOOL)
        for (uint64_t i = 0; i < count; i++)
            if (c->data[c->at + i] > 1) return bad(c, what, "a truth value is neither 0 nor 1");
    if (step) return c->at += (size_t)count * step, TERN_OK;

    enum tern_status s = TERN_OK;
    for (uint64_t i = 0; !s && i < count; i++) {
        struct tern_gguf_string text;
        uint32_t inner;
        uint64_t n;
        if (item == TERN_GGUF_STRING) {
            s = take_string(c, what, &text);
            continue;
        }
        if (depth == MAX_NESTING) return bad(c, what, "arrays are nested too deeply");
        s = take_u32(c, what, &inner);
        if (!s) s = take_u64(c, what, &n);
        if (!s) s = skip_array(c, what, inner, n, depth + 1);
    }
    return s;
}

static enum tern_status take_value(struct cursor *c, struct tern_gguf_value *v) {
    char shown[80];
    uint32_t type, item = 0;
    enum tern_status s = take_string(c, "key", &v->key);
    if (s) return s;
    const char *what = tern_gguf_printable(v->key, shown, sizeof shown);
    if (!v->key.bytes || v->key.bytes > MAX_NAME) return bad(c, "key", "its length is not from 1 to 4096");
    if ((s = take_u32(c, what, &type))) return s;
    if (type > TERN_GGUF_F64) return bad(c, what, "unknown value type");
    v->type = v->item = (enum tern_gguf_type)type;
    v->count = 1;
    if (type == TERN_GGUF_STRING) {
        struct tern_gguf_string text;
        if ((s = take_string(c, what, &text))) return s;
        v->data = (const unsigned char *)text.data;
        v->count = text.bytes;
        return TERN_OK;
    }
    if (type == TERN_GGUF_ARRAY) {
        if ((s = take_u32(c, what, &item)) || (s = take_u64(c, what, &v->count))) return s;
        v->item = (enum tern_gguf_type)(item <= TERN_GGUF_F64 ? item : 0);
        v->data = c->data + c->at;
        return skip_array(c, what, item, v->count, 1);
    }
    s = take(c, what, tern_gguf_item_bytes(type), &v->data);
    if (!s && type == TERN_GGUF_BOOL && *v->data > 1) return bad(c, what, "a truth value is neither 0 nor 1");
    return s;
}

static enum tern_status take_tensor(struct cursor *c, struct tern_gguf_tensor *t) {
    char shown[80];
    enum tern_status s = take_string(c, "tensor name", &t->name);
    if (s) return s;
    const char *what = tern_gguf_printable(t->name, shown, sizeof shown);
    if (!t->name.bytes || t->name.bytes > MAX_NAME)
        return bad(c, "tensor name", "its length is not from 1 to 4096");
    if ((s = take_u32(c, what, &t->n_dims))) return s;
    if (t->n_dims < 1 || t->n_dims > 4) return bad(c, what, "the number of dimensions is not from 1 to 4");
    uint64_t elements = 1;
    for (uint32_t i = 0; i < 4; i++) {
        t->dim[i] = 1;
        if (i < t->n_dims && (s = take_u64(c, what, &t->dim[i]))) return s;
        if (!t->dim[i]) return bad(c, what, "a dimension is zero");
        if (t->dim[i] > INT64_MAX / elements) return bad(c, what, "the dimensions overflow");
        elements *= t->dim[i];
    }
    if ((s = take_u32(c, what, &t->type))) return s;
    return take_u64(c, what, &t->offset);
}

static int by_bytes(struct tern_gguf_string a, struct tern_gguf_string b) {
    const int order = memcmp(a.data, b.data, tern_min(a.bytes, b.bytes));
    return order ? order : (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

static int value_order(const void *a, const void *b) {
    return by_bytes((*(const struct tern_gguf_value *const *)a)->key,
                    (*(const struct tern_gguf_value *const *)b)->key);
}

static int tensor_order(const void *a, const void *b) {
    return by_bytes((*(const struct tern_gguf_tensor *const *)a)->name,
                    (*(const struct tern_gguf_tensor *const *)b)->name);
}

static int offset_order(const void *a, const void *b) {
    const uint64_t x = (*(struct tern_gguf_tensor *const *)a)->offset,
                   y = (*(struct tern_gguf_tensor *const *)b)->offset;
    return (x > y) - (x < y);
}

/* Turns relative offsets into file offsets and gives each tensor the space up to its successor. `order` is
 * scratch for n_tensors pointers. */
static enum tern_status place_tensors(struct tern_gguf *g, struct cursor *c,
                                      struct tern_gguf_tensor **order) {
    const uint64_t start = ((uint64_t)c->at + g->alignment - 1) / g->alignment * g->alignment;
    char shown[80];
    for (size_t i = 0; i < g->n_tensors; i++) {
        struct tern_gguf_tensor *t = order[i] = &g->tensor[i];
        const char *what = tern_gguf_printable(t->name, shown, sizeof shown);
        if (t->offset % g->alignment) return wrong(c, what, "the offset is not aligned");
        if (start >= c->end || t->offset >= c->end - start)
            return wrong(c, what, "the data lie beyond the end of the file");
        t->offset += start;
        t->data = c->data + t->offset;
    }
    qsort(order, g->n_tensors, sizeof *order, offset_order);
    for (size_t i = 0; i < g->n_tensors; i++) {
        struct tern_gguf_tensor *t = order[i];
        const char *what = tern_gguf_printable(t->name, shown, sizeof shown);
        t->bytes = (i + 1 < g->n_tensors ? order[i + 1]->offset : c->end) - t->offset;
        if (!t->bytes) return wrong(c, what, "two tensors share the same bytes");
        const struct tern_ggml_type *known = tern_ggml_type_of(t->type);
        if (!known) continue;
        if (t->dim[0] % known->block) return wrong(c, what, "the rows are not whole blocks of the type");
        const uint64_t need = tern_ggml_bytes(known, t);
        if (need > t->bytes)
            return tern_fail(c->e, TERN_BAD_INPUT,
                             "gguf: %s: %s: needs %llu bytes of %s, the file has room for %llu (truncated?)",
                             c->path, what, (unsigned long long)need, known->name,
                             (unsigned long long)t->bytes);
    }
    return TERN_OK;
}

static enum tern_status index_names(struct tern_gguf *g, struct cursor *c) {
    char shown[80];
    for (size_t i = 0; i < g->n_values; i++) g->by_key[i] = &g->value[i];
    for (size_t i = 0; i < g->n_tensors; i++) g->by_name[i] = &g->tensor[i];
    qsort(g->by_key, g->n_values, sizeof *g->by_key, value_order);
    qsort(g->by_name, g->n_tensors, sizeof *g->by_name, tensor_order);
    for (size_t i = 1; i < g->n_values; i++)
        if (!value_order(&g->by_key[i - 1], &g->by_key[i]))
            return wrong(c, tern_gguf_printable(g->by_key[i]->key, shown, sizeof shown),
                         "the key appears twice");
    for (size_t i = 1; i < g->n_tensors; i++)
        if (!tensor_order(&g->by_name[i - 1], &g->by_name[i]))
            return wrong(c, tern_gguf_printable(g->by_name[i]->name, shown, sizeof shown),
                         "the tensor appears twice");
    return TERN_OK;
}

static enum tern_status parse_counts(struct tern_gguf *g, struct cursor *c) {
    const unsigned char *magic = NULL;
    uint64_t n_tensors, n_values;
    enum tern_status s = take(c, "magic", 4, &magic);
    const int reversed = !s && !memcmp(magic, "FUGG", 4);
    if (s || (!reversed && memcmp(magic, "GGUF", 4) != 0))
        return tern_fail(c->e, TERN_BAD_INPUT, "gguf: %s: not a GGUF file", c->path);
    if ((s = take_u32(c, "version", &g->version))) return s;
    if (reversed && g->version & 0xffff)
        return tern_fail(
            c->e, TERN_BAD_INPUT,
            "gguf: %s: begins with FUGG, as big-endian files do, but its numbers are little-endian", c->path);
    if (g->version && !(g->version & 0xffff))
        return tern_fail(c->e, TERN_UNSUPPORTED,
                         "gguf: %s: the file is big-endian, this machine is little-endian", c->path);
    if (g->version != 2 && g->version != 3)
        return tern_fail(c->e, TERN_UNSUPPORTED, "gguf: %s: version %u; 2 and 3 are known", c->path,
                         g->version);
    if ((s = take_u64(c, "tensor count", &n_tensors)) || (s = take_u64(c, "key count", &n_values))) return s;
    /* The shortest key takes 8 + 1 + 4 + 1 bytes, the shortest tensor 8 + 1 + 4 + 8 + 4 + 8. */
    if (n_values > left(c) / 14) return bad(c, "key count", "larger than the file allows");
    if (n_tensors > left(c) / 33) return bad(c, "tensor count", "larger than the file allows");
    g->n_values = (size_t)n_values;
    g->n_tensors = (size_t)n_tensors;
    g->value = calloc(g->n_values + 1, sizeof *g->value);
    g->by_key = calloc(g->n_values + 1, sizeof *g->by_key);
    g->tensor = calloc(g->n_tensors + 1, sizeof *g->tensor);
    g->by_name = calloc(g->n_tensors + 1, sizeof *g->by_name);
    if (g->value && g->by_key && g->tensor && g->by_name) return TERN_OK;
    return tern_fail(c->e, TERN_NO_MEMORY, "gguf: %s: out of memory", c->path);
}

static enum tern_status parse(struct tern_gguf *g, struct tern_error *e) {
    struct cursor c = {g->path, g->map.data, 0, g->map.bytes, e};
    enum tern_status s = parse_counts(g, &c);
    for (size_t i = 0; !s && i < g->n_values; i++) s = take_value(&c, &g->value[i]);
    for (size_t i = 0; !s && i < g->n_tensors; i++) s = take_tensor(&c, &g->tensor[i]);
    if (!s) s = index_names(g, &c);
    if (s) return s;

    g->alignment = DEFAULT_ALIGNMENT;
    if (tern_gguf_find(g, "general.alignment") && !tern_gguf_u64(g, "general.alignment", &g->alignment))
        return wrong(&c, "general.alignment", "not a whole number");
    if (!g->alignment || g->alignment > 1u << 20 || g->alignment & (g->alignment - 1))
        return wrong(&c, "general.alignment", "not a power of two up to 2^20");

    struct tern_gguf_tensor **order = calloc(g->n_tensors + 1, sizeof *order);
    if (!order) return tern_fail(e, TERN_NO_MEMORY, "gguf: %s: out of memory", g->path);
    s = place_tensors(g, &c, order);
    free(order);
    return s;
}

enum tern_status tern_gguf_assemble(struct tern_gguf *g, const unsigned char *keys, size_t bytes,
                                    size_t n_values, struct tern_error *e) {
    struct cursor c = {g->path, keys, 0, bytes, e};
    g->alignment = DEFAULT_ALIGNMENT;
    g->n_values = n_values;
    g->value = calloc(n_values + 1, sizeof *g->value);
    g->by_key = calloc(n_values + 1, sizeof *g->by_key);
    g->by_name = calloc(g->n_tensors + 1, sizeof *g->by_name);
    if (!g->value || !g->by_key || !g->by_name)
        return tern_fail(e, TERN_NO_MEMORY, "gguf: %s: out of memory", g->path);
    enum tern_status s = TERN_OK;
    for (size_t i = 0; !s && i < n_values; i++) s = take_value(&c, &g->value[i]);
    return s ? s : index_names(g, &c);
}

enum tern_status tern_gguf_index(struct tern_gguf *g, struct tern_error *e) {
    struct cursor c = {g->path, NULL, 0, 0, e};
    return index_names(g, &c);
}

enum tern_status tern_gguf_open_one(const char *path, struct tern_gguf **out, struct tern_error *e) {
    *out = NULL;
    struct tern_gguf *g = calloc(1, sizeof *g);
    if (g) g->path = strdup(path);
    if (!g || !g->path) {
        free(g);
        return tern_fail(e, TERN_NO_MEMORY, "gguf: %s: out of memory", path);
    }
    enum tern_status s = tern_map_open(path, &g->map, e);
    if (!s) s = tern_refuse_placeholder("gguf", path, g->map.data, g->map.bytes, e);
    if (!s) s = parse(g, e);
    if (s) return tern_gguf_close(g), s;
    *out = g;
    return TERN_OK;
}

void tern_gguf_close(struct tern_gguf *g) {
    if (!g) return;
    if (g->folder) g->folder->close(g->folder);
    for (size_t i = 0; i < g->siblings; i++) tern_gguf_close(g->sibling[i]);
    free(g->sibling);
    tern_map_close(&g->map);
    free(g->path);
    free(g->value);
    free(g->tensor);
    free(g->by_key);
    free(g->by_name);
    free(g);
}
