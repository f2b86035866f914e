/* Rows of quantised blocks as f32, one function for each type. Layouts: ggml's ggml-common.h. A product of scale
 * and code fits f32 exactly in each of them, so a value is rounded at most once: when a minimum is taken off.
 *
 * `in` is the first block of the row. `cols` is a multiple of the block: 32 in dense_blocks.c, 256 in
 * dense_superblocks.c. */
#ifndef TERN_MODELS_DENSE_BLOCKS_H
#define TERN_MODELS_DENSE_BLOCKS_H

#include "kernels/half.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef void tern_block_row(const unsigned char *in, size_t cols, float *out);

tern_block_row tern_row_q4_0, tern_row_q4_1, tern_row_q5_0, tern_row_q5_1, tern_row_q8_0, tern_row_iq4_nl;
tern_block_row tern_row_q2_k, tern_row_q3_k, tern_row_q4_k, tern_row_q5_k, tern_row_q6_k;

/* The f16 at p, which need not be aligned. */
static inline float tern_half_at(const unsigned char *p) {
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return tern_f16_to_f32(v);
}

#endif
