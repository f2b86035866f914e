/* Weight formats: bytes that stand for a matrix of trits.
 *
 * The neutral form is row-major int8 in {-1, 0, +1}, M rows (outputs) by K columns (inputs), plus one f32 scale for
 * the tensor. A format turns rows of it into bytes and back: unpack(pack(t)) == t for every M, K it accepts. Formats
 * found in model files (I2_S, TQ2_0) and layouts that exist only in memory (p64, e80) are the same kind of thing.
 * Each is one line in formats.def. */
#ifndef TERN_KERNELS_FORMAT_H
#define TERN_KERNELS_FORMAT_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* How TL1 and TL2 of bitnet.cpp cut a matrix (formats/tl.h). Not in a file: it belongs to the build that wrote it. All 0
 * stands for the tile that the registered format takes for the shape. */
struct tern_tl_tile {
    size_t rows, cols; /* BM and BK */
    size_t inner;      /* bm: rows whose bytes lie side by side */
};

struct tern_format {
    const char *name;   /* one lower-case word without '_': part of every variant name */
    const char *title;  /* a line for people */
    const char *source; /* where the layout is specified */
    double bits;        /* per weight, without tails and scales */
    int in_files;       /* 1: found in model files; 0: only in memory */
    int binary;         /* 1: holds only -1 and +1; the caller must not pack a 0 */
    size_t k_max;       /* the longest K whose 32-bit sums are exact where that is below TERN_K_MAX; else 0 */

    /* TERN_OK, or TERN_UNSUPPORTED with the reason (K must be a multiple of 256, ...). M, K >= 1. */
    enum tern_status (*accepts)(size_t m, size_t k, struct tern_error *e);
    /* Row ranges given to pack/unpack start at multiples of this and end at one or at M. */
    size_t (*row_step)(size_t m, size_t k);
    /* Size of the packed matrix, padding and in-tensor scale included. */
    size_t (*bytes)(size_t m, size_t k);
    /* Packs rows [r0, r1) of an M x K matrix; `trits` points at row r0 (row stride K). Disjoint ranges may be packed
     * by different threads. `dst` is the whole tensor, 64-byte aligned for in-memory formats. `scale` is written
     * where the format keeps one, by the range that ends at M. */
    void (*pack)(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst);
    /* The same for a tile that the matrix names, and whether one fits, as `accepts`. NULL where nothing is cut into tiles. */
    enum tern_status (*tile_fits)(struct tern_tl_tile t, size_t m, size_t k, struct tern_error *e);
    void (*tile_pack)(struct tern_tl_tile t, const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1,
                      float scale, uint8_t *dst);
    /* The reverse. A code that stands for no trit yields the value 2, which the caller must refuse. */
    void (*unpack)(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits);
    /* The scale kept inside the tensor; NULL when the format keeps none. TERN_BAD_INPUT when blocks disagree. */
    enum tern_status (*scale)(const void *src, size_t m, size_t k, float *out, struct tern_error *e);
    /* Where K can be cut (kernels/split.h): at multiples of slice_columns, because the columns of a panel of
     * row_step rows lie one after another. The bytes of a panel of `rows` rows from column_at(rows, c) on are,
     * for its columns from c on, a packed matrix of this format. 0 and NULL: the layout has no such place. */
    size_t slice_columns;
    size_t (*column_at)(size_t rows, size_t c);
};

/* The functions of a format whose file names them as the members are named. */
#define TERN_FORMAT_CALLS .row_step = row_step, .bytes = bytes, .pack = pack, .unpack = unpack

/* For layouts that hold any shape. */
enum tern_status tern_accepts_any(size_t m, size_t k, struct tern_error *e);

/* All formats, in the order of formats.def. */
const struct tern_format *const *tern_formats(size_t *count);
/* By name ("p64"); NULL when there is none. */
const struct tern_format *tern_format_named(const char *name);

#define TERN_FORMAT(name) extern const struct tern_format tern_format_##name;
#include "kernels/formats.def"
#undef TERN_FORMAT

#endif
