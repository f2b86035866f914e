/* The row decoder of IQ2_BN_R4 (iqbn.c draws the bytes). */
#ifndef TERN_KERNELS_FORMATS_FILE_IQBN_H
#define TERN_KERNELS_FORMATS_FILE_IQBN_H

#include <stddef.h>
#include <stdint.h>

static inline void tern_iq2bnr4_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *in = data + row / 4 * 4 * (4 + k / 4) + 16 + row % 4 * 4;
    for (size_t j = 0; j < k; j++) code[j] = in[j / 16 * 16 + j % 4] >> j % 16 / 4 * 2 & 3;
}

#endif
