/* GGUF v2/v3: mapped, bounds-checked reader and streaming writer. Little-endian files only.
 *
 * Everything in the file is hostile until checked: counts, lengths, offsets, alignment, nesting, duplicate names.
 * Strings are returned with their length and may hold any byte. Specification: gguf.md of ggml. */
#ifndef TERN_MODELS_GGUF_GGUF_H
#define TERN_MODELS_GGUF_GGUF_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum tern_gguf_type {
    TERN_GGUF_U8,
    TERN_GGUF_I8,
    TERN_GGUF_U16,
    TERN_GGUF_I16,
    TERN_GGUF_U32,
    TERN_GGUF_I32,
    TERN_GGUF_F32,
    TERN_GGUF_BOOL,
    TERN_GGUF_STRING,
    TERN_GGUF_ARRAY,
    TERN_GGUF_U64,
    TERN_GGUF_I64,
    TERN_GGUF_F64
};

struct tern_gguf_string {
    const char *data; /* in the mapping, not NUL-terminated */
    size_t bytes;
};

/* One metadata value. For arrays `item` is the element type, `count` their number, and for arrays of fixed-size
 * elements `data` points at the first (unaligned); arrays of strings are read with tern_gguf_strings. A string has
 * its bytes at `data` and their number in `count`; a number has `count` 1 and `item` equal to `type`. */
struct tern_gguf_value {
    struct tern_gguf_string key;
    enum tern_gguf_type type, item;
    uint64_t count;
    const unsigned char *data;
};

struct tern_gguf_tensor {
    struct tern_gguf_string name;
    uint32_t type;   /* ggml_type id, as in the file: collisions are decided elsewhere */
    uint32_t n_dims; /* 1..4 */
    uint64_t dim[4]; /* dim[0] is the fastest (K of a matrix); unused ones are 1 */
    uint64_t offset; /* from the start of the file, inside it */
    uint64_t bytes;  /* up to the next tensor's offset or the end of the file: an upper bound of its size */
    const unsigned char *data;
};

struct tern_gguf;

/* Maps and checks the whole header. TERN_BAD_INPUT with "gguf: FILE: ..." for anything malformed. */
enum tern_status tern_gguf_open(const char *path, struct tern_gguf **out, struct tern_error *e);
void tern_gguf_close(struct tern_gguf *g);

const char *tern_gguf_path(const struct tern_gguf *g);
uint32_t tern_gguf_version(const struct tern_gguf *g);
size_t tern_gguf_value_count(const struct tern_gguf *g);
const struct tern_gguf_value *tern_gguf_value_at(const struct tern_gguf *g, size_t i);
const struct tern_gguf_value *tern_gguf_find(const struct tern_gguf *g, const char *key);
size_t tern_gguf_tensor_count(const struct tern_gguf *g);
const struct tern_gguf_tensor *tern_gguf_tensor_at(const struct tern_gguf *g, size_t i);
const struct tern_gguf_tensor *tern_gguf_tensor_named(const struct tern_gguf *g, const char *name);

/* The bytes as one line of ASCII for messages and tables: others become '?', what does not fit is cut off. Returns
 * `out`, always NUL-terminated (capacity >= 1). */
const char *tern_gguf_printable(struct tern_gguf_string s, char *out, size_t capacity);

/* Typed access: 1 and the value, or 0 when the key is absent or of a kind that does not convert without loss. */
int tern_gguf_u64(const struct tern_gguf *g, const char *key, uint64_t *out);
int tern_gguf_f64(const struct tern_gguf *g, const char *key, double *out);
int tern_gguf_bool(const struct tern_gguf *g, const char *key, int *out);
int tern_gguf_text(const struct tern_gguf *g, const char *key, struct tern_gguf_string *out);
/* The strings of a string array, heap (free()); 0 when absent or not an array of strings. */
int tern_gguf_strings(const struct tern_gguf *g, const char *key, struct tern_gguf_string **out,
                      size_t *count);
/* Copies an array of any integer or float element type as int64 / double; heap (free()). */
int tern_gguf_ints(const struct tern_gguf *g, const char *key, int64_t **out, size_t *count);
int tern_gguf_floats(const struct tern_gguf *g, const char *key, float **out, size_t *count);

/* Writer (version 3): declare all metadata and tensors, then write the data of each tensor in the order of declaration.
 * The file appears under its name only when finished (base/file.h). The put functions return TERN_BAD_INPUT for a name
 * that is empty or already declared, and after the first tern_gguf_write. Tensor data are aligned to 32 bytes, or to
 * "general.alignment" when that key is put before the first tensor. */
struct tern_gguf_writer;
enum tern_status tern_gguf_create(const char *path, struct tern_gguf_writer **out, struct tern_error *e);
enum tern_status tern_gguf_put_u32(struct tern_gguf_writer *w, const char *key, uint32_t v);
enum tern_status tern_gguf_put_f32(struct tern_gguf_writer *w, const char *key, float v);
enum tern_status tern_gguf_put_bool(struct tern_gguf_writer *w, const char *key, int v);
enum tern_status tern_gguf_put_text(struct tern_gguf_writer *w, const char *key, const char *text);
/* Arrays: of strings, and of int32. */
enum tern_status tern_gguf_put_strings(struct tern_gguf_writer *w, const char *key,
                                       const struct tern_gguf_string *v, size_t count);
enum tern_status tern_gguf_put_i32s(struct tern_gguf_writer *w, const char *key, const int32_t *v,
                                    size_t count);
/* Copies a value of another file as it is. */
enum tern_status tern_gguf_put_value(struct tern_gguf_writer *w, const struct tern_gguf_value *v);
enum tern_status tern_gguf_put_tensor(struct tern_gguf_writer *w, const char *name, uint32_t type,
                                      uint32_t n_dims, const uint64_t *dim, uint64_t bytes);
/* The next `bytes` of the current tensor's data; goes on to the next tensor when one is full. */
enum tern_status tern_gguf_write(struct tern_gguf_writer *w, const void *data, size_t bytes,
                                 struct tern_error *e);
/* TERN_BAD_INPUT when a declared tensor got fewer bytes than declared. Frees the writer in every case. */
enum tern_status tern_gguf_finish(struct tern_gguf_writer *w, struct tern_error *e);
void tern_gguf_abandon(struct tern_gguf_writer *w);

#endif
