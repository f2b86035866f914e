/* Files whose byte is four rows of one column: I2_S of builds without ACT_PARALLEL (rows next to each other, the first in the upper
 * bits), and packed safetensors (rows M / 4 apart, the first in the lower bits).
 *
 * Fields are masked where they are. With dot products, per register of 64 weights: 1 load, 3 and, 1 shift, 4 sdot; without: 1 load,
 * 1 shift, 4 and, 8 smlal. Bounds: int32 sums are at most 16 * 2 * 128 * K; an int16 lane gains one product of a code up to 2 << 2
 * for each register. */
#ifndef TERN_KERNELS_ARM_FILES_COLUMNS_H
#define TERN_KERNELS_ARM_FILES_COLUMNS_H

#include "kernels/arm/files/sums.h"
#include "kernels/flush.h"
#include "kernels/loops/row_tiles.h"

enum { COLUMN_STEP = VEC_BYTES };
#ifdef VEC_DOT
enum { COLUMN_SUMS = 4, COLUMN_ROWS = 4 /* of bytes, together */ };
#else
enum { COLUMN_SUMS = 8, COLUMN_ROWS = 2, COLUMN_FLUSH = TERN_INT16_LEAST / (8 * 128) };
#endif

/* A register of weights and the activations of its columns; sum f is that of bits 2 f, 2 f + 1. */
ALWAYS_INLINE void columns_add(vec *acc, vec w, vec a) {
#ifdef VEC_DOT
    UNROLL
    for (int f = 0; f < 3; f++) acc[f] = sum_dot(acc[f], v_and(w, v_bytes(3 << 2 * f)), a);
    acc[3] = sum_dot(acc[3], v_shr8(w, 6), a);
#else
    const vec upper = v_shr8(w, 4);
    UNROLL
    for (int f = 0; f < 4; f++)
        sum_products(acc + 2 * f, v_and(f < 2 ? w : upper, v_bytes(3 << f % 2 * 2)), a);
#endif
}

/* `rows` rows of bytes from w on -> the int32 sums of their fields. */
ALWAYS_INLINE void columns_sums(const struct tern_call *c, const uint8_t *w, size_t rows, size_t ahead,
                                int32_t (*out)[4]) {
    const size_t k = c->w.k;
    const int8_t *q = c->x->q;
    vec acc[COLUMN_ROWS][COLUMN_SUMS], sum[COLUMN_ROWS][4];
    sums_clear(sum[0], rows * 4);
#ifdef VEC_DOT
    const size_t flush = k;
#else
    const size_t flush = COLUMN_FLUSH * COLUMN_STEP;
#endif
    for (size_t j = 0; j < k; j += flush) {
        const size_t stop = tern_min(k, j + flush);
        sums_clear(acc[0], rows * COLUMN_SUMS);
        for (size_t i = j; i < stop; i += COLUMN_STEP) {
            const vec a = v_load(q + i);
            UNROLL
            for (size_t r = 0; r < rows; r++) {
                columns_add(acc[r], v_load(w + r * k + i), a);
                v_prefetch(w + r * k + i + ahead);
            }
        }
        UNROLL
        for (size_t r = 0; r < rows; r++) UNROLL
        for (size_t f = 0; f < 4; f++)
#ifdef VEC_DOT
            sum[r][f] = v_sra32(acc[r][f], f < 3 ? 2 * (unsigned)f : 0);
#else
            sum[r][f] = sums_widen(sum[r][f], acc[r] + 2 * f);
#endif
    }
    UNROLL
    for (size_t r = 0; r < rows; r++) UNROLL
    for (size_t f = 0; f < 4; f++) {
#ifdef VEC_DOT
        const int32_t all = v_sum(sum[r][f]);
#else
        const int32_t all = v_sum(v_sra32(sum[r][f], f % 2 * 2));
#endif
        out[r][f] = all - c->x->sum[0];
    }
}

/* Rows of bytes from..to; field f of row r is result at[f] + r * next. */
ALWAYS_INLINE void columns_rows(const struct tern_call *c, size_t from, size_t to, const size_t at[4],
                                size_t next) {
    int32_t *y = c->y;
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH];
    for (size_t r = from; r < to;) {
        const size_t rows = to - r >= COLUMN_ROWS ? COLUMN_ROWS : 1;
        const uint8_t *w = (const uint8_t *)c->w.data + r * c->w.k;
        int32_t out[COLUMN_ROWS][4];
        if (rows == 1)
            columns_sums(c, w, 1, ahead, out);
        else
            columns_sums(c, w, COLUMN_ROWS, ahead, out);
        for (size_t i = 0; i < rows; i++, r++)
            for (size_t f = 0; f < 4; f++) y[at[f] + r * next] = out[i][f];
    }
}

ALWAYS_INLINE void rows_i2s4(const struct tern_call *c, size_t row0, size_t row1) {
    const size_t at[4] = {3, 2, 1, 0};
    columns_rows(c, row0 / 4, row1 / 4, at, 4);
}

/* One row, a field of its bytes: who has only a part of the rows reads the bytes of others too. */
ALWAYS_INLINE int32_t columns_field(const struct tern_call *c, const uint8_t *w, size_t f) {
    const int8x16_t down = vdupq_n_s8((int8_t)(-2 * (int)f));
    vec sum = v_zero();
    for (size_t i = 0; i < c->w.k; i += COLUMN_STEP) {
        const vec u = v_and(vshlq_u8(v_load(w + i), down), v_bytes(3)), a = v_load(c->x->q + i);
#ifdef VEC_DOT
        sum = sum_dot(sum, u, a);
#else
        vec acc[2] = {v_zero(), v_zero()};
        sum_products(acc, u, a);
        sum = sums_widen(sum, acc);
#endif
    }
    return v_sum(sum) - c->x->sum[0];
}

ALWAYS_INLINE void rows_hfu8(const struct tern_call *c, size_t row0, size_t row1) {
    const size_t quarter = c->w.m / 4, at[4] = {0, quarter, 2 * quarter, 3 * quarter};
    int32_t *y = c->y;
    if (row0 == 0 && row1 == c->w.m) {
        columns_rows(c, 0, quarter, at, 1);
        return;
    }
    for (size_t r = row0; r < row1; r++)
        y[r] = columns_field(c, (const uint8_t *)c->w.data + r % quarter * c->w.k, r / quarter);
}

#endif
