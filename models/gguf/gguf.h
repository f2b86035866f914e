/* GGUF v2/v3: mapped, bounds-checked reader and streaming writer. Little-endian files only.
 *
 * Nothing in a file is trusted before it is checked: counts, lengths, offsets, alignment, nesting, names that
 * repeat. Strings come with their length and may hold any byte. Specification: gguf.md of ggml. */
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

/* One metadata value.
 * - An array: `item` is the type of its elements and `count` their number. `data` points at the first
 *   element, not aligned. Arrays of strings are read with tern_gguf_strings.
 * - A string: `data` points at its bytes and `count` is their number.
 * - A number: `count` is 1 and `item` equals `type`. */
struct tern_gguf_value {
    struct tern_gguf_string key;
    enum tern_gguf_type type, item;
    uint64_t count;
    const unsigned char *data;
};

struct tern_gguf_tensor {
    struct tern_gguf_string name;
    uint32_t type;   /* ggml_type id as in the file; some ids have several meanings (models/load/packed.h) */
    uint32_t n_dims; /* 1..4 */
    uint64_t dim[4]; /* dim[0] is the fastest (K of a matrix); unused ones are 1 */
    uint64_t offset; /* from the start of the file, inside it */
    uint64_t bytes;  /* up to the next tensor or the end of the file: its size is at most this */
    const unsigned char *data;
};

struct tern_gguf;

/* Maps the file and checks its whole header. Of a split model ("NAME-00001-of-00003.gguf") any part may be named: its
 * siblings are opened too, the keys are those of the first part and the tensors those of all. TERN_BAD_INPUT with "gguf: FILE: ..." for anything malformed. */
enum tern_status tern_gguf_open(const char *path, struct tern_gguf **out, struct tern_error *e);
void tern_gguf_close(struct tern_gguf *g);

const char *tern_gguf_path(const struct tern_gguf *g);
/* 1 for a folder of safetensors that is seen as a GGUF file (models/hf/hf.h). */
int tern_gguf_is_folder(const struct tern_gguf *g);
/* Files that the tensors lie in: 1, or more for a split model. */
size_t tern_gguf_parts(const struct tern_gguf *g);
uint32_t tern_gguf_version(const struct tern_gguf *g);
size_t tern_gguf_value_count(const struct tern_gguf *g);
const struct tern_gguf_value *tern_gguf_value_at(const struct tern_gguf *g, size_t i);
const struct tern_gguf_value *tern_gguf_find(const struct tern_gguf *g, const char *key);
size_t tern_gguf_tensor_count(const struct tern_gguf *g);
const struct tern_gguf_tensor *tern_gguf_tensor_at(const struct tern_gguf *g, size_t i);
const struct tern_gguf_tensor *tern_gguf_tensor_named(const struct tern_gguf *g, const char *name);

/* The string as one line of ASCII for messages and tables. Other bytes become '?', and what does not fit is
 * cut off. Returns `out`, which is always NUL-terminated (capacity >= 1). */
const char *tern_gguf_printable(struct tern_gguf_string s, char *out, size_t capacity);

/* Typed access: 1 and the value, or 0 when the key is absent or its value cannot be converted without loss.
 */
int tern_gguf_u64(const struct tern_gguf *g, const char *key, uint64_t *out);
int tern_gguf_f64(const struct tern_gguf *g, const char *key, double *out);
int tern_gguf_bool(const struct tern_gguf *g, const char *key, int *out);
int tern_gguf_text(const struct tern_gguf *g, const char *key, struct tern_gguf_string *out);
/* The strings of a string array, heap (free()); 0 when absent or not an array of strings, or without memory
 * (base/starved/starved.h). */
int tern_gguf_strings(const struct tern_gguf *g, const char *key, struct tern_gguf_string **out,
                      size_t *count);
/* A copy of an array of any type of integers or floats, as int64 or float; heap (free()). */
int tern_gguf_ints(const struct tern_gguf *g, const char *key, int64_t **out, size_t *count);
int tern_gguf_floats(const struct tern_gguf *g, const char *key, float **out, size_t *count);

/* Writer (version 3). Put all metadata and declare all tensors, then write the data of each tensor in the
 * order of declaration. The file gets its name only when it is finished (base/file.h). The put functions
 * return TERN_BAD_INPUT for a name that is empty or already there, and after the first tern_gguf_write.
 * Data of tensors are aligned to 32 bytes, or to "general.alignment" when that key is put before the first
 * tensor. */
struct tern_gguf_writer;
enum tern_status tern_gguf_create(const char *path, struct tern_gguf_writer **out, struct tern_error *e);
enum tern_status tern_gguf_put_u32(struct tern_gguf_writer *w, const char *key, uint32_t v);
enum tern_status tern_gguf_put_f32(struct tern_gguf_writer *w, const char *key, float v);
enum tern_status tern_gguf_put_bool(struct tern_gguf_writer *w, const char *key, int v);
enum tern_status tern_gguf_put_text(struct tern_gguf_writer *w, const char *key, const char *text);
/* An array of strings, and an array of int32. */
enum tern_status tern_gguf_put_strings(struct tern_gguf_writer *w, const char *key,
                                       const struct tern_gguf_string *v, size_t count);
enum tern_status tern_gguf_put_i32s(struct tern_gguf_writer *w, const char *key, const int32_t *v,
                                    size_t count);
/* A copy of a value of another file. */
enum tern_status tern_gguf_put_value(struct tern_gguf_writer *w, const struct tern_gguf_value *v);
enum tern_status tern_gguf_put_tensor(struct tern_gguf_writer *w, const char *name, uint32_t type,
                                      uint32_t n_dims, const uint64_t *dim, uint64_t bytes);
/* Writes the next bytes of the current tensor's data. When a tensor is full, the next one is current. */
enum tern_status tern_gguf_write(struct tern_gguf_writer *w, const void *data, size_t bytes,
                                 struct tern_error *e);
/* TERN_BAD_INPUT when a tensor got fewer bytes than declared. Frees the writer in every case. */
enum tern_status tern_gguf_finish(struct tern_gguf_writer *w, struct tern_error *e);
/* The same, if the whole file passes a check before it gets its name: until then it is read at `path`. */
typedef enum tern_status tern_gguf_check_fn(void *ctx, const char *path, struct tern_error *e);
enum tern_status tern_gguf_finish_checked(struct tern_gguf_writer *w, tern_gguf_check_fn *check, void *ctx,
                                          struct tern_error *e);
void tern_gguf_abandon(struct tern_gguf_writer *w);

#endif
