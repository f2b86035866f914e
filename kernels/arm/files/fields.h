/* Files whose rows are blocks of 2-bit fields: I2_S of x86 and of ARM, TQ2_0, IQ2_BN, and Q2_0, whose activations are laid four
 * columns apart first (files/prep.h).
 *
 * Fields are masked where they are, not shifted. With dot products, per register of 64 weights: 1 load, 3 and, 1 shift (the upper
 * field would be negative), 4 sdot into three sums that count 1, 4 and 16 times. Without: 1 load, 1 shift, 4 and, 8 smlal into two
 * sums of two registers that count 1 and 4 times. Four rows share the activations. Bounds: int32 sums are at most
 * 16 * 2 * 128 * K / 4; an int16 lane gains two products of codes up to 2 << 2 for each register. */
#ifndef TERN_KERNELS_ARM_FILES_FIELDS_H
#define TERN_KERNELS_ARM_FILES_FIELDS_H

#include "kernels/arm/files/prep.h"
#include "kernels/arm/files/sums.h"
#include "kernels/flush.h"
#include "kernels/loops/row_tiles.h"

/* Where fields lie: `header` bytes, then blocks of `columns` columns in `bytes` bytes, their fields from byte `at` on in `parts`
 * registers. The fields of a byte are `apart` columns from each other. */
struct fields {
    size_t header, columns, bytes, at, parts, apart;
    int high_first; /* the first of them is in the upper bits */
};

#ifdef VEC_DOT
enum { FIELD_SUMS = 3 };
#else
enum { FIELD_SUMS = 4, FIELD_FLUSH = TERN_FLUSH_2048 };
_Static_assert(FIELD_FLUSH * 2 * (8 * 128) <= TERN_INT16_LEAST, "files: int16 sums");
#endif

/* A register of weights; a[f] meets bits 2 f, 2 f + 1. */
ALWAYS_INLINE void fields_add(vec *acc, vec w, const vec a[4]) {
#ifdef VEC_DOT
    acc[0] = sum_dot(acc[0], v_and(w, v_bytes(3)), a[0]);
    acc[1] = sum_dot(acc[1], v_and(w, v_bytes(3 << 2)), a[1]);
    acc[2] = sum_dot(acc[2], v_and(w, v_bytes(3 << 4)), a[2]);
    acc[0] = sum_dot(acc[0], v_shr8(w, 6), a[3]);
#else
    const vec upper = v_shr8(w, 4);
    sum_products(acc, v_and(w, v_bytes(3)), a[0]);
    sum_products(acc + 2, v_and(w, v_bytes(3 << 2)), a[1]);
    sum_products(acc, v_and(upper, v_bytes(3)), a[2]);
    sum_products(acc + 2, v_and(upper, v_bytes(3 << 2)), a[3]);
#endif
}

ALWAYS_INLINE void fields_block(const struct fields *f, const struct row_tile *x, const uint8_t *w,
                                size_t pitch, const int8_t *q, vec (*acc)[FIELD_SUMS]) {
    UNROLL
    for (size_t p = 0; p < f->parts; p++) {
        const size_t across = f->apart / VEC_BYTES; /* registers that lie between two fields of a byte */
        const int8_t *from = q + p / across * 4 * f->apart + p % across * VEC_BYTES;
        vec a[4];
        UNROLL
        for (size_t i = 0; i < 4; i++) a[f->high_first ? 3 - i : i] = v_load(from + i * f->apart);
        UNROLL
        for (size_t i = 0; i < x->rows; i++) fields_add(acc[i], v_load(w + i * pitch + p * VEC_BYTES), a);
    }
    UNROLL
    for (size_t i = 0; i < x->rows; i++) v_prefetch(w + i * pitch + x->ahead);
}

ALWAYS_INLINE void fields_tile(const struct tern_call *c, const struct row_tile *x, const int8_t *q,
                               struct fields f) {
    const size_t blocks = c->w.k / f.columns, pitch = f.header + blocks * f.bytes;
    const uint8_t *w = (const uint8_t *)c->w.data + x->row * pitch + f.header + f.at;
    vec acc[4][FIELD_SUMS];
    int32_t *y = row_result(c, x, 0, 0);
#ifdef VEC_DOT
    sums_clear(acc[0], x->rows * FIELD_SUMS);
    for (size_t b = 0; b < blocks; b++, w += f.bytes, q += f.columns) fields_block(&f, x, w, pitch, q, acc);
    UNROLL
    for (size_t i = 0; i < x->rows; i++) {
        const vec fours = v_add32(v_sra32(acc[i][1], 2), v_sra32(acc[i][2], 4));
        y[i] = v_sum(v_add32(acc[i][0], fours)) - c->x->sum[0];
    }
#else
    vec sum[4][2];
    sums_clear(sum[0], x->rows * 2);
    for (size_t b = 0; b < blocks;) {
        const size_t stop = tern_min(blocks, b + FIELD_FLUSH / f.parts);
        sums_clear(acc[0], x->rows * FIELD_SUMS);
        for (; b < stop; b++, w += f.bytes, q += f.columns) fields_block(&f, x, w, pitch, q, acc);
        UNROLL
        for (size_t i = 0; i < 2 * x->rows; i++)
            sum[i / 2][i % 2] = sums_widen(sum[i / 2][i % 2], acc[i / 2] + i % 2 * 2);
    }
    UNROLL
    for (size_t i = 0; i < x->rows; i++)
        y[i] = v_sum(v_add32(sum[i][0], v_sra32(sum[i][1], 2))) - c->x->sum[0];
#endif
}

#define FIELD_ROWS(name, activations, ...)                                                                   \
    ALWAYS_INLINE void tile_##name(const struct tern_call *c, struct row_tile x) {                           \
        fields_tile(c, &x, activations, (struct fields){__VA_ARGS__});                                       \
    }                                                                                                        \
    ALWAYS_INLINE void rows_##name(const struct tern_call *c, size_t row0, size_t row1) {                    \
        row_tiles(c, row0, row1, row_tile_of(c, 4, 1, 0), tile_##name);                                      \
    }

FIELD_ROWS(i2s, c->x->q, 0, 128, 32, 0, 2, 32, 1)
FIELD_ROWS(i2sarm, c->x->q, 0, 64, 16, 0, 1, 16, 1)
FIELD_ROWS(tq20, c->x->q, 0, 256, 66, 0, 4, 32, 0)
FIELD_ROWS(iq2bn, c->x->q, 4, 64, 16, 0, 1, 16, 0)
FIELD_ROWS(q20g64, c->shared, 0, 64, 18, 2, 1, 16, 0)
FIELD_ROWS(q20g128, c->shared, 0, 128, 34, 2, 2, 16, 0)

#endif
