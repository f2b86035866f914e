/* Rows of f32 as the blocks of Q8_0 and Q6_K (ggml-common.h: block_q8_0, block_q6_K). */
#ifndef TERN_HARNESS_HEAD_PACK_H
#define TERN_HARNESS_HEAD_PACK_H

#include <stddef.h>

/* k is a multiple of 32: 34 bytes each. The largest value of a block gets the code +-127. */
void tern_pack_q8(const float *x, size_t k, void *out);
/* Blocks of Q4_0 as Q8_0: the same scale, the same integers. */
void tern_q8_of_q4_0(const void *blocks, size_t k, void *out);
/* k is a multiple of 256: 210 bytes each. */
void tern_pack_q6_k(const float *x, size_t k, void *out);
/* The same blocks with their codes in another order: weight 16 j + 4 v + c of a block at byte 4 j + c of
 * vector v of four, the vectors packed as those of struct tern_scan with 6 bits (headops.h). Scales and d
 * stay where they are. `out` may be `blocks`. */
void tern_lanes_of_q6_k(const void *blocks, size_t k, void *out);

#endif
