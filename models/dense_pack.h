/* Rows of f32 as the blocks of Q8_0 and Q6_K (ggml-common.h: block_q8_0, block_q6_K). */
#ifndef TERN_MODELS_DENSE_PACK_H
#define TERN_MODELS_DENSE_PACK_H

#include "models/model.h"

#include <stddef.h>

/* k is a multiple of 32; a block of 32 takes 34 bytes. The largest value of a block gets the code +-127. */
void tern_pack_q8(const float *x, size_t k, void *out);
/* Blocks of Q4_0 as blocks of Q8_0, with the same scale and the same integers. */
void tern_q8_of_q4_0(const void *blocks, size_t k, void *out);
/* k is a multiple of 256; a block of 256 takes 210 bytes. */
void tern_pack_q6_k(const float *x, size_t k, void *out);

/* A row of f32 as a row of a tensor of this type: F32, F16, Q8_0 or Q6_K. Each value becomes the nearest
 * one that the block's scale allows. */
void tern_dense_pack_row(enum tern_dense_type type, const float *x, size_t k, void *out);
/* Rows of this type have a multiple of so many values; 0 when tern_dense_pack_row cannot write the type. */
size_t tern_dense_block(enum tern_dense_type type);

#endif
