/* Inside of the GGUF reader, shared by gguf.c (header) and gguf_values.c (typed access). */
#ifndef TERN_MODELS_GGUF_FILE_H
#define TERN_MODELS_GGUF_FILE_H

#include "base/file.h"
#include "models/gguf.h"

#include <string.h>

struct tern_gguf {
    char *path;
    struct tern_map map;
    uint32_t version;
    uint64_t alignment;
    size_t n_values, n_tensors;
    struct tern_gguf_value *value; /* in the order of the file */
    struct tern_gguf_tensor *tensor;
    const struct tern_gguf_value **by_key; /* sorted by name */
    const struct tern_gguf_tensor **by_name;
};

/* Bytes of one element of a fixed-size type; 0 for strings, arrays and types that do not exist. */
size_t tern_gguf_item_bytes(uint32_t type);

/* Bytes from v->data to the end of the value, for any type (of an opened file). */
size_t tern_gguf_value_bytes(const struct tern_gguf_value *v);

static inline uint32_t tern_load_u32(const unsigned char *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t tern_load_u64(const unsigned char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

#endif
