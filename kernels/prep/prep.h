/* Preparations (what is done to the activations first) and parameter spaces, named by the lines of variants.def. Those
 * that only one architecture needs are in its own prep.h. Internal to kernels/. */
#ifndef TERN_KERNELS_PREP_PREP_H
#define TERN_KERNELS_PREP_PREP_H

#include "kernels/variant.h"

/* What a variant wants done to the activations before any row is computed (tables, packed panels). */
struct tern_prep {
    size_t (*shared_bytes)(const struct tern_call *c); /* size of c->shared for these shapes and parameters */
    size_t (*local_bytes)(const struct tern_call *c);  /* scratch of the kernel, for each thread */
    void (*run)(const struct tern_call *c, size_t worker, size_t workers); /* a share of the work */
    /* 1: the kernel builds tables of its tokens at the beginning of each call, however few its rows are: it wants
     * many rows at once. */
    int tables_per_call;
};

/* No table and no scratch: the kernel reads the activations as they are. */
extern const struct tern_prep tern_prep_none;
/* The members of a preparation that does nothing there. */
size_t tern_prep_no_bytes(const struct tern_call *c);
void tern_prep_no_work(const struct tern_call *c, size_t worker, size_t workers);

/* Makes OpenBLAS use one thread per caller (only in builds with it). */
extern const struct tern_prep tern_prep_blas;
/* Scratch: one decoded row of codes (u8 or float), for the scalar kernels. */
extern const struct tern_prep tern_prep_row;

/* Activations as column panels for a register tile of nr tokens: shared[N/nr][K/4][nr][4], zero-padded. The digit is nr.
 * ...k16: K is rounded up to a multiple of 16. */
extern const struct tern_prep tern_prep_cols1, tern_prep_cols3, tern_prep_cols4, tern_prep_cols6;
extern const struct tern_prep tern_prep_cols2k16, tern_prep_cols6k16;
/* Bytes and making of such panels; K is rounded up to a multiple of `unit`, itself a multiple of four. */
size_t tern_columns_bytes(const struct tern_call *c, size_t nr, size_t unit);
void tern_columns_run(const struct tern_call *c, size_t worker, size_t workers, size_t nr, size_t unit);

/* Activations cut into bit slices (kernels/prep/slices.h), each word twice or once. */
extern const struct tern_prep tern_prep_slicestwice, tern_prep_slicesonce;
/* The signs of the activations, one bit each (kernels/prep/signs.h). */
extern const struct tern_prep tern_prep_signs;

extern const struct tern_space tern_space_none;
/* prefetch: how many bytes ahead of the weight stream to ask for; 0 leaves it to the hardware. far: for a loop of 320
 * bytes, which wants it further ahead. */
extern const struct tern_space tern_space_prefetch, tern_space_prefetchfar;
/* prefetch and rows: rows computed together, as many streams from memory. */
extern const struct tern_space tern_space_rows;
/* prefetch and panels: row panels walked together, with accumulators and a stream of their own each. `panels` is for
 * panels of 64 rows; the others name the rows, and 2 (up to 2 together) or 3 (up to 4). */
extern const struct tern_space tern_space_panels, tern_space_panels16x2, tern_space_panels16x3,
    tern_space_panels48x3, tern_space_panels80x2, tern_space_panels80x3, tern_space_panels128x2;
/* prefetch and flush: steps between two flushes of int16 sums, up to the bound in the name (kernels/flush.h). counts: of
 * ones counted in bytes. ...panels: and one or two panels together. */
extern const struct tern_space tern_space_flush8, tern_space_flush16, tern_space_flush31, tern_space_flush63,
    tern_space_flush255, tern_space_flushcounts, tern_space_flush8panels, tern_space_flush16panels;
/* block: columns of K decoded at a time. */
extern const struct tern_space tern_space_block;

/* Where the space of a variant puts its parameters in tern_call.param. */
enum {
    TERN_P_PREFETCH = 0,
    TERN_P_PANELS = 1,
    TERN_P_ROWS = 1,
    TERN_P_FLUSH = 1,
    TERN_P_TOGETHER = 2,
    TERN_P_BLOCK = 0
};

#endif
