/* Bit planes in 64-column words, rows one after another (planes.c draws the bytes). */
#ifndef TERN_KERNELS_FORMATS_MEMORY_PLANES_H
#define TERN_KERNELS_FORMATS_MEMORY_PLANES_H

#include <stddef.h>
#include <stdint.h>

/* 64-bit words of one plane of one row. */
static inline size_t tern_plane_words(size_t k) {
    return (k + 63) / 64;
}

static inline void tern_planes_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *in = data + row * tern_plane_words(k) * 16;
    for (size_t j = 0; j < k; j++) {
        const uint8_t *word = in + j / 64 * 16 + j % 64 / 8;
        const int plus = word[0] >> j % 8 & 1, minus = word[8] >> j % 8 & 1;
        code[j] = plus & minus ? 3 : (uint8_t)(1 + plus - minus);
    }
}

static inline void tern_bin1_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    (void)m;
    const uint8_t *in = data + row * tern_plane_words(k) * 8;
    for (size_t j = 0; j < k; j++) code[j] = (uint8_t)((in[j / 8] >> j % 8 & 1) * 2);
}

#endif
