/* g5: 1.6 bits per weight, five columns as one sign-and-magnitude byte, for mirrored tables of 122 entries.
 *
 *   panel = 64 rows; per 5 columns one line of 64 bytes, byte r of row r:
 *   value = sum of trit * 3^i, i = 0..4;   byte = |value| | (value < 0) << 7        magnitude 0..121
 * Columns are padded to a multiple of 20. */
#include "kernels/format.h"

#include "kernels/formats/group.h"

static enum tern_status accepts(size_t m, size_t k, struct tern_error *e) {
    (void)m, (void)k, (void)e;
    return TERN_OK;
}

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_GROUP_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_GROUP_ROWS - 1) / TERN_GROUP_ROWS * tern_g5_panel_bytes(k);
}

static uint8_t encode(int v) {
    return (uint8_t)(v < 0 ? 128 - v : v);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    const size_t lines = tern_g5_panel_bytes(k) / TERN_GROUP_ROWS;
    for (size_t r = r0; r < tern_round_up(r1, TERN_GROUP_ROWS); r++) {
        uint8_t *out = (uint8_t *)dst + r / TERN_GROUP_ROWS * tern_g5_panel_bytes(k) + r % TERN_GROUP_ROWS;
        const int8_t *row = trits + (r < r1 ? r - r0 : 0) * k;
        const size_t columns = r < r1 ? k : 0, body = columns / 5;
        for (size_t i = 0; i < body; i++) {
            const int8_t *w = row + 5 * i;
            out[i * TERN_GROUP_ROWS] = encode(w[0] + 3 * w[1] + 9 * w[2] + 27 * w[3] + 81 * w[4]);
        }
        for (size_t i = body; i < lines; i++)
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
    .accepts = accepts,
    .row_step = row_step,
    .bytes = bytes,
    .pack = pack,
    .unpack = unpack,
};
