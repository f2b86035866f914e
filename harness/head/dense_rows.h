/* Dense matrices as the rows that headops.h multiplies: the output matrix, and linear layers that are not
 * ternary. */
#ifndef TERN_HARNESS_HEAD_DENSE_ROWS_H
#define TERN_HARNESS_HEAD_DENSE_ROWS_H

#include "kernels/dense/head_ops.h"
#include "models/model.h"

/* What keeps every value of the tensor: its own blocks (Q4_0 as Q8_0 with the same integers), f16 when all
 * values fit, else f32. Reads the tensor when it is F32 or BF16. TERN_ROWS_COUNT: no memory. */
enum tern_rows tern_rows_faithful(const struct tern_dense *d);

/* 1 when what is kept comes from the file's bytes, not from the values. */
int tern_rows_same(enum tern_rows rows, const struct tern_dense *d);

/* Row r of the tensor as it is kept. `row`: its values (tern_dense_row), not looked at when the file's bytes
 * are kept. */
void tern_rows_put(enum tern_rows rows, const struct tern_dense *d, size_t r, const float *row, void *out);

#endif
