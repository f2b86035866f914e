/* t24 as its kernels see it (t24.c draws the bytes). */
#ifndef TERN_KERNELS_FORMATS_MEMORY_T24_H
#define TERN_KERNELS_FORMATS_MEMORY_T24_H

#include <stddef.h>
#include <stdint.h>

/* Rows of a whole panel, rows per 32-bit lane, bytes of a chunk: five lines of 64. */
enum { TERN_T24_ROWS = 192, TERN_T24_SLOTS = 24, TERN_T24_CHUNK = 320 };

/* Lanes that lie side by side before the next four columns follow: 8 in whole panels; the last one is as
 * narrow as its rows allow. */
static inline size_t tern_t24_lanes(size_t m, size_t row) {
    const size_t first = row / TERN_T24_ROWS * TERN_T24_ROWS, rows = m - first;
    size_t lanes = 8;
    while (lanes > 1 && rows <= lanes / 2 * TERN_T24_SLOTS) lanes /= 2;
    return lanes;
}

/* Columns of one chunk. */
static inline size_t tern_t24_columns(size_t lanes) {
    return 64 / lanes;
}

/* Bytes of a panel of so many lanes; 8 lanes: the distance between panels. */
static inline size_t tern_t24_panel(size_t k, size_t lanes) {
    const size_t columns = tern_t24_columns(lanes);
    return (k + columns - 1) / columns * TERN_T24_CHUNK;
}

/* Code j (0..7) of the byte column that five lines have at one place. */
static inline unsigned tern_t24_code(const uint8_t *at, size_t j) {
    const unsigned v0 = at[0], v1 = at[64], v2 = at[128], v3 = at[192], v4 = at[256];
    if (j < 5) return at[64 * j] & 31u;
    return j == 5   ? v0 >> 5 | (v3 >> 3 & 0x18u)
           : j == 6 ? v1 >> 5 | (v4 >> 3 & 0x18u)
                    : v2 >> 5 | (v3 >> 2 & 0x08u) | (v4 >> 1 & 0x10u);
}

static inline void tern_t24_row(const uint8_t *data, size_t m, size_t k, size_t row, uint8_t *code) {
    static const uint8_t power[3] = {1, 3, 9};
    const size_t lanes = tern_t24_lanes(m, row), columns = tern_t24_columns(lanes);
    const size_t slot = row % TERN_T24_ROWS / lanes, lane = row % lanes;
    const uint8_t *panel = data + row / TERN_T24_ROWS * tern_t24_panel(k, 8);
    for (size_t c = 0; c < k; c++) {
        const size_t place = c % columns / 4 * lanes + lane;
        const unsigned v = tern_t24_code(panel + c / columns * TERN_T24_CHUNK + 4 * place + c % 4, slot / 3);
        code[c] = v < 27 ? (uint8_t)(v / power[slot % 3] % 3) : 3;
    }
}

#endif
