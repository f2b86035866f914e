/* g3w: 1.78 bits per weight, three triples per 16-bit word, for word shuffles of 32 entries (vpermw).
 *
 *   panel = 32 rows; per 9 columns one line of 32 words, word r of row r:
 *   word = code(c..c+2) | code(c+3..c+5) << 5 | code(c+6..c+8) << 10,   code = sum of (trit + 1) * 3^i 0..26
 * vpermw looks at the low five bits of a word, so two shifts make three indices. */
#include "kernels/format.h"

#include "kernels/formats/memory/group.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_TRIPLE_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_TRIPLE_ROWS - 1) / TERN_TRIPLE_ROWS * tern_g3w_panel_bytes(k);
}

static uint16_t *word_at(const void *base, size_t k, size_t r) {
    return (uint16_t *)(uintptr_t)base + r / TERN_TRIPLE_ROWS * tern_g3w_panel_bytes(k) / 2 +
           r % TERN_TRIPLE_ROWS;
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    for (size_t r = r0; r < tern_round_up(r1, TERN_TRIPLE_ROWS); r++) {
        uint16_t *out = word_at(dst, k, r);
        const int8_t *row = trits + (r < r1 ? r - r0 : 0) * k;
        const size_t columns = r < r1 ? k : 0;
        for (size_t c = 0; c < k; c += 9, out += TERN_TRIPLE_ROWS) {
            const int8_t *w = row + c;
            if (c + 9 <= columns)
                *out = (uint16_t)((13 << 10 | 13 << 5 | 13) + w[0] + 3 * w[1] + 9 * w[2] +
                                  32 * (w[3] + 3 * w[4] + 9 * w[5]) + 1024 * (w[6] + 3 * w[7] + 9 * w[8]));
            else
                *out = (uint16_t)((13 << 10 | 13 << 5 | 13) + tern_group_value(row, columns, c, 3) +
                                  32 * tern_group_value(row, columns, c + 3, 3) +
                                  1024 * tern_group_value(row, columns, c + 6, 3));
        }
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    for (size_t r = r0; r < r1; r++) {
        const uint16_t *in = word_at(src, k, r);
        for (size_t c = 0; c < k; c += 3)
            tern_group_trits((in[c / 9 * TERN_TRIPLE_ROWS] >> c % 9 / 3 * 5 & 31) - 13, trits + (r - r0) * k,
                             k, c, 3);
    }
}

const struct tern_format tern_format_g3w = {
    .name = "g3w",
    .title = "look-up layout: three 5-bit triples per 16-bit word, panels of 32 rows",
    .source = "tern",
    .bits = 16.0 / 9.0,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 9,
    .column_at = bytes,
};
