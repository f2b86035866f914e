/* The row decoder of hfu8. */
#ifndef TERN_KERNELS_FORMATS_FILE_HFU8_H
#define TERN_KERNELS_FORMATS_FILE_HFU8_H

#include <stddef.h>
#include <stdint.h>

static inline void tern_hfu8_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    const uint8_t *in = data + row % (m / 4) * k;
    const int shift = (int)(row / (m / 4) * 2);
    for (size_t j = 0; j < k; j++) code[j] = in[j] >> shift & 3;
}

#endif
