/* g2: 2.0 bits per weight, pairs of columns as 4-bit codes, for 16-entry byte shuffles (the idea of TL1).
 *
 *   panel = 64 rows; per 4 columns one line of 64 bytes, byte r of row r:
 *   byte = code(c, c+1) | code(c+2, c+3) << 4,   code(a, b) = (a + 1) + 3 * (b + 1)   0..8
 * Columns are padded to a multiple of 16. */
#include "kernels/format.h"

#include "kernels/formats/memory/group.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_GROUP_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_GROUP_ROWS - 1) / TERN_GROUP_ROWS * tern_g2_panel_bytes(k);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    const size_t lines = tern_g2_panel_bytes(k) / TERN_GROUP_ROWS, whole = k / 4;
    for (size_t r = r0; r < tern_round_up(r1, TERN_GROUP_ROWS); r++) {
        uint8_t *out = (uint8_t *)dst + r / TERN_GROUP_ROWS * tern_g2_panel_bytes(k) + r % TERN_GROUP_ROWS;
        const int8_t *row = trits + (r < r1 ? r - r0 : 0) * k;
        const size_t columns = r < r1 ? k : 0, body = r < r1 ? whole : 0;
        for (size_t i = 0; i < body; i++) {
            const int8_t *w = row + 4 * i;
            out[i * TERN_GROUP_ROWS] = (uint8_t)(0x44 + w[0] + 3 * w[1] + 16 * (w[2] + 3 * w[3]));
        }
        for (size_t i = body; i < lines; i++)
            out[i * TERN_GROUP_ROWS] = (uint8_t)(0x44 + tern_group_value(row, columns, 4 * i, 2) +
                                                 16 * tern_group_value(row, columns, 4 * i + 2, 2));
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    for (size_t r = r0; r < r1; r++) {
        const uint8_t *in =
            (const uint8_t *)src + r / TERN_GROUP_ROWS * tern_g2_panel_bytes(k) + r % TERN_GROUP_ROWS;
        for (size_t c = 0; c < k; c += 2)
            tern_group_trits((in[c / 4 * TERN_GROUP_ROWS] >> c % 4 * 2 & 15) - 4, trits + (r - r0) * k, k, c,
                             2);
    }
}

const struct tern_format tern_format_g2 = {
    .name = "g2",
    .title = "look-up layout: pairs of columns as 4-bit codes, panels of 64 rows",
    .source = "tern, after TL1 of bitnet.cpp",
    .bits = 2.0,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 16,
    .column_at = bytes,
};
