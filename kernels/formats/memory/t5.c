/* t5: 1.667 bits per weight, row panels of 48 rows, three rows in five bits; made for vpmultishiftqb.
 *
 *   code = d0 + 3*d1 + 9*d2 (0..26), d_f = trit + 1 of row 48p + lane + 16*f at one column
 *   for every 4 columns 40 bytes; bytes 5q .. 5q+4, read as one little-endian 40-bit number, hold lanes 2q and
 *   2q + 1: bits 5i .. 5i+4 are the code of lane 2q + i/4, column 4g + i%4
 *
 * vpermb puts five bytes into each qword, vpmultishiftqb cuts them into eight codes, and the result has the same
 * sixteen 32-bit lanes of four columns as panel.h, so all three rows of a code meet one broadcast of activations.
 * The panel ends with at least 24 bytes of zeros, so that the last group can be loaded as 64 bytes. Missing rows
 * and columns are trit 0. */
#include "kernels/format.h"

#include "base/memory.h"
#include "kernels/formats/memory/t5.h"
#include "kernels/formats/rows.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return TERN_T5_ROWS;
}

static size_t bytes(size_t m, size_t k) {
    return (m + TERN_T5_ROWS - 1) / TERN_T5_ROWS * tern_t5_panel(k);
}

static size_t column_at(size_t rows, size_t c) {
    (void)rows;
    return c / 4 * TERN_T5_GROUP; /* without the zeros that end a panel */
}

/* Twenty bits: the codes of four columns of the three rows. Each byte is 13 + w0 + 3*w1 + 9*w2, so nothing
 * carries. */
static uint64_t four_columns(const int8_t *const *w, const size_t *step, size_t c, size_t k) {
    uint64_t v = 0;
    for (size_t j = 4; j-- > 0;) {
        int code = 13;
        if (c + j < k)
            code += w[0][(c + j) * step[0]] + 3 * w[1][(c + j) * step[1]] + 9 * w[2][(c + j) * step[2]];
        v = v << 5 | (uint64_t)code;
    }
    return v;
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    static const int8_t none[1] = {0};
    const size_t groups = (k + 3) / 4;
    for (size_t r = r0; r < r1; r += TERN_T5_ROWS) {
        uint8_t *panel = (uint8_t *)dst + r / TERN_T5_ROWS * tern_t5_panel(k);
        for (size_t pair = 0; pair < 8; pair++) {
            const int8_t *w[2][3];
            size_t step[2][3];
            for (size_t i = 0; i < 6; i++) {
                const size_t row = r + 2 * pair + i / 3 + i % 3 * 16;
                w[i / 3][i % 3] = row < r1 ? trits + (row - r0) * k : none;
                step[i / 3][i % 3] = row < r1;
            }
            for (size_t g = 0; g < groups; g++) {
                const uint64_t v =
                    four_columns(w[0], step[0], 4 * g, k) | four_columns(w[1], step[1], 4 * g, k) << 20;
                memcpy(panel + g * TERN_T5_GROUP + 5 * pair, &v, 5);
            }
        }
        memset(panel + groups * TERN_T5_GROUP, 0, tern_t5_panel(k) - groups * TERN_T5_GROUP);
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_t5_row);
}

const struct tern_format tern_format_t5 = {
    .name = "t5",
    .title = "row panels of 48, three rows in five bits",
    .source = "tern",
    .bits = 5.0 / 3,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 4,
    .column_at = column_at,
};
