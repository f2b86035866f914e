/* The ggml tensor types whose ids mean one thing everywhere: name, block and bytes per block.
 *
 * Ids that several programs use differently (36 to 42, 134 and above) are not in the table: what such a
 * tensor holds is decided by its size and its format (models/gguf/model.c). Source: ggml's ggml.h and
 * ggml-common.h. */
#ifndef TERN_MODELS_GGUF_TYPES_H
#define TERN_MODELS_GGUF_TYPES_H

#include "models/gguf/gguf.h"

struct tern_ggml_type {
    uint32_t id;
    const char *name;
    uint32_t block, bytes; /* `block` weights of a row take `bytes` bytes */
};

/* NULL for ids that are unknown or ambiguous. */
const struct tern_ggml_type *tern_ggml_type_of(uint32_t id);

/* Every name that programs give to an id, ambiguous ones included ("i2_s", "tl2 or mxfp4"); "unknown"
 * otherwise. */
const char *tern_ggml_type_name(uint32_t id);

/* Size of a tensor whose dim[0] is a multiple of the block; UINT64_MAX when it overflows. */
uint64_t tern_ggml_bytes(const struct tern_ggml_type *type, const struct tern_gguf_tensor *t);

#endif
