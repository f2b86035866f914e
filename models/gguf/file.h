/* Inside of the GGUF reader, shared by gguf.c (header) and gguf_values.c (typed access). */
#ifndef TERN_MODELS_GGUF_FILE_H
#define TERN_MODELS_GGUF_FILE_H

#include "base/file.h"
#include "models/gguf/gguf.h"

#include <string.h>

struct tern_safetensors;

/* What lies behind a tern_gguf that was put together from a folder of safetensors (models/hf/hf.h). */
struct tern_hf {
    struct tern_safetensors *parts;
    unsigned char *keys; /* the metadata, as they stand in a GGUF file */
    char *names;         /* of the tensors */
    float *scales;
    int absmean; /* linear layers hold master weights: trit = round(w / mean|w|), clamped */
    int halves;  /* rows of q and k pair halves of a head, those of a GGUF of this architecture neighbours */
};

struct tern_gguf {
    struct tern_hf *hf; /* NULL for a GGUF file */
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

/* Takes `n_values` metadata in `g` from memory that outlives it, and sorts its names; the tensors are there
 * already. */
enum tern_status tern_gguf_assemble(struct tern_gguf *g, const unsigned char *keys, size_t bytes,
                                    size_t n_values, struct tern_error *e);

/* A writer without a file, for its metadata alone: heap in *keys (free()). */
enum tern_status tern_gguf_create_keys(struct tern_gguf_writer **out);
void tern_gguf_take_keys(struct tern_gguf_writer *w, unsigned char **keys, size_t *bytes, size_t *n_values);

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
