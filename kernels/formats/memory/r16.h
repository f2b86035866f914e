/* r16 as its kernels see it (r16.c draws the bytes). */
#ifndef TERN_KERNELS_FORMATS_MEMORY_R16_H
#define TERN_KERNELS_FORMATS_MEMORY_R16_H

#include <stddef.h>
#include <stdint.h>

enum { TERN_R16_ROWS = 16, TERN_R16_GROUP = 64 }; /* bytes of 16 rows x 16 columns */

/* Bytes of one panel of 16 rows. */
static inline size_t tern_r16_panel(size_t k) {
    return (k + 15) / 16 * TERN_R16_GROUP;
}

static inline void tern_r16_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *lane = data + row / 16 * tern_r16_panel(k) + row % 16 * 4;
    for (size_t j = 0; j < k; j++) code[j] = lane[j / 16 * TERN_R16_GROUP + j % 4] >> j % 16 / 4 * 2 & 3;
}

#endif
