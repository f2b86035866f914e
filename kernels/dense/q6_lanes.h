/* Q6_K blocks in the order that the head's dot products want. */
#ifndef TERN_KERNELS_DENSE_Q6_LANES_H
#define TERN_KERNELS_DENSE_Q6_LANES_H

#include <stddef.h>

/* Blocks of 256 weights in 210 bytes with their codes in another order: weight 16 j + 4 v + c of a block at
 * byte 4 j + c of vector v of four, the vectors packed as those of struct tern_scan with 6 bits (headops.h).
 * Scales and d stay where they are. `out` may be `blocks`. */
void tern_lanes_of_q6_k(const void *blocks, size_t k, void *out);
/* The sum of the squares of the k weights of such blocks; infinite or NaN when a weight is not finite. */
double tern_lanes_squares(const void *lanes, size_t k);

#endif
