/* Preparations and parameter spaces that registry lines name. Internal to kernels/. */
#ifndef TERN_KERNELS_PREP_PREP_H
#define TERN_KERNELS_PREP_PREP_H

#include "kernels/variant.h"

/* What a variant wants done to the activations before any row is computed (tables, packed panels). */
struct tern_prep {
    size_t (*shared_bytes)(const struct tern_call *c); /* size of c->shared for these shapes and parameters */
    size_t (*local_bytes)(const struct tern_call *c);  /* scratch of the kernel, for each thread */
    void (*run)(const struct tern_call *c, size_t worker, size_t workers); /* a share of the work */
};

/* No table, no scratch: the kernel reads the activations as they are. */
extern const struct tern_prep tern_prep_none;
/* Makes OpenBLAS use one thread per caller (only in builds with it). */
extern const struct tern_prep tern_prep_blas;
/* Scratch of one decoded row of codes (u8 or float), for the scalar kernels. */
extern const struct tern_prep tern_prep_row;
/* Scratch of the decoded codes of 63 groups of a half panel, five digits each (e80 on AVX2). */
extern const struct tern_prep tern_prep_codes;
/* Activations of two consecutive 128-blocks side by side, so that a zmm load of 2-bit codes in the order of
 * I2_S or TQ2_0 meets them: shared[t][K/256][4][64]. */
extern const struct tern_prep tern_prep_pair128;
/* Activations as column panels for a register tile of N columns: shared[N/nr][K/4][nr][4], zero-padded. */
extern const struct tern_prep tern_prep_cols2, tern_prep_cols4, tern_prep_cols6;
/* Scratch for activations repeated in the order of a narrow panel of t24. */
extern const struct tern_prep tern_prep_spread;
/* The same for 5 and 6 columns, with scratch for one block of K of an unpacked panel of five or four rows per
 * byte. */
extern const struct tern_prep tern_prep_block5, tern_prep_block6, tern_prep_block6t24;

extern const struct tern_space tern_space_none;
/* prefetch: bytes ahead of the weight stream, 0 = leave it to the hardware. */
extern const struct tern_space tern_space_prefetch;
/* The same for a loop of 320 bytes, which wants it further ahead. */
extern const struct tern_space tern_space_prefetchfar;
/* prefetch and panels: row panels walked together (independent accumulators, as many streams). */
extern const struct tern_space tern_space_panels;
/* prefetch and rows: rows computed together, as many streams from memory. */
extern const struct tern_space tern_space_rows;
/* block: columns of K unpacked at a time. */
extern const struct tern_space tern_space_block;

/* Row panels and bit planes (parts_planes.c). */

/* As cols<nr> above, for other tiles; ...k16: columns zero-padded to a multiple of 16. */
extern const struct tern_prep tern_prep_cols1, tern_prep_cols3, tern_prep_cols2k16, tern_prep_cols4k16,
    tern_prep_cols6k16;
/* ...block: and scratch for a block of eight planes of codes. */
extern const struct tern_prep tern_prep_cols1block, tern_prep_cols2block, tern_prep_cols3block,
    tern_prep_cols4block, tern_prep_cols8block;
/* Activations widened to int16: shared[t][K rounded up to 64]. */
extern const struct tern_prep tern_prep_wide;
/* Bit-sliced activations (slices.h), each word twice or once. */
extern const struct tern_prep tern_prep_slicestwice, tern_prep_slicesonce;
/* Signs of the activations, one bit each (signs.h). */
extern const struct tern_prep tern_prep_signs, tern_prep_signs_avx2, tern_prep_signs_avx512bw;
/* prefetch and panels, for panels of 16, 48, 80, 128 rows; 2: up to 2 together, 3: up to 4. */
extern const struct tern_space tern_space_panels16x2, tern_space_panels16x3, tern_space_panels48x3,
    tern_space_panels80x2, tern_space_panels80x3, tern_space_panels128x2;
/* prefetch and flush: groups between two flushes of int16 sums, up to the bound in the name. */
extern const struct tern_space tern_space_flush8, tern_space_flush16, tern_space_flush31, tern_space_flush63,
    tern_space_flush255;
/* prefetch, flush and panels: one or two panels together. */
extern const struct tern_space tern_space_flush8panels, tern_space_flush16panels;
/* As block, where 16-bit sums are flushed after each: 252 columns at most. */
extern const struct tern_space tern_space_block252;

/* Reads one parameter by the position the space gives it. */
enum {
    TERN_P_PREFETCH = 0,
    TERN_P_PANELS = 1,
    TERN_P_ROWS = 1,
    TERN_P_FLUSH = 1,
    TERN_P_TOGETHER = 2,
    TERN_P_BLOCK = 0
};

#endif
