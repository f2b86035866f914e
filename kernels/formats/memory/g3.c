/* g3: 1.667 bits per weight, triples of columns as a 4-bit magnitude and a sign, for 16-entry byte shuffles
 * (the idea of TL2).
 *
 *   panel = 64 rows; per 24 columns = groups 0..7 five lines of 64 bytes, byte r of row r:
 *   lines 0..3   byte = magnitude(group 2i) | magnitude(group 2i+1) << 4      0..13
 *   line 4       bit 7-j = sign of group j, 1 is negative
 *   value = w0 + 3*w1 + 9*w2 = +-magnitude                                    (see group.h) */
#include "kernels/format.h"

#include "kernels/formats/memory/group.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_GROUP_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_GROUP_ROWS - 1) / TERN_GROUP_ROWS * tern_g3_panel_bytes(k);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    for (size_t r = r0; r < tern_round_up(r1, TERN_GROUP_ROWS); r++) {
        uint8_t *out = (uint8_t *)dst + r / TERN_GROUP_ROWS * tern_g3_panel_bytes(k) + r % TERN_GROUP_ROWS;
        const int8_t *row = trits + (r < r1 ? r - r0 : 0) * k;
        const size_t columns = r < r1 ? k : 0;
        for (size_t c = 0; c < k; c += TERN_G3_COLUMNS, out += TERN_G3_CHUNK) {
            int signs = 0, pair[4] = {0};
            const int inside = c + TERN_G3_COLUMNS <= columns;
            for (int j = 0; j < 8; j++) {
                const int8_t *w = row + c + 3 * j;
                const int v = inside ? w[0] + 3 * w[1] + 9 * w[2]
                                     : tern_group_value(row, columns, c + 3 * (size_t)j, 3);
                pair[j / 2] |= (v < 0 ? -v : v) << j % 2 * 4;
                signs |= (v < 0) << (7 - j);
            }
            for (size_t i = 0; i < 4; i++) out[i * TERN_GROUP_ROWS] = (uint8_t)pair[i];
            out[4 * TERN_GROUP_ROWS] = (uint8_t)signs;
        }
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    for (size_t r = r0; r < r1; r++) {
        const uint8_t *in =
            (const uint8_t *)src + r / TERN_GROUP_ROWS * tern_g3_panel_bytes(k) + r % TERN_GROUP_ROWS;
        for (size_t c = 0; c < k; c += 3) {
            const uint8_t *chunk = in + c / TERN_G3_COLUMNS * TERN_G3_CHUNK;
            const size_t j = c % TERN_G3_COLUMNS / 3;
            const int magnitude = chunk[j / 2 * TERN_GROUP_ROWS] >> j % 2 * 4 & 15;
            const int negative = chunk[4 * TERN_GROUP_ROWS] >> (7 - j) & 1;
            tern_group_trits(negative ? -magnitude : magnitude, trits + (r - r0) * k, k, c, 3);
        }
    }
}

const struct tern_format tern_format_g3 = {
    .name = "g3",
    .title = "look-up layout: triples as 4-bit magnitudes and a line of signs, panels of 64 rows",
    .source = "tern, after TL2 of bitnet.cpp",
    .bits = 5.0 / 3.0,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 24,
    .column_at = bytes,
};
