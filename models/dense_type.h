/* The types of dense tensors: a table with one row for each. */
#ifndef TERN_MODELS_DENSE_TYPE_H
#define TERN_MODELS_DENSE_TYPE_H

#include "models/model.h"

struct tern_dense_kind {
    const char *name;
    uint32_t ggml; /* type id in files; UINT32_MAX: in none */
    /* A row of `cols` values at `in` as f32; cols is a multiple of the type's block. NULL: nothing to read. */
    void (*row)(const unsigned char *in, size_t cols, float *out);
};

const struct tern_dense_kind *tern_dense_kind(enum tern_dense_type t);
/* TERN_DENSE_NONE when the id is no dense type. */
enum tern_dense_type tern_dense_of_ggml(uint32_t id);
/* Bytes of `n` values, n being whole blocks; 0 for types that files do not have. */
uint64_t tern_dense_type_bytes(enum tern_dense_type t, uint64_t n);

#endif
