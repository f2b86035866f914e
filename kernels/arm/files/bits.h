/* Q1_0: bits of a row, whose activations are laid eight columns apart first (files/prep.h).
 *
 * Bits are masked where they are, four of a byte before and four after a shift, so that four sums count 1, 2, 4 and 8 times. Per
 * register of 128 weights: 1 load, 1 shift, 8 and, 8 sdot or 16 smlal. An int16 lane gains two products of bits up to 8 in each
 * register. */
#ifndef TERN_KERNELS_ARM_FILES_BITS_H
#define TERN_KERNELS_ARM_FILES_BITS_H

#include "kernels/arm/files/prep.h"
#include "kernels/arm/files/sums.h"
#include "kernels/flush.h"
#include "kernels/loops/row_tiles.h"

enum { BIT_COLUMNS = 128, BIT_BYTES = 18, BIT_AT = 2, BIT_WEIGHTS = 4 };
#ifdef VEC_DOT
enum { BIT_HALVES = 1, BIT_ROWS = 4 };
#else
enum { BIT_HALVES = 2, BIT_ROWS = 2, BIT_FLUSH = TERN_FLUSH_2048 };
_Static_assert(BIT_FLUSH * 2 * (8 * 128) <= TERN_INT16_LEAST, "files: int16 sums of bits");
#endif

ALWAYS_INLINE void bits_block(const struct row_tile *x, const uint8_t *w, size_t pitch, const int8_t *q,
                              vec (*acc)[BIT_WEIGHTS * BIT_HALVES]) {
    vec u[BIT_ROWS];
    UNROLL
    for (size_t i = 0; i < x->rows; i++) u[i] = v_load(w + i * pitch);
    UNROLL
    for (size_t b = 0; b < 8; b++) {
        const vec a = v_load(q + b * VEC_BYTES);
        UNROLL
        for (size_t i = 0; i < x->rows; i++) {
            if (b == 4) u[i] = v_shr8(u[i], 4);
            vec *const to = acc[i] + b % 4 * BIT_HALVES, bit = v_and(u[i], v_bytes(1 << b % 4));
#ifdef VEC_DOT
            *to = sum_dot(*to, bit, a);
#else
            sum_products(to, bit, a);
#endif
        }
    }
    UNROLL
    for (size_t i = 0; i < x->rows; i++) v_prefetch(w + i * pitch + x->ahead);
}

ALWAYS_INLINE void tile_q10(const struct tern_call *c, struct row_tile x) {
    const size_t blocks = c->w.k / BIT_COLUMNS, pitch = blocks * BIT_BYTES;
    const uint8_t *w = (const uint8_t *)c->w.data + x.row * pitch + BIT_AT;
    const int8_t *q = c->shared;
    vec acc[BIT_ROWS][BIT_WEIGHTS * BIT_HALVES], sum[BIT_ROWS][BIT_WEIGHTS];
#ifdef VEC_DOT
    sums_clear(acc[0], x.rows * BIT_WEIGHTS);
    for (size_t b = 0; b < blocks; b++, w += BIT_BYTES, q += BIT_COLUMNS) bits_block(&x, w, pitch, q, acc);
    memcpy(sum, acc, sizeof sum);
#else
    sums_clear(sum[0], x.rows * BIT_WEIGHTS);
    for (size_t b = 0; b < blocks;) {
        const size_t stop = tern_min(blocks, b + BIT_FLUSH);
        sums_clear(acc[0], x.rows * BIT_WEIGHTS * BIT_HALVES);
        for (; b < stop; b++, w += BIT_BYTES, q += BIT_COLUMNS) bits_block(&x, w, pitch, q, acc);
        UNROLL
        for (size_t i = 0; i < x.rows; i++) UNROLL
        for (size_t j = 0; j < BIT_WEIGHTS; j++) sum[i][j] = sums_widen(sum[i][j], acc[i] + j * BIT_HALVES);
    }
#endif
    UNROLL
    for (size_t i = 0; i < x.rows; i++) { /* a weight is twice its bit less one */
        vec all = sum[i][0];
        UNROLL
        for (unsigned j = 1; j < BIT_WEIGHTS; j++) all = v_add32(all, v_sra32(sum[i][j], j));
        *row_result(c, &x, i, 0) = 2 * v_sum(all) - c->x->sum[0];
    }
}

ALWAYS_INLINE void rows_q10(const struct tern_call *c, size_t row0, size_t row1) {
    row_tiles(c, row0, row1, row_tile_of(c, BIT_ROWS, 1, 0), tile_q10);
}

#endif
