#include "harness/head/dense_rows.h"

#include "base/memory.h"
#include "kernels/dense/q6_lanes.h"
#include "kernels/half.h"
#include "models/dense_pack.h"
#include "models/facts.h"

#include <stdint.h>
#include <string.h>

static const enum tern_dense_type types[TERN_ROWS_COUNT] = {
    [TERN_ROWS_F16] = TERN_DENSE_F16,
    [TERN_ROWS_F32] = TERN_DENSE_F32,
    [TERN_ROWS_Q8] = TERN_DENSE_Q8_0,
    [TERN_ROWS_Q6_K] = TERN_DENSE_Q6_K,
};

static int all_fit_f16(const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float back = tern_f16_to_f32(tern_f32_to_f16(x[i]));
        if (memcmp(&back, &x[i], sizeof back)) return 0;
    }
    return 1;
}

enum tern_rows tern_rows_faithful(const struct tern_dense *d) {
    if (d->type == TERN_DENSE_F16 || d->type == TERN_DENSE_SYNTH) return TERN_ROWS_F16;
    if (d->type == TERN_DENSE_Q8_0 || d->type == TERN_DENSE_Q4_0) return TERN_ROWS_Q8;
    if (d->type == TERN_DENSE_Q6_K) return TERN_ROWS_Q6_K;
    float *row = tern_alloc(d->cols * sizeof *row);
    if (!row) return TERN_ROWS_COUNT;
    enum tern_rows type = TERN_ROWS_F16;
    for (size_t r = 0; type == TERN_ROWS_F16 && r < d->rows; r++) {
        tern_dense_row(d, r, row);
        if (!all_fit_f16(row, d->cols)) type = TERN_ROWS_F32;
    }
    tern_free(row);
    return type;
}

int tern_rows_same(enum tern_rows rows, const struct tern_dense *d) {
    return d->data && d->type == types[rows];
}

#define ALIGNMENT 32 /* of tensors in a GGUF file, unless it says another one */

int tern_rows_in_file(enum tern_rows rows, const struct tern_dense *d) {
    return rows != TERN_ROWS_Q6_K && tern_rows_same(rows, d) && (uintptr_t)d->data % ALIGNMENT == 0 &&
           tern_dense_bytes(d) / d->rows == tern_rows_bytes(rows, d->cols);
}

void tern_rows_put(enum tern_rows rows, const struct tern_dense *d, size_t r, const float *row, void *out) {
    const unsigned char *source = d->data;
    if (source) source += (size_t)(tern_dense_bytes(d) / d->rows) * r;
    if (tern_rows_same(rows, d)) {
        if (rows == TERN_ROWS_Q6_K)
            tern_lanes_of_q6_k(source, d->cols, out);
        else
            memcpy(out, source, tern_rows_bytes(rows, d->cols));
        return;
    }
    if (rows == TERN_ROWS_Q8 && d->type == TERN_DENSE_Q4_0)
        tern_q8_of_q4_0(source, d->cols, out);
    else
        tern_dense_pack_row(types[rows], row, d->cols, out);
    if (rows == TERN_ROWS_Q6_K) tern_lanes_of_q6_k(out, d->cols, out);
}
