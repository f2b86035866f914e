/* The loops of Vec-LUT, whatever its instructions:
 *
 *     tokens      as many tiles of tokens as share decoded weights
 *     row block   as many rows as share a table
 *     chunk       columns between two flushes: decoded once, for all tiles
 *     token tile  a pass of tables after another (the kernel's) */
#ifndef TERN_KERNELS_GEMM_VECLUT_H
#define TERN_KERNELS_GEMM_VECLUT_H

#include "kernels/gemm/prep.h"
#include "kernels/gemm/quads.h"

/* A row block: where its things lie in scratch. */
struct veclut_block {
    uint8_t *codes, *offsets, *sum, *wide, *tables;
    size_t row, rows;     /* that are there */
    size_t places;        /* of them, in whole row tiles */
    size_t across;        /* of them, in whole units of the reader */
    size_t token, tokens; /* that share offsets */
};

struct veclut_kernel {
    size_t tokens; /* of a tile */
    /* Decodes `count` quads from `first` on into b->offsets; returns in how many passes. */
    size_t (*decode)(const struct tern_call *c, const struct veclut_block *b, const struct reader *reader,
                     size_t first, size_t count);
    /* The sums of one token tile over so many passes from quad `first` on, added to its int32 sums. */
    void (*tile)(const struct tern_call *c, const struct veclut_block *b, size_t first, size_t passes,
                 uint8_t *wide, size_t token);
    /* The results of one token tile: int32 sums [place][token] -> y[token][row]. */
    void (*finish)(const struct tern_call *c, const struct veclut_block *b, const uint8_t *wide,
                   size_t token);
};

/* `local`: scratch of the preparation of so many tokens. */
void tern_veclut_gemm(const struct tern_call *c, size_t row0, size_t row1, uint8_t *local,
                      const struct reader *reader, const struct veclut_kernel *kernel);

#endif
