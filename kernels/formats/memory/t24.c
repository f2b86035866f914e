/* t24: 1.667 bits per weight, twenty-four rows in five bytes; for vpermb on one stream of whole cache lines.
 *
 *   panel = 8 lanes x 24 slots = 192 rows: row 192p + 8*slot + lane
 *   code(j) = d0 + 3*d1 + 9*d2 (0..26), d_i = trit + 1 of slots 3j + i, j = 0..7, at one column
 *   for every 8 columns five lines of 64 bytes; byte 4*(8*h + lane) + i of line n, column 8c + 4h + i:
 *
 *       line  7 6 5        4..0
 *        0    code5 2..0   code0
 *        1    code6 2..0   code1
 *        2    code7 2..0   code2
 *        3    code5 4,3  code7 3   code3        bits 7,6 and 5
 *        4    code6 4,3  code7 4   code4
 *
 * vpermb reads the low five (zmm: six) bits of a byte and ignores the others, so that five of the eight codes
 * need no work before their look-up, and three need shifts and one or two merges. A last panel of no more
 * than 96, 48 or 24 rows has 4, 2 or 1 lanes, and its chunks of 320 bytes 16, 32 or 64 columns. Missing rows
 * and columns are trit 0. */
#include "kernels/format.h"

#include "base/memory.h"
#include "kernels/formats/memory/t24.h"
#include "kernels/formats/rows.h"

#include <string.h>

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_T24_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m - 1) / TERN_T24_ROWS * tern_t24_panel(k, 8) + tern_t24_panel(k, tern_t24_lanes(m, m - 1));
}

/* Eight columns of one row as codes, a byte each. */
static uint64_t eight(const int8_t *row, size_t c, size_t k) {
    uint64_t v = 0;
    if (row && c + 8 <= k)
        memcpy(&v, row + c, 8);
    else
        for (size_t i = 0; row && i < 8 && c + i < k; i++) v |= (uint64_t)(uint8_t)row[c + i] << 8 * i;
    return ((v & 0x7f7f7f7f7f7f7f7f) + 0x0101010101010101) & 0x0303030303030303; /* -1, 0, 1 -> 0, 1, 2 */
}

/* All rows of one lane at eight columns: in each line the words of two groups of four columns, `apart` bytes
 * from each other. Each byte of a code is below 32, so nothing carries. */
static void put(const int8_t *const *row, size_t c, size_t k, uint8_t *out, size_t apart) {
    uint64_t code[8];
    for (size_t j = 0; j < 8; j++)
        code[j] = eight(row[3 * j], c, k) + 3 * eight(row[3 * j + 1], c, k) + 9 * eight(row[3 * j + 2], c, k);
    const uint64_t low = 0x0707070707070707, bit = 0x0101010101010101, two = 0x0303030303030303;
    const uint64_t line[5] = {
        code[0] | (code[5] & low) << 5,
        code[1] | (code[6] & low) << 5,
        code[2] | (code[7] & low) << 5,
        code[3] | (code[7] >> 3 & bit) << 5 | (code[5] >> 3 & two) << 6,
        code[4] | (code[7] >> 4 & bit) << 5 | (code[6] >> 3 & two) << 6,
    };
    for (size_t n = 0; n < 5; n++) {
        const uint32_t half[2] = {(uint32_t)line[n], (uint32_t)(line[n] >> 32)};
        memcpy(out + 64 * n, &half[0], 4);
        memcpy(out + 64 * n + apart, &half[1], 4);
    }
}

static void pack_panel(const int8_t *trits, size_t k, size_t rows, size_t lanes, uint8_t *out) {
    enum { BLOCK = 64 }; /* columns, the same rows' cache lines */
    const size_t columns = tern_t24_columns(lanes), all = tern_round_up(k, columns);
    for (size_t c0 = 0; c0 < all; c0 += BLOCK)
        for (size_t lane = 0; lane < lanes; lane++) {
            const int8_t *row[TERN_T24_SLOTS];
            for (size_t s = 0; s < TERN_T24_SLOTS; s++)
                row[s] = s * lanes + lane < rows ? trits + (s * lanes + lane) * k : NULL;
            for (size_t c = c0; c < tern_min(all, c0 + BLOCK); c += 8)
                put(row, c, k, out + c / columns * TERN_T24_CHUNK + 4 * (c % columns / 4 * lanes + lane),
                    4 * lanes);
        }
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)scale;
    for (size_t r = r0; r < r1; r += TERN_T24_ROWS)
        pack_panel(trits + (r - r0) * k, k, tern_min(TERN_T24_ROWS, r1 - r), tern_t24_lanes(m, r),
                   (uint8_t *)dst + r / TERN_T24_ROWS * tern_t24_panel(k, 8));
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_t24_row);
}

const struct tern_format tern_format_t24 = {
    .name = "t24",
    .title = "row panels of 192, twenty-four rows in five bytes",
    .source = "tern",
    .bits = 5.0 / 3,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 64,
    .column_at = bytes,
};
