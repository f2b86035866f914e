/* t5 as its kernels see it (t5.c draws the bytes). */
#ifndef TERN_KERNELS_FORMATS_MEMORY_T5_H
#define TERN_KERNELS_FORMATS_MEMORY_T5_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { TERN_T5_ROWS = 48, TERN_T5_GROUP = 40 }; /* rows of a panel, bytes of 48 rows x 4 columns */

/* Bytes of one panel: its groups, and room for a 64-byte load of the last one; a multiple of 64. */
static inline size_t tern_t5_panel(size_t k) {
    return ((k + 3) / 4 * TERN_T5_GROUP + 24 + 63) / 64 * 64;
}

static inline void tern_t5_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    static const uint8_t digits[3][32] = {
        {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 3, 3, 3, 3},
        {0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3}};
    const uint8_t *digit = digits[row % TERN_T5_ROWS / 16];
    const uint8_t *in = data + row / TERN_T5_ROWS * tern_t5_panel(k) + row % 16 / 2 * 5;
    for (size_t j = 0; j < k; j++) {
        uint64_t word; /* 5 bytes of it count; the panel's end leaves room for the other 3 */
        memcpy(&word, in + j / 4 * TERN_T5_GROUP, sizeof word);
        code[j] = digit[word >> 5 * (row % 2 * 4 + j % 4) & 31];
    }
}

#endif
