/* The ggml tensor types whose ids mean the same everywhere: name, block and bytes per block.
 *
 * Several programs give different meanings to the ids 36 to 42, 134 and above. These are not in the table:
 * the size of such a tensor tells what it holds (models/load/packed.h). Source: ggml's ggml.h and
 * ggml-common.h. */
#ifndef TERN_MODELS_GGUF_TYPES_H
#define TERN_MODELS_GGUF_TYPES_H

#include "models/gguf/gguf.h"

/* The ids that our own code names. */
enum tern_ggml_id {
    TERN_GGML_F32 = 0,
    TERN_GGML_F16 = 1,
    TERN_GGML_Q4_0 = 2,
    TERN_GGML_Q4_1 = 3,
    TERN_GGML_Q5_0 = 6,
    TERN_GGML_Q5_1 = 7,
    TERN_GGML_Q8_0 = 8,
    TERN_GGML_Q2_K = 10,
    TERN_GGML_Q3_K = 11,
    TERN_GGML_Q4_K = 12,
    TERN_GGML_Q5_K = 13,
    TERN_GGML_Q6_K = 14,
    TERN_GGML_IQ4_NL = 20,
    TERN_GGML_I8 = 24,
    TERN_GGML_I16 = 25,
    TERN_GGML_I32 = 26,
    TERN_GGML_I64 = 27,
    TERN_GGML_F64 = 28,
    TERN_GGML_BF16 = 30,
    TERN_GGML_I2_S = 36,
    TERN_GGML_TL1 = 38,
    TERN_GGML_TL2 = 39
};

/* Four rows of trits in a byte, as a folder of safetensors packs them (models/hf/hf.h). Not an id of ggml: no
 * GGUF file may use it. */
#define TERN_TYPE_HFU8 0xffff0008u

struct tern_ggml_type {
    uint32_t id;
    const char *name;
    uint32_t block, bytes; /* `block` weights of a row take `bytes` bytes */
};

/* NULL for ids that are unknown or ambiguous. */
const struct tern_ggml_type *tern_ggml_type_of(uint32_t id);

/* The names that programs give to an id, also to an ambiguous one ("i2_s", "tl2 or mxfp4"); "unknown" when
 * there is none. */
const char *tern_ggml_type_name(uint32_t id);

/* Size of a tensor whose dim[0] is a multiple of the block; UINT64_MAX when the size overflows. */
uint64_t tern_ggml_bytes(const struct tern_ggml_type *type, const struct tern_gguf_tensor *t);

#endif
