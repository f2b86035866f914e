/* One model file into another: every linear layer packed again, everything else taken over value by value.
 *
 * The new file is read back and compared with the old one (every trit, every scale, every dense value, the
 * hyper-parameters) before it gets its name; a conversion that would lose anything is refused with the tensor
 * and the reason. */
#ifndef TERN_MODELS_CONVERT_CONVERT_H
#define TERN_MODELS_CONVERT_CONVERT_H

#include "models/model.h"

/* What a linear layer can be written as. */
struct tern_convert_type {
    const char *name;   /* that of the format, or of a dense type: "i2s", "tq10", "f16" */
    const char *format; /* kernels/formats.def; NULL for dense types */
    uint32_t id;        /* ggml_type */
    uint32_t file_type; /* general.file_type; UINT32_MAX where no program has given one */
    enum tern_dense_type dense;
    const char *layout; /* of I2_S, as tern_model_open wants it named; else NULL */
    int folder;         /* a folder of safetensors, not a GGUF file */
};
const struct tern_convert_type *tern_convert_types(size_t *count);
/* By name, letters and digits alone counting: "I2_S" is "i2s". NULL when there is none. */
const struct tern_convert_type *tern_convert_type_named(const char *name);

struct tern_convert_options {
    const struct tern_convert_type *type; /* NULL: i2s */
    int side_scale; /* scales go to "<linear>.scale" tensors of f32 where the type cannot hold them exactly */
    enum tern_dense_type head; /* F32, F16, Q8_0 or Q6_K: what the output matrix (of a tied model the
                                  embedding) becomes, rounded; NONE: as it is */
    void (*progress)(void *ctx, double done, const char *what); /* may be NULL */
    void *ctx;
};

struct tern_convert_facts {
    size_t linears, dense; /* tensors compared, all equal */
    uint64_t trits;
    size_t side_scales;
    double head_change,
        head_largest; /* of options.head: the most that a value changed, and the largest value */
    char note[256];   /* what of the old file has no place in the new one, and "" otherwise */
};

/* TERN_UNSUPPORTED, with the tensor and the reason, when the type cannot hold the model without loss.
 * `source` as in tern_model_open. */
enum tern_status tern_convert(const char *source, const char *out, const struct tern_convert_options *o,
                              struct tern_convert_facts *facts, struct tern_error *e);

#endif
