/* Scalar multiply-add on every ternary layout: decode one row into codes, then one integer dot product per
 * token. No table, no assumption about the CPU; what every machine can run. */
#include "kernels/formats/e80.h"
#include "kernels/formats/panel.h"
#include "kernels/variant.h"

static inline __attribute__((always_inline)) void
rows_by_tokens(const struct tern_call *c, size_t row0, size_t row1, uint8_t *code,
               void (*decode)(const struct tern_matrix *w, size_t row, uint8_t *code)) {
    int32_t *y = c->y;
    for (size_t r = row0; r < row1; r++) {
        decode(&c->w, r, code);
        for (size_t t = 0; t < c->x->n; t++) {
            const int8_t *q = c->x->q + t * c->x->stride;
            int32_t sum = 0;
            for (size_t i = 0; i < c->w.k; i++) sum += code[i] * q[i];
            y[t * c->ldy + r] = sum - c->x->sum[t]; /* codes are trit + 1 */
        }
    }
}

static inline void decode_i2s(const struct tern_matrix *w, size_t row, uint8_t *code) {
    for (size_t j = 0; j < w->k; j++) {
        const size_t i = row * w->k + j; /* a row may begin inside a block */
        const uint8_t byte = ((const uint8_t *)w->data)[i / 128 * 32 + i % 32];
        code[j] = byte >> (6 - i % 128 / 32 * 2) & 3;
    }
}

static inline void decode_tq20(const struct tern_matrix *w, size_t row, uint8_t *code) {
    const uint8_t *block = (const uint8_t *)w->data + row * (w->k / 256) * 66;
    for (size_t j = 0; j < w->k; j += 256, block += 66)
        for (size_t i = 0; i < 256; i++) code[j + i] = block[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
}

static inline void decode_p64(const struct tern_matrix *w, size_t row, uint8_t *code) {
    const uint8_t *lane = (const uint8_t *)w->data + row / 64 * tern_panel_bytes(w->k) + row % 16 * 4;
    const int shift = (int)(row % 64 / 16 * 2);
    for (size_t j = 0; j < w->k; j++) code[j] = lane[j / 4 * TERN_PANEL_GROUP + j % 4] >> shift & 3;
}

static inline void decode_e80(const struct tern_matrix *w, size_t row, uint8_t *code) {
    const uint8_t *lane = (const uint8_t *)w->data + row / 80 * tern_panel_bytes(w->k) + row % 16 * 4;
    const size_t f = row % 80 / 16;
    for (size_t j = 0; j < w->k; j++) {
        const uint8_t byte = lane[j / 4 * TERN_PANEL_GROUP + j % 4];
        const int escaped = byte >= 192;
        if (f == 4)
            code[j] = (escaped ? tern_e80_fifth[byte & 63] : byte) >> 6;
        else
            code[j] = (escaped ? tern_e80_escape : tern_e80_plain)[byte & 63] >> 2 * f & 3;
    }
}

#define SCALAR(name, format)                                                                                 \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        rows_by_tokens(c, row0, row1, local, decode_##format);                                               \
    }

SCALAR(gemm_i2s_i8_r1k1__scalar, i2s)
SCALAR(gemm_tq20_i8_r1k256__scalar, tq20)
SCALAR(gemm_p64_i8_r1k1__scalar, p64)
SCALAR(gemm_e80_i8_r1k1__scalar, e80)
