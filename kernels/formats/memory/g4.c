/* g4: 2.0 bits per weight, four columns as one byte in base 3, for 128-entry byte shuffles and for tables
 * whose entries are vectors over tokens.
 *
 *   panel = 64 rows; per 4 columns one line of 64 bytes, byte r of row r:
 *   byte = sum of (trit + 1) * 3^i, i = 0..3        0..80
 * Columns are padded to a multiple of 16. */
#include "kernels/format.h"

#include "kernels/formats/memory/group.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_GROUP_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_GROUP_ROWS - 1) / TERN_GROUP_ROWS * tern_g4_panel_bytes(k);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    const size_t lines = tern_g4_panel_bytes(k) / TERN_GROUP_ROWS;
    for (size_t r = r0; r < tern_round_up(r1, TERN_GROUP_ROWS); r++) {
        uint8_t *out = (uint8_t *)dst + r / TERN_GROUP_ROWS * tern_g4_panel_bytes(k) + r % TERN_GROUP_ROWS;
        const int8_t *row = trits + (r < r1 ? r - r0 : 0) * k;
        const size_t columns = r < r1 ? k : 0, body = columns / 4;
        for (size_t i = 0; i < body; i++) {
            const int8_t *w = row + 4 * i;
            out[i * TERN_GROUP_ROWS] = (uint8_t)(40 + w[0] + 3 * w[1] + 9 * w[2] + 27 * w[3]);
        }
        for (size_t i = body; i < lines; i++)
            out[i * TERN_GROUP_ROWS] = (uint8_t)(40 + tern_group_value(row, columns, 4 * i, 4));
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    for (size_t r = r0; r < r1; r++) {
        const uint8_t *in =
            (const uint8_t *)src + r / TERN_GROUP_ROWS * tern_g4_panel_bytes(k) + r % TERN_GROUP_ROWS;
        for (size_t c = 0; c < k; c += 4)
            tern_group_trits(in[c / 4 * TERN_GROUP_ROWS] - 40, trits + (r - r0) * k, k, c, 4);
    }
}

const struct tern_format tern_format_g4 = {
    .name = "g4",
    .title = "look-up layout: four columns per byte in base 3, panels of 64 rows",
    .source = "tern, after vlut.cpp",
    .bits = 2.0,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 16,
    .column_at = bytes,
};
