/* g2 by tbl (2.0 bpw, pairs of columns as 4-bit codes; packed by formats/memory/g2.c), and TL1 in the order of its files
 * (formats/file/tl.c). The walk is that of pairs.h: four registers of rows together, which in g2 lie side by side and in TL1
 * wherever its tile has them. */
#include "kernels/arm/lut/pairs.h"

#include "base/pool.h"
#include "kernels/arm/prep.h"
#include "kernels/formats/file/tl.h"
#include "kernels/formats/memory/group.h"
#include "kernels/run.h"

_Static_assert(TERN_GROUP_ROWS == PAIR_REGISTERS * VEC_BYTES, "g2: rows of a panel");

static size_t tables_bytes(const struct tern_call *c) {
    return tern_group_quads(c->w.k, 2) * 2 * LINE_TABLES;
}

/* A share of the lines of columns: where the tables of two lines begin, both begin. */
static void share_lines(const struct tern_call *c, size_t worker, size_t workers, size_t *from, size_t *to) {
    tern_share(tern_group_quads(c->w.k, 2) * 2, 1, worker, workers, from, to);
}

static void g2_tables(const struct tern_call *c, size_t worker, size_t workers) {
    size_t from, to;
    share_lines(c, worker, workers, &from, &to);
    for (size_t i = from; i < to; i++) {
        const int8_t *q = c->x->q + i * LINE_COLUMNS;
        uint8_t *out = (uint8_t *)c->shared + i * LINE_TABLES;
        pairs_table(q[0], q[1], out);
        pairs_table(q[2], q[3], out + PAIR_TABLES);
    }
}

/* The first pair of a byte is in its upper bits, and the earlier column of a pair counts three times. */
static void tl1_tables(const struct tern_call *c, size_t worker, size_t workers) {
    size_t from, to;
    share_lines(c, worker, workers, &from, &to);
    for (size_t i = from; i < to; i++) {
        const int8_t *q = c->x->q + i * LINE_COLUMNS;
        uint8_t *out = (uint8_t *)c->shared + i * LINE_TABLES;
        pairs_table(q[3], q[2], out);
        pairs_table(q[1], q[0], out + PAIR_TABLES);
    }
}

const struct tern_prep tern_prep_lut2_neon = {tables_bytes, tern_prep_no_bytes, g2_tables, 0};
const struct tern_prep tern_prep_luttl1_neon = {tables_bytes, tern_prep_no_bytes, tl1_tables, 0};

ALWAYS_INLINE void g2_rows(const struct tern_call *c, size_t row0, size_t row1) {
    const size_t bytes = tern_g2_panel_bytes(c->w.k);
    for (size_t r = row0; r < row1; r += TERN_GROUP_ROWS) {
        int32_t y[TERN_GROUP_ROWS] = {0};
        struct pair_codes w = {.line = TERN_GROUP_ROWS, .quad = 2 * TERN_GROUP_ROWS};
        UNROLL
        for (size_t i = 0; i < PAIR_REGISTERS; i++)
            w.at[i] = (const uint8_t *)c->w.data + r / TERN_GROUP_ROWS * bytes + i * VEC_BYTES;
        pairs_walk(w, PAIR_REGISTERS, 2, c->shared, tern_group_quads(c->w.k, 2),
                   (size_t)c->param[TERN_P_PREFETCH], y);
        memcpy((int32_t *)c->y + r, y, tern_min(TERN_GROUP_ROWS, row1 - r) * sizeof *y);
    }
}

/* Registers of rows from row on. A step is a quad of two lines, or of one where a tile has an odd number of lines. */
ALWAYS_INLINE void tl1_registers(const struct tern_call *c, struct tern_tl_tile t, size_t row,
                                 size_t registers, size_t lines) {
    const size_t tile = t.cols / (lines * LINE_COLUMNS), quad = t.inner == 32 ? 64 : 64 * lines;
    struct pair_codes w = {.line = t.inner == 32 ? 16 : 64, .quad = quad, .tile = tile};
    w.seam = t.rows * t.cols / 4 - tile * quad;
    UNROLL
    for (size_t i = 0; i < registers; i++)
        w.at[i] = (const uint8_t *)c->w.data + tern_tl1_at(t, c->w.k, row + i * VEC_BYTES, 0);
    int32_t *y = (int32_t *)c->y + row;
    memset(y, 0, registers * VEC_BYTES * sizeof *y);
    pairs_walk(w, registers, lines, c->shared, c->w.k / (lines * LINE_COLUMNS),
               (size_t)c->param[TERN_P_PREFETCH], y);
}

ALWAYS_INLINE void tl1_rows(const struct tern_call *c, size_t row0, size_t row1) {
    const struct tern_tl_tile t = c->w.tile.rows ? c->w.tile : tern_tl1_tile(c->w.m, c->w.k);
    const size_t together = PAIR_REGISTERS * VEC_BYTES;
    const int odd = t.cols % (2 * LINE_COLUMNS) != 0;
    for (size_t r = row0; r < row1;) {
        const int whole = row1 - r >= together && !odd;
        if (whole)
            tl1_registers(c, t, r, PAIR_REGISTERS, 2);
        else if (odd)
            tl1_registers(c, t, r, 1, 1);
        else
            tl1_registers(c, t, r, 1, 2);
        r += whole ? together : VEC_BYTES;
    }
}

TERN_RUN(gemv_g2_i8_r64k8__neon, g2_rows(c, row0, row1))
TERN_RUN(gemv_tl1_i8_r64k8__neon, tl1_rows(c, row0, row1))
