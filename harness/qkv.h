/* Where q, k and v lie in a row of activations, and which of their rows a worker needs for the attention
 * heads that it computes. Private to harness/. */
#ifndef TERN_HARNESS_QKV_H
#define TERN_HARNESS_QKV_H

#include "models/model.h"

#include <stddef.h>

struct tern_engine;

/* First columns of q, k and v, and the columns of the whole row. */
struct qkv_columns {
    size_t q, k, v, all;
};
struct qkv_columns tern_qkv_columns(const struct tern_hparams *hp);

/* Rows [from, to) of a matrix. */
struct rows {
    size_t from, to;
};

/* The rows of q, k and v that worker w of `workers` needs for its heads: of three matrices, or of the merged
 * one. Returns 3, or 0 when the worker has no heads. */
size_t tern_qkv_rows(const struct tern_engine *en, size_t w, size_t workers, struct rows own[3]);

/* 1 when each worker should compute, for a single token, the rows that its own heads need. That saves the
 * barrier before attention. */
int tern_qkv_by_heads(const struct tern_engine *en);

#endif
