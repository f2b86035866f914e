/* The loops of register tiles, whatever their instructions:
 *
 *     row block   whole tiles of rows
 *     chunk       columns: decoded once for all tokens, into L1 or L2
 *     row tiles   as many together as the registers hold
 *     tokens      up to six together, all of about the same number
 *
 * Sums of later chunks are added to what y holds. */
#ifndef TERN_KERNELS_GEMM_TILE_H
#define TERN_KERNELS_GEMM_TILE_H

#include "kernels/gemm/prep.h"
#include "kernels/gemm/quads.h"

/* Rows `row` to `end` x tokens `token` to `token` + live. */
struct gemm_tile {
    const uint8_t *codes; /* row tiles side by side */
    size_t step;          /* bytes from quad to quad */
    const int8_t *q;      /* activations: [quad][live][4], or [pair of quads][live, even][8] */
    size_t quads, row, end, token;
    int first; /* of the chunks: y holds nothing yet */
};

struct tile_kernel {
    size_t high; /* row tiles together */
    size_t unit; /* quads whose activations lie together: 1, or 2 */
    size_t most; /* quads that sums hold; 0: the parameter `block` of tern_space_block decides */
    void (*multiply)(const struct tern_call *c, const struct gemm_tile *x, size_t high, size_t live);
    /* NULL, or puts `count` quads of a row tile, as they were decoded, into the order that `multiply` wants. */
    void (*arrange)(struct quads tile, size_t count);
};

/* `codes`: scratch of the preparation that the kernel's variants name. */
void tern_tile_gemm(const struct tern_call *c, size_t row0, size_t row1, uint8_t *codes,
                    const struct reader *reader, const struct tile_kernel *kernel);

#endif
