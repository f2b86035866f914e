/* Preparations and parameter spaces of the look-up kernels, named by the lines of variants.def. Internal to kernels/.
 *
 * A table holds, for every code of a group of g columns, the sum of trit * activation: |entry| <= 128 g. Sums
 * of entries are kept in 16 bits and flushed to 32 within the bound of kernels/flush.h. */
#ifndef TERN_KERNELS_PREP_LUT_H
#define TERN_KERNELS_PREP_LUT_H

#include "kernels/prep/prep.h"

/* Scratch: the tables of one block of columns, for the scalar kernels. */
extern const struct tern_prep tern_prep_tables_scalar;

/* rows: registers of rows per table load; kblock: columns whose tables are used before the next rows come (0
 * = all); flush: groups between two flushes of 16-bit sums; prefetch: bytes ahead of the weight stream. */
extern const struct tern_space tern_space_lut2, tern_space_lut3, tern_space_lutbits, tern_space_lut3w,
    tern_space_lut4, tern_space_lut5;
/* The same without prefetch and with small blocks, for several tokens. */
extern const struct tern_space tern_space_luts3w, tern_space_luts5;

enum { TERN_LUT_ROWS = 0, TERN_LUT_KBLOCK = 1, TERN_LUT_FLUSH = 2, TERN_LUT_PREFETCH = 3 };

/* Columns of one block for a kblock parameter, a multiple of `unit`, at least one unit. */
size_t tern_lut_block(const struct tern_call *c, size_t unit);

#endif
