/* b64: 1 bit per weight, fours of binary columns as 4-bit codes, for 16-entry byte shuffles; binary models only.
 *
 *   panel = 64 rows; per 8 columns one line of 64 bytes, byte r of row r:
 *   bit j = 1 for +1, 0 for -1 of column c + j
 * Columns are padded to a multiple of 32. Missing rows and columns are 0. */
#include "kernels/format.h"

#include "kernels/formats/memory/group.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_GROUP_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_GROUP_ROWS - 1) / TERN_GROUP_ROWS * tern_b64_panel_bytes(k);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    const size_t lines = tern_b64_panel_bytes(k) / TERN_GROUP_ROWS;
    for (size_t r = r0; r < tern_round_up(r1, TERN_GROUP_ROWS); r++) {
        uint8_t *out = (uint8_t *)dst + r / TERN_GROUP_ROWS * tern_b64_panel_bytes(k) + r % TERN_GROUP_ROWS;
        const int8_t *row = trits + (r < r1 ? r - r0 : 0) * k;
        const size_t columns = r < r1 ? k : 0;
        for (size_t i = 0; i < lines; i++) {
            unsigned bits = 0;
            for (size_t j = 0; j < 8 && 8 * i + j < columns; j++) bits |= (unsigned)(row[8 * i + j] > 0) << j;
            out[i * TERN_GROUP_ROWS] = (uint8_t)bits;
        }
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    for (size_t r = r0; r < r1; r++) {
        const uint8_t *in =
            (const uint8_t *)src + r / TERN_GROUP_ROWS * tern_b64_panel_bytes(k) + r % TERN_GROUP_ROWS;
        for (size_t c = 0; c < k; c++)
            trits[(r - r0) * k + c] = in[c / 8 * TERN_GROUP_ROWS] >> c % 8 & 1 ? 1 : -1;
    }
}

const struct tern_format tern_format_b64 = {
    .name = "b64",
    .title = "look-up layout: fours of sign bits, panels of 64 rows (binary models)",
    .source = "tern",
    .bits = 1.0,
    .binary = 1,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 32,
    .column_at = bytes,
};
