/* The inside of an opened GGUF file. The reader's own files share it, and so do those that build one from a
 * folder (models/hf/) or read tensors in place (models/load/). Everybody else uses gguf.h. */
#ifndef TERN_MODELS_GGUF_FILE_H
#define TERN_MODELS_GGUF_FILE_H

#include "base/file.h"
#include "models/gguf/gguf.h"

#include <string.h>

/* What a folder of safetensors that is seen as a GGUF file adds to it (models/hf/hf.h). */
struct tern_gguf_folder {
    /* Gives back the folder and everything the tensors point into. tern_gguf_close calls it. */
    void (*close)(struct tern_gguf_folder *f);
    int absmean; /* linear layers hold master weights: trit = round(w / mean|w|), clamped */
    int halves;  /* in q and k, rows that rotate together lie half a head apart; in a GGUF file of this
                    architecture they are neighbours */
};

struct tern_gguf {
    struct tern_gguf_folder *folder; /* NULL for a GGUF file */
    char *path;
    struct tern_map map;
    struct tern_gguf **sibling; /* the other parts of a split model, which own their mappings */
    size_t siblings;
    uint32_t version;
    uint64_t alignment;
    size_t n_values, n_tensors;
    struct tern_gguf_value *value; /* in the order of the file */
    struct tern_gguf_tensor *tensor;
    const struct tern_gguf_value **by_key; /* sorted by name */
    const struct tern_gguf_tensor **by_name;
};

/* Reads `n_values` metadata values into `g` from `keys`, which must outlive it, and indexes all names. The
 * caller has filled in the tensors before. */
enum tern_status tern_gguf_assemble(struct tern_gguf *g, const unsigned char *keys, size_t bytes,
                                    size_t n_values, struct tern_error *e);

/* One file, without the other parts of a split model. */
enum tern_status tern_gguf_open_one(const char *path, struct tern_gguf **out, struct tern_error *e);
/* Sorts the names of keys and tensors again; TERN_BAD_INPUT when one appears twice. */
enum tern_status tern_gguf_index(struct tern_gguf *g, struct tern_error *e);

/* A writer without a file, which only collects metadata. tern_gguf_take_keys ends it and gives the metadata
 * as bytes in *keys (heap, free()). */
enum tern_status tern_gguf_create_keys(struct tern_gguf_writer **out);
void tern_gguf_take_keys(struct tern_gguf_writer *w, unsigned char **keys, size_t *bytes, size_t *n_values);

/* The mapping of this file or of a sibling that `data` lies in; NULL when it lies in none. */
const struct tern_map *tern_gguf_map_of(const struct tern_gguf *g, const void *data);

/* Bytes of one element of a fixed-size type; 0 for strings, arrays and types that do not exist. */
size_t tern_gguf_item_bytes(uint32_t type);

/* The number or truth value of a single value: 1, or 0 when it is a text or an array. */
int tern_gguf_value_f64(const struct tern_gguf_value *v, double *out);

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
