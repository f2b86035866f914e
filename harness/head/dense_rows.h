/* Dense matrices as the rows that kernels/dense/head_ops.h multiplies: the output matrix, and linear layers
 * that are not ternary. */
#ifndef TERN_HARNESS_HEAD_DENSE_ROWS_H
#define TERN_HARNESS_HEAD_DENSE_ROWS_H

#include "kernels/dense/head_ops.h"
#include "models/model.h"

/* The row format that keeps every value of the tensor: its own blocks (of Q4_0: Q8_0 with the same integers),
 * f16 when all values fit, else f32. It reads the whole tensor when that is F32 or BF16. TERN_ROWS_COUNT: out
 * of memory. */
enum tern_rows tern_rows_faithful(const struct tern_dense *d);

/* 1 when rows are kept by copying the file's bytes, so that nobody needs their values. */
int tern_rows_same(enum tern_rows rows, const struct tern_dense *d);

/* 1 when the file's rows lie in memory as these do, so that nobody needs a copy. */
int tern_rows_in_file(enum tern_rows rows, const struct tern_dense *d);

/* Writes row r of the tensor to `out` in this format. `row` has its values (tern_dense_row); it is not read
 * when tern_rows_same() says so. */
void tern_rows_put(enum tern_rows rows, const struct tern_dense *d, size_t r, const float *row, void *out);

#endif
