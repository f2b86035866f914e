/* Converts one model file into another: every linear layer is packed again, everything else is copied.
 *
 * Before the new file gets its name, it is read back and compared with the old one: every trit, every
 * scale, every dense value and the hyper-parameters. A conversion that would lose anything is refused, with
 * the tensor and the reason. */
#ifndef TERN_MODELS_CONVERT_CONVERT_H
#define TERN_MODELS_CONVERT_CONVERT_H

#include "models/model.h"

/* What a linear layer can be written as. */
struct tern_convert_type {
    const char *name;   /* of the format, or of a dense type: "i2s", "tq10", "f16" */
    const char *format; /* kernels/formats.def; NULL for dense types */
    uint32_t id;        /* ggml_type */
    uint32_t file_type; /* general.file_type; UINT32_MAX where no program defines one */
    enum tern_dense_type dense;
    const char *layout; /* of I2_S, as tern_model_open calls it; NULL for other types */
    int folder;         /* 1: a folder of safetensors, 0: a GGUF file */
};
const struct tern_convert_type *tern_convert_types(size_t *count);
/* The type of this name. Only letters and digits count, so "I2_S" is "i2s". NULL when there is none. */
const struct tern_convert_type *tern_convert_type_named(const char *name);

struct tern_convert_options {
    const struct tern_convert_type *type; /* NULL: i2s */
    int side_scale; /* a scale that the type cannot hold exactly goes to a tensor "<linear>.scale" of f32 */
    enum tern_dense_type head; /* F32, F16, Q8_0 or Q6_K: the output matrix (of a tied model the embedding) is
                                  rounded to this type; NONE: it stays as it is */
    void (*progress)(void *ctx, double done, const char *what); /* may be NULL */
    void *ctx;
};

struct tern_convert_facts {
    size_t linears, dense; /* tensors compared, all equal */
    uint64_t trits;
    size_t side_scales;
    double head_change,
        head_largest; /* with options.head: the largest change of a value, the largest value */
    char note[256];   /* what the new file cannot hold, or what its reader must know; else "" */
};

/* TERN_UNSUPPORTED, with the tensor and the reason, when the type cannot hold the model without loss.
 * `source` as in tern_model_open. */
enum tern_status tern_convert(const char *source, const char *out, const struct tern_convert_options *o,
                              struct tern_convert_facts *facts, struct tern_error *e);

#endif
