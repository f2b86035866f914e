/* The scalar multiply-add, shared by all layouts: decode one row into codes, then one integer dot product per
 * token. No table, no assumption about the CPU. |sum| <= 2 * 128 * K, so K < 2^23 is exact. */
#ifndef TERN_KERNELS_SCALAR_ROWS_H
#define TERN_KERNELS_SCALAR_ROWS_H

#include "kernels/formats/rows.h"
#include "kernels/run.h"

/* Row r, decoded, with every token. */
ALWAYS_INLINE void tern_row_by_tokens(const struct tern_call *c, size_t r, const uint8_t *code) {
    int32_t *y = c->y;
    for (size_t t = 0; t < c->x->n; t++) {
        const int8_t *q = c->x->q + t * c->x->stride;
        int32_t sum = 0;
        for (size_t i = 0; i < c->w.k; i++) sum += code[i] * q[i];
        y[t * c->ldy + r] = sum - c->x->sum[t]; /* codes are trit + 1 */
    }
}

ALWAYS_INLINE void tern_rows_by_tokens(const struct tern_call *c, size_t row0, size_t row1, uint8_t *code,
                                       tern_row_fn *decode) {
    for (size_t r = row0; r < row1; r++) {
        decode(c->w.data, c->w.m, c->w.k, r, code);
        tern_row_by_tokens(c, r, code);
    }
}

/* Defines the run function `name` of a variant that reads its format with `decode`. */
#define TERN_SCALAR(name, decode) TERN_RUN(name, tern_rows_by_tokens(c, row0, row1, local, decode))

#endif
