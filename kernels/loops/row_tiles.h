/* The loops of kernels whose rows lie one after another: tiles of rows by tokens, and what is left over row by
 * row and token by token. A family gives the tile; the numbers of a tile are constants in it. */
#ifndef TERN_KERNELS_LOOPS_ROW_TILES_H
#define TERN_KERNELS_LOOPS_ROW_TILES_H

#include "kernels/prep/prep.h"
#include "kernels/run.h"
#include "kernels/unroll.h"

struct row_tile {
    size_t row, rows, t, tokens; /* rows [row, row + rows) by tokens [t, t + tokens) */
    size_t ahead, flush;         /* bytes of the weights to prefetch; steps between two flushes of sums */
    int kind;                    /* which of the family's ways */
};

typedef void row_tile_fn(const struct tern_call *c, struct row_tile x);

/* The tokens of x.rows rows, x.tokens at a time. */
ALWAYS_INLINE void row_tokens(const struct tern_call *c, struct row_tile x, row_tile_fn *tile) {
    const size_t n = c->x->n;
    for (x.t = 0; x.t + x.tokens <= n; x.t += x.tokens) tile(c, x);
    if (x.tokens == 1) return;
    for (x.tokens = 1; x.t < n; x.t++) tile(c, x);
}

/* Rows [row0, row1), x.rows at a time; single rows at the end. */
ALWAYS_INLINE void row_tiles(const struct tern_call *c, size_t row0, size_t row1, struct row_tile x,
                             row_tile_fn *tile) {
    for (x.row = row0; x.row + x.rows <= row1; x.row += x.rows) row_tokens(c, x, tile);
    if (x.rows == 1) return;
    x.rows = x.tokens = 1;
    for (; x.row < row1; x.row++) row_tokens(c, x, tile);
}

/* One token: the rows that the parameter says are as many streams from memory, which some cores like and others
 * do not. */
ALWAYS_INLINE void row_gemv(const struct tern_call *c, size_t row0, size_t row1, int kind,
                            row_tile_fn *tile) {
    struct row_tile x = {.tokens = 1, .ahead = (size_t)c->param[TERN_P_PREFETCH], .kind = kind};
    x.row = row0;
    if (c->param[TERN_P_ROWS] == 4)
        for (x.rows = 4; x.row + 4 <= row1; x.row += 4) tile(c, x);
    if (c->param[TERN_P_ROWS] == 2)
        for (x.rows = 2; x.row + 2 <= row1; x.row += 2) tile(c, x);
    for (x.rows = 1; x.row < row1; x.row++) tile(c, x);
}

ALWAYS_INLINE struct row_tile row_tile_of(const struct tern_call *c, size_t rows, size_t tokens, int kind) {
    return (struct row_tile){
        .rows = rows, .tokens = tokens, .ahead = (size_t)c->param[TERN_P_PREFETCH], .kind = kind};
}

/* Of a space that has a flush interval. */
ALWAYS_INLINE struct row_tile row_tile_flushed(const struct tern_call *c, size_t rows, size_t tokens,
                                               int kind) {
    struct row_tile x = row_tile_of(c, rows, tokens, kind);
    x.flush = (size_t)c->param[TERN_P_FLUSH];
    return x;
}

/* For the results of one row and token. */
ALWAYS_INLINE int32_t *row_result(const struct tern_call *c, const struct row_tile *x, size_t i, size_t j) {
    return (int32_t *)c->y + (x->t + j) * c->ldy + x->row + i;
}

#endif
