/* Scalar multiply-add (rows.h) on the layouts i2s, tq20, p64 and e80. */
#include "kernels/formats/memory/e80.h"
#include "kernels/formats/memory/panel.h"
#include "kernels/scalar/rows.h"

static inline void decode_i2s(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    for (size_t j = 0; j < k; j++) {
        const size_t i = row * k + j; /* a row may begin inside a block */
        const uint8_t byte = data[i / 128 * 32 + i % 32];
        code[j] = byte >> (6 - i % 128 / 32 * 2) & 3;
    }
}

static inline void decode_tq20(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *block = data + row * (k / 256) * 66;
    for (size_t j = 0; j < k; j += 256, block += 66)
        for (size_t i = 0; i < 256; i++) code[j + i] = block[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
}

static inline void decode_p64(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *lane = data + row / 64 * tern_panel_bytes(k) + row % 16 * 4;
    const int shift = (int)(row % 64 / 16 * 2);
    for (size_t j = 0; j < k; j++) code[j] = lane[j / 4 * TERN_PANEL_GROUP + j % 4] >> shift & 3;
}

static inline void decode_e80(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *lane = data + row / 80 * tern_panel_bytes(k) + row % 16 * 4;
    const size_t f = row % 80 / 16;
    for (size_t j = 0; j < k; j++) {
        const uint8_t byte = lane[j / 4 * TERN_PANEL_GROUP + j % 4];
        const int escaped = byte >= 192;
        if (f == 4)
            code[j] = (escaped ? tern_e80_fifth[byte & 63] : byte) >> 6;
        else
            code[j] = (escaped ? tern_e80_escape : tern_e80_plain)[byte & 63] >> 2 * f & 3;
    }
}

TERN_SCALAR(gemm_i2s_i8_r1k1__scalar, decode_i2s)
TERN_SCALAR(gemm_tq20_i8_r1k256__scalar, decode_tq20)
TERN_SCALAR(gemm_p64_i8_r1k1__scalar, decode_p64)
TERN_SCALAR(gemm_e80_i8_r1k1__scalar, decode_e80)
