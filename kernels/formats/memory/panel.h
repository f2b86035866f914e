/* Row panels: the shape shared by layouts whose byte holds one column of several rows.
 *
 *   panel = 16 lanes x F rows; panel p covers rows [p*16F, (p+1)*16F)
 *   for every group of 4 columns: 64 bytes; byte 4*lane + j belongs to column 4*group + j and to the F rows
 *   p*16F + lane + 16*f, f = 0 .. F-1
 *
 * One zmm register is one group: its sixteen 32-bit lanes are what vpdpbusd sums, and all F rows of a byte
 * meet the same activation. Missing rows and columns are padded with trit 0. */
#ifndef TERN_KERNELS_FORMATS_MEMORY_PANEL_H
#define TERN_KERNELS_FORMATS_MEMORY_PANEL_H

#include "base/memory.h"
#include "kernels/unroll.h"

#include <stddef.h>
#include <stdint.h>

enum { TERN_PANEL_LANES = 16, TERN_PANEL_GROUP = 64 };

static inline size_t tern_panel_groups(size_t k) {
    return (k + 3) / 4;
}

/* Bytes of one panel, the distance between panels. */
static inline size_t tern_panel_bytes(size_t k) {
    return tern_panel_groups(k) * TERN_PANEL_GROUP;
}

/* Packs rows [r0, r1), r0 a multiple of 16F: `encode` turns F trits + 1 (each 0..2) into a byte. */
static inline void tern_panel_pack(const int8_t *trits, size_t k, size_t r0, size_t r1, size_t rows_per_byte,
                                   uint8_t (*encode)(const uint8_t *digit), uint8_t *dst) {
    const size_t panel_rows = TERN_PANEL_LANES * rows_per_byte, groups = tern_panel_groups(k);
    for (size_t r = r0; r < r1; r += panel_rows) {
        uint8_t *out = dst + r / panel_rows * tern_panel_bytes(k);
        for (size_t lane = 0; lane < TERN_PANEL_LANES; lane++) {
            for (size_t c = 0; c < groups * 4; c++) {
                uint8_t digit[8];
                for (size_t f = 0; f < rows_per_byte; f++) {
                    const size_t row = r + lane + TERN_PANEL_LANES * f;
                    digit[f] = row < r1 && c < k ? (uint8_t)(trits[(row - r0) * k + c] + 1) : 1;
                }
                out[c / 4 * TERN_PANEL_GROUP + lane * 4 + c % 4] = encode(digit);
            }
        }
    }
}

/* The same for a row range of a matrix, quicker: whole panels in a loop that a compiler vectorises. `byte` gives
 * the byte of one column of the rows `apart` trits from each other. */
ALWAYS_INLINE void tern_panel_pack_rows(const int8_t *trits, size_t k, size_t r0, size_t r1,
                                        size_t rows_per_byte, uint8_t (*encode)(const uint8_t *digit),
                                        uint8_t (*byte)(const int8_t *t, size_t apart), uint8_t *dst) {
    const size_t rows = TERN_PANEL_LANES * rows_per_byte;
    for (size_t r = r0; r < r1; r += rows) {
        uint8_t *out = dst + r / rows * tern_panel_bytes(k);
        if (r1 - r < rows || k % 4) {
            tern_panel_pack(trits + (r - r0) * k, k, 0, tern_min(r1 - r, rows), rows_per_byte, encode, out);
            continue;
        }
        for (size_t lane = 0; lane < TERN_PANEL_LANES; lane++) {
            const int8_t *w = trits + (r - r0 + lane) * k;
            uint8_t *o = out + lane * 4;
            for (size_t c = 0; c < k; c += 4, w += 4, o += TERN_PANEL_GROUP)
                for (size_t j = 0; j < 4; j++) o[j] = byte(w + j, TERN_PANEL_LANES * k);
        }
    }
}

/* The reverse: `decode` turns a byte into F digits (3 = no trit). */
static inline void tern_panel_unpack(const uint8_t *src, size_t k, size_t r0, size_t r1, size_t rows_per_byte,
                                     void (*decode)(uint8_t byte, uint8_t *digit), int8_t *trits) {
    const size_t panel_rows = TERN_PANEL_LANES * rows_per_byte;
    for (size_t r = r0; r < r1; r += panel_rows) {
        const uint8_t *in = src + r / panel_rows * tern_panel_bytes(k);
        for (size_t lane = 0; lane < TERN_PANEL_LANES; lane++) {
            for (size_t c = 0; c < k; c++) {
                uint8_t digit[8];
                decode(in[c / 4 * TERN_PANEL_GROUP + lane * 4 + c % 4], digit);
                for (size_t f = 0; f < rows_per_byte; f++) {
                    const size_t row = r + lane + TERN_PANEL_LANES * f;
                    if (row < r1) trits[(row - r0) * k + c] = (int8_t)(digit[f] - 1);
                }
            }
        }
    }
}

#endif
