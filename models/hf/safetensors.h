/* safetensors: mapped, bounds-checked reader of one file or of a sharded checkpoint.
 *
 * A file is a u64 length, a JSON header of that length, and the data. Nothing in the header is trusted
 * before it is checked: its length and nesting, types, shapes (overflow), offsets (order, overlap, gaps,
 * end of the file), names that repeat within a file or between shards, and shard names that leave the
 * folder. Specification: Hugging Face safetensors, README "Format". */
#ifndef TERN_MODELS_HF_SAFETENSORS_H
#define TERN_MODELS_HF_SAFETENSORS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum tern_safetensor_type {
    TERN_ST_BOOL,
    TERN_ST_U8,
    TERN_ST_I8,
    TERN_ST_F8_E4M3,
    TERN_ST_F8_E5M2,
    TERN_ST_I16,
    TERN_ST_U16,
    TERN_ST_F16,
    TERN_ST_BF16,
    TERN_ST_I32,
    TERN_ST_U32,
    TERN_ST_F32,
    TERN_ST_I64,
    TERN_ST_U64,
    TERN_ST_F64,
    TERN_ST_TYPES
};

struct tern_safetensor {
    const char *name; /* UTF-8, NUL-terminated */
    enum tern_safetensor_type type;
    uint32_t n_dims; /* 0..4 */
    uint64_t dim[4]; /* row-major: dim[n_dims - 1] is the fastest; unused ones are 1 */
    uint64_t offset; /* of the data in its file */
    uint64_t bytes;
    const unsigned char *data;
    size_t shard;
};

struct tern_safetensors;

/* `path` is a FILE.safetensors, a FILE.safetensors.index.json with its shards in the same folder, or a
 * folder with model.safetensors.index.json or model.safetensors. TERN_BAD_INPUT with "safetensors: FILE:
 * TENSOR: why" for anything malformed. */
enum tern_status tern_safetensors_open(const char *path, struct tern_safetensors **out, struct tern_error *e);
void tern_safetensors_close(struct tern_safetensors *s);

/* The folder of the files, where config.json and tokenizer.json are. */
const char *tern_safetensors_folder(const struct tern_safetensors *s);
/* The file of a tensor: `i` is its `shard`. */
const char *tern_safetensors_shard_path(const struct tern_safetensors *s, size_t i);
size_t tern_safetensors_count(const struct tern_safetensors *s);
/* Sorted by name. */
const struct tern_safetensor *tern_safetensors_at(const struct tern_safetensors *s, size_t i);
const struct tern_safetensor *tern_safetensors_named(const struct tern_safetensors *s, const char *name);

/* Bytes of one element. */
size_t tern_safetensor_type_bytes(enum tern_safetensor_type t);

#endif
