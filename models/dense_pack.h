/* Rows of f32 as the blocks of Q8_0 and Q6_K (ggml-common.h: block_q8_0, block_q6_K). */
#ifndef TERN_MODELS_DENSE_PACK_H
#define TERN_MODELS_DENSE_PACK_H

#include "models/model.h"

#include <stddef.h>

/* k is a multiple of 32: 34 bytes each. The largest value of a block gets the code +-127. */
void tern_pack_q8(const float *x, size_t k, void *out);
/* Blocks of Q4_0 as Q8_0: the same scale, the same integers. */
void tern_q8_of_q4_0(const void *blocks, size_t k, void *out);
/* k is a multiple of 256: 210 bytes each. */
void tern_pack_q6_k(const float *x, size_t k, void *out);

/* A row of f32 as the row of a tensor of this type: F32, F16, Q8_0 or Q6_K. Every value becomes the nearest
 * that the block scales allow. */
void tern_dense_pack_row(enum tern_dense_type type, const float *x, size_t k, void *out);
/* The widths of rows that a type takes are multiples of this; 0: tern_dense_pack_row does not write it. */
size_t tern_dense_block(enum tern_dense_type type);

#endif
