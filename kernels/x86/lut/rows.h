/* What the kernels that look bytes up share: what a family (octets.h, digits.h) and a tile are, and where results
 * go. The loops around a tile are in loops.h.
 *
 * A register of rows has one row per byte. Its sums are 32-bit lanes: vector j, lane d is row 4d + j. */
#ifndef TERN_KERNELS_X86_LUT_ROWS_H
#define TERN_KERNELS_X86_LUT_ROWS_H

#include "kernels/formats/memory/group.h"
#include "kernels/prep/lut.h"
#include "kernels/unroll.h"
#include "kernels/x86/lut/build.h"

/* int32 sums of one register of rows. */
struct lanes {
    vec v[4];
};

/* int16 sums of the even and of the odd rows of a register. */
struct halves {
    vec even, odd;
};

ALWAYS_INLINE void add_halves(struct lanes *sum, struct halves s) {
    sum->v[0] = v_add32(sum->v[0], v_low16(s.even));
    sum->v[1] = v_add32(sum->v[1], v_low16(s.odd));
    sum->v[2] = v_add32(sum->v[2], v_high16(s.even));
    sum->v[3] = v_add32(sum->v[3], v_high16(s.odd));
}

/* Results of one register of rows, rows from `end` on left out: y = sum, or y += sum. */
ALWAYS_INLINE void put_rows(int32_t *y, size_t row, size_t end, struct lanes sum, int add) {
    int32_t raw[4][VEC_BYTES / 4], out[VEC_BYTES];
    const vec a = v_zip_low32(sum.v[0], sum.v[1]), b = v_zip_high32(sum.v[0], sum.v[1]);
    const vec c = v_zip_low32(sum.v[2], sum.v[3]), d = v_zip_high32(sum.v[2], sum.v[3]);
    v_store(raw[0], v_zip_low64(a, c));
    v_store(raw[1], v_zip_high64(a, c));
    v_store(raw[2], v_zip_low64(b, d));
    v_store(raw[3], v_zip_high64(b, d));
    for (size_t i = 0; i < VEC_BYTES / 4; i++) memcpy(out + 4 * i, raw[i % 4] + i / 4 * 4, 16);
    const size_t live = tern_min(end - row, VEC_BYTES);
    y += row;
    if (add)
        for (size_t i = 0; i < live; i++) y[i] += out[i];
    else
        memcpy(y, out, live * sizeof *y);
}

/* A tile: `regs` registers of rows from `row` on, and units [first, stop) of one token, whose tables are at
 * `tab`. */
struct lut_tile {
    int32_t *y;
    size_t row, end; /* rows from `end` on are not stored */
    size_t first, stop;
    const uint8_t *tab;
    size_t regs, flush, ahead; /* flush: units between two flushes of int16 sums */
    int32_t start;             /* binary: what the first block adds */
};

/* A family. All of it is constant and vanishes when the loops are inlined. A unit is the groups whose codes lie
 * together and whose entries are added as bytes. */
struct lut {
    size_t columns, groups; /* of a group, of a unit */
    size_t bytes;           /* codes of a unit in a panel of 64 rows */
    size_t table;           /* bytes of the table of a group */
    int binary;             /* 1: see lut_start */
    lut_build_fn *build;
};

ALWAYS_INLINE size_t lut_units(const struct lut *f, size_t k) {
    return (k + f->columns * f->groups - 1) / (f->columns * f->groups);
}

/* Entries of a binary family are the sums of the activations whose bit is set, less LUT_SUBSET_BIAS. With S the
 * sum of entries and A that of the activations, the sum of +-activations is 2 * S + this. */
ALWAYS_INLINE int32_t lut_start(const struct lut *f, int32_t activations, size_t units) {
    return f->binary ? (int32_t)(2 * LUT_SUBSET_BIAS * f->groups * units) - activations : 0;
}

/* Codes of register r of a tile. */
ALWAYS_INLINE const uint8_t *lut_codes(const struct lut *f, const struct tern_call *c,
                                       const struct lut_tile *x, size_t r) {
    const size_t row = x->row + r * VEC_BYTES, panel = lut_units(f, c->w.k) * f->bytes;
    return (const uint8_t *)c->w.data + row / TERN_GROUP_ROWS * panel + row % TERN_GROUP_ROWS +
           x->first * f->bytes;
}

/* Asks for the unit `ahead` bytes further on, once for all registers of a panel. */
ALWAYS_INLINE void lut_prefetch(const struct lut *f, const struct lut_tile *x, const uint8_t *w, size_t r) {
    if (!x->ahead || r * VEC_BYTES % TERN_GROUP_ROWS) return;
    UNROLL
    for (size_t i = 0; i < f->bytes; i += 64) _mm_prefetch((const char *)(w + x->ahead + i), _MM_HINT_T0);
}

#endif
