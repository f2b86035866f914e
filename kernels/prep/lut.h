/* Preparations and parameter spaces of the look-up kernels, named by their registry lines. Internal to
 * kernels/.
 *
 * A table holds, for every code of a group of g columns, the sum of trit * activation: |entry| <= 128 g. Sums
 * of entries are kept in 16 bits and flushed to 32 within the bound 32,767 / (128 g): g = 2: 127 adds, 3: 85,
 * 4: 63, 5: 51. */
#ifndef TERN_KERNELS_PREP_LUT_H
#define TERN_KERNELS_PREP_LUT_H

#include "kernels/prep/prep.h"

/* Scratch for the tables of one block of columns, built by every worker for itself. */
extern const struct tern_prep tern_prep_tables_scalar;
extern const struct tern_prep tern_prep_tables_g2, tern_prep_tables_g3, tern_prep_tables_g3w,
    tern_prep_tables_g4, tern_prep_tables_g5;
/* Shared tables of one token, all columns, the building shared by the workers:
 *   lut2, lut3   32 bytes per group: 16 low bytes, 16 high bytes (how a sum is cut in two differs by variant)
 *   lut3w        64 bytes per group: 32 int16
 *   lut4, lut5   256 bytes per group: 128 low, 128 high digits; lut5w: 128 int16 */
extern const struct tern_prep tern_prep_lut2_ssse3, tern_prep_lut3_ssse3, tern_prep_lut2words_ssse3;
extern const struct tern_prep tern_prep_lut2_avx2, tern_prep_lut3_avx2, tern_prep_lut2words_avx2,
    tern_prep_lut3words_avx2;
extern const struct tern_prep tern_prep_lut2_avx512bw, tern_prep_lut3_avx512bw, tern_prep_lut3w_avx512bw,
    tern_prep_lut5w_avx512bw;
extern const struct tern_prep tern_prep_lut4_avx512vbmi, tern_prep_lut5_avx512vbmi;
/* Activations turned so that the tokens of a tile lie side by side, int16, and scratch for vector tables and
 * sums: shared[N/T][K rounded up to 80][T]. The digit is the group size. */
extern const struct tern_prep tern_prep_vec4n8, tern_prep_vec4n16, tern_prep_vec4n32, tern_prep_vec5n16,
    tern_prep_vec5n32;

/* rows: registers of rows per table load; kblock: columns whose tables are used before the next rows come (0
 * = all); flush: groups between two flushes of 16-bit sums; prefetch: bytes ahead of the weight stream. */
extern const struct tern_space tern_space_lut2, tern_space_lut3, tern_space_lut3w, tern_space_lut4,
    tern_space_lut5;
/* The same without prefetch and with small blocks, for several tokens. */
extern const struct tern_space tern_space_luts2, tern_space_luts3, tern_space_luts3w, tern_space_luts4,
    tern_space_luts5;
/* rows: rows whose sums wait while a table is used; groups: tables alive at a time. */
extern const struct tern_space tern_space_vec;

enum { TERN_LUT_ROWS = 0, TERN_LUT_KBLOCK = 1, TERN_LUT_FLUSH = 2, TERN_LUT_PREFETCH = 3 };
enum { TERN_VEC_ROWS = 0, TERN_VEC_GROUPS = 1, TERN_VEC_COLUMNS = 80 };

/* 1 when kernels with this preparation build tables of their tokens in every call of run(), whatever the
 * number of rows: they want many rows at once. */
int tern_lut_per_call(const struct tern_prep *p);

/* Columns of one block for a kblock parameter, a multiple of `unit`, at least one unit. */
size_t tern_lut_block(const struct tern_call *c, size_t unit);

#endif
