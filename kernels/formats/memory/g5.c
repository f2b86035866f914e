/* g5: 1.6 bits per weight, five columns as one sign-and-magnitude byte, for mirrored tables of 122 entries.
 *
 *   panel = 64 rows; per 5 columns one line of 64 bytes, byte r of row r:
 *   value = sum of trit * 3^i, i = 0..4;   byte = |value| | (value < 0) << 7        magnitude 0..121
 * Columns are padded to a multiple of 20. */
#include "kernels/format.h"

#include "kernels/formats/memory/group.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_GROUP_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_GROUP_ROWS - 1) / TERN_GROUP_ROWS * tern_g5_panel_bytes(k);
}

/* Without a branch: half of all signs are mispredicted. */
static uint8_t encode(int v) {
    const int negative = v < 0;
    return (uint8_t)(((v ^ -negative) + negative) | negative << 7);
}

/* A block of lines at a time, so that the 64 rows written across them stay in cache. */
static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    enum { BLOCK = 64 };
    const size_t lines = tern_g5_panel_bytes(k) / TERN_GROUP_ROWS, blocks = (lines + BLOCK - 1) / BLOCK;
    for (size_t at = 0; at < tern_round_up(r1 - r0, TERN_GROUP_ROWS) * blocks; at++) {
        const size_t r = at / (TERN_GROUP_ROWS * blocks) * TERN_GROUP_ROWS + at % TERN_GROUP_ROWS;
        const size_t first = at / TERN_GROUP_ROWS % blocks * BLOCK, last = tern_min(lines, first + BLOCK);
        uint8_t *out =
            (uint8_t *)dst + (r0 + r) / TERN_GROUP_ROWS * tern_g5_panel_bytes(k) + r % TERN_GROUP_ROWS;
        const size_t columns = r < r1 - r0 ? k : 0, body = tern_max(first, tern_min(last, columns / 5));
        const int8_t *row = trits + (columns ? r : 0) * k;
        for (size_t i = first; i < body; i++) {
            const int8_t *w = row + 5 * i;
            out[i * TERN_GROUP_ROWS] = encode(w[0] + 3 * w[1] + 9 * w[2] + 27 * w[3] + 81 * w[4]);
        }
        for (size_t i = body; i < last; i++)
            out[i * TERN_GROUP_ROWS] = encode(tern_group_value(row, columns, 5 * i, 5));
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    for (size_t r = r0; r < r1; r++) {
        const uint8_t *in =
            (const uint8_t *)src + r / TERN_GROUP_ROWS * tern_g5_panel_bytes(k) + r % TERN_GROUP_ROWS;
        for (size_t c = 0; c < k; c += 5) {
            const int byte = in[c / 5 * TERN_GROUP_ROWS];
            tern_group_trits(byte & 128 ? 128 - byte : byte, trits + (r - r0) * k, k, c, 5);
        }
    }
}

const struct tern_format tern_format_g5 = {
    .name = "g5",
    .title = "look-up layout: five columns per sign-and-magnitude byte in base 3, panels of 64 rows",
    .source = "tern, after lut_mm",
    .bits = 1.6,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 20,
    .column_at = bytes,
};
