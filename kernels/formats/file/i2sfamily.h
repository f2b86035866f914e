/* Row decoders of the other two layouts of I2_S. */
#ifndef TERN_KERNELS_FORMATS_FILE_I2SFAMILY_H
#define TERN_KERNELS_FORMATS_FILE_I2SFAMILY_H

#include <stddef.h>
#include <stdint.h>

static inline void tern_i2sarm_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    for (size_t j = 0; j < k; j++) {
        const size_t i = row * k + j; /* a row may begin inside a block */
        code[j] = data[i / 64 * 16 + i % 16] >> (6 - i % 64 / 16 * 2) & 3;
    }
}

static inline void tern_i2s4_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *in = data + row / 4 * k;
    const int shift = (int)(6 - row % 4 * 2);
    for (size_t j = 0; j < k; j++) code[j] = in[j] >> shift & 3;
}

#endif
