/* What stands between the layouts and the micro-kernels of GEMM: quads.
 *
 * A reader decodes a block of packed weights once for many tokens; a micro-kernel multiplies what it finds.
 * The form between them is the same for all:
 *
 *     quad        64 bytes: 16 rows x 4 columns, byte 4 * row + column = trit + 1
 *     row tile    the quads of 16 rows, `step` bytes apart
 *     block       row tiles, `pitch` bytes apart
 *
 * A zmm register is a quad, a ymm register half of one, a q register a quarter. The product of all readers and
 * all micro-kernels of an architecture is made in its product.h. */
#ifndef TERN_KERNELS_GEMM_QUADS_H
#define TERN_KERNELS_GEMM_QUADS_H

#include "kernels/unroll.h"
#include "kernels/variant.h"

enum { QUAD = 64, QUAD_ROWS = 16, QUAD_COLUMNS = 4 };
enum { READ_AHEAD = 4096 }; /* bytes of a stream of weights, to prefetch */

/* A place for quads: quad q of row tile t is at `at` + t * pitch + q * step. */
struct quads {
    uint8_t *at;
    size_t pitch, step;
};

/* How a layout is read. One call decodes thousands of weights. */
struct reader {
    size_t rows; /* that are decoded together, a multiple of QUAD_ROWS: the row step of its variants */
    size_t unit; /* quads that are decoded together */
    /* Decodes quads first .. first + count - 1 of the rows from `row` on, a multiple of `rows`. `first` and
     * `count` are multiples of `unit`, but the last unit may go beyond K. Codes beyond K, and those of rows
     * beyond M that share a row tile with others, are 0, 1 or 2, whatever they are. */
    void (*read)(const struct tern_call *c, size_t row, size_t first, size_t count, struct quads out);
    /* NULL, or a shorter way to what the architecture's Vec-LUT chooses table entries with: on x86 offsets
     * (x86/gemm/offsets.h), whole passes from quad `first` on, `pitch` bytes apart; on ARM lines of codes
     * (arm/gemm/lines.h), a line a quad. Rows beyond M and quads from `count` on as above. */
    void (*offsets)(const struct tern_call *c, size_t row, size_t first, size_t count, uint8_t *out,
                    size_t pitch);
};

/* Quads of a row of K weights. */
ALWAYS_INLINE size_t quads_of(size_t k) {
    return (k + QUAD_COLUMNS - 1) / QUAD_COLUMNS;
}

#endif
