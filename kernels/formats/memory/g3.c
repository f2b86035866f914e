/* g3: 1.667 bits per weight, triples of columns as a 4-bit magnitude and a sign, for 16-entry byte shuffles
 * (the idea of TL2).
 *
 *   panel = 64 rows; per 24 columns = groups 0..7 five lines of 64 bytes, byte r of row r:
 *   lines 0..3   byte = magnitude(group 2i) | magnitude(group 2i+1) << 4      0..13
 *   line 4       bit 7-j = sign of group j, 1 is negative
 *   value = w0 + 3*w1 + 9*w2 = +-magnitude                                    (see group.h) */
#include "kernels/format.h"

#include "kernels/formats/memory/group.h"

#include <string.h>

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_GROUP_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_GROUP_ROWS - 1) / TERN_GROUP_ROWS * tern_g3_panel_bytes(k);
}

/* What two triples side by side become, by their plain numbers (group.h) a and b at [a + 32 * b]: their byte, and from bit 8
 * on their signs, that of the first one above. */
struct pairs {
    uint16_t of[27 * 32];
};

static void fill(struct pairs *p) {
    for (int b = 0; b < 27; b++)
        for (int a = 0; a < 27; a++) {
            const int first = a < 13 ? 13 - a : a - 13, second = b < 13 ? 13 - b : b - 13;
            p->of[a + 32 * b] = (uint16_t)(first | second << 4 | (a < 13) << 9 | (b < 13) << 8);
        }
}

/* The six trits in the low bytes of x. A byte of x becomes trit + 1, and one product adds three of them up: byte n has
 * 9 * b[n] + 3 * b[n - 1] + b[n - 2]. */
static inline unsigned pair_of(uint64_t x, const struct pairs *p) {
    const uint64_t ones = 0x0101010101010101u, sums = ((x & ones) + ones - (x & 2 * ones)) * 0x010309u;
    return p->of[(sums >> 16 & 31) + (sums >> 35 & 31 * 32)];
}

/* A whole chunk of one row. */
static inline void put_chunk(const int8_t *w, const struct pairs *p, uint8_t *out) {
    uint64_t x[4]; /* eight trits each, of which the low six are meant */
    memcpy(&x[0], w, 8);
    memcpy(&x[1], w + 6, 8);
    memcpy(&x[2], w + 12, 8);
    memcpy(&x[3], w + 16, 8);
    const unsigned a = pair_of(x[0], p), b = pair_of(x[1], p), c = pair_of(x[2], p),
                   d = pair_of(x[3] >> 16, p);
    out[0] = (uint8_t)a;
    out[TERN_GROUP_ROWS] = (uint8_t)b;
    out[2 * TERN_GROUP_ROWS] = (uint8_t)c;
    out[3 * TERN_GROUP_ROWS] = (uint8_t)d;
    out[4 * TERN_GROUP_ROWS] = (uint8_t)(a >> 8 << 6 | b >> 8 << 4 | c >> 8 << 2 | d >> 8);
}

/* A chunk that the row does not fill. */
static void put_rest(const int8_t *row, size_t columns, size_t c, uint8_t *out) {
    int signs = 0, pair[4] = {0};
    for (int j = 0; j < 8; j++) {
        const int v = tern_group_value(row, columns, c + 3 * (size_t)j, 3);
        pair[j / 2] |= (v < 0 ? -v : v) << j % 2 * 4;
        signs |= (v < 0) << (7 - j);
    }
    for (size_t i = 0; i < 4; i++) out[i * TERN_GROUP_ROWS] = (uint8_t)pair[i];
    out[4 * TERN_GROUP_ROWS] = (uint8_t)signs;
}

/* Chunk by chunk, so that the five lines of one stay near while its rows are written. */
static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    struct pairs pairs;
    fill(&pairs);
    for (size_t r = r0; r < r1; r += TERN_GROUP_ROWS) {
        uint8_t *out = (uint8_t *)dst + r / TERN_GROUP_ROWS * tern_g3_panel_bytes(k);
        const int8_t *first = trits + (r - r0) * k;
        const size_t rows = tern_min(TERN_GROUP_ROWS, r1 - r);
        for (size_t c = 0; c < k; c += TERN_G3_COLUMNS, out += TERN_G3_CHUNK)
            for (size_t i = 0; i < TERN_GROUP_ROWS; i++)
                if (i < rows && c + TERN_G3_COLUMNS <= k)
                    put_chunk(first + i * k + c, &pairs, out + i);
                else
                    put_rest(first + (i < rows ? i : 0) * k, i < rows ? k : 0, c, out + i);
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
