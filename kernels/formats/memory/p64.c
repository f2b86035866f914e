/* p64: 2.0 bits per weight, row panels of 64 rows; made for prefix masks.
 *
 *   byte = d0 | d1<<2 | d2<<4 | d3<<6,   d_f = trit + 1 of row lane + 16*f  (see panel.h)
 *
 * A kernel multiplies x&3, x&15, x&63 and x by the same activation; the four sums telescope:
 *   S0, S0+4*S1, S0+4*S1+16*S2, S0+4*S1+16*S2+64*S3     (a byte is at most 170, so u8 suffices). */
#include "kernels/format.h"

#include "kernels/formats/memory/panel.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 64;
}

static size_t bytes(size_t m, size_t k) {
    return (m + 63) / 64 * tern_panel_bytes(k);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    /* The plain definition is tern_panel_pack; this is the same, four contiguous rows streams at a time. */
    const size_t groups = tern_panel_groups(k), whole = k / 4;
    for (size_t r = r0; r < r1; r += 64) {
        uint8_t *out = (uint8_t *)dst + r / 64 * tern_panel_bytes(k);
        for (size_t lane = 0; lane < 16; lane++) {
            const int8_t *w[4];
            static const int8_t none[1] = {0};
            size_t step[4];
            for (size_t f = 0; f < 4; f++) {
                const size_t row = r + lane + 16 * f;
                w[f] = row < r1 ? trits + (row - r0) * k : none;
                step[f] = row < r1;
            }
            uint8_t *o = out + lane * 4;
            if (step[3]) { /* rows ascend, so all four exist */
                for (size_t g = 0; g < whole; g++, o += TERN_PANEL_GROUP) {
                    for (size_t j = 0; j < 4; j++) {
                        const size_t c = g * 4 + j;
                        o[j] = (uint8_t)(0x55 + w[0][c] + w[1][c] * 4 + w[2][c] * 16 + w[3][c] * 64);
                    }
                }
            } else {
                for (size_t g = 0; g < whole; g++, o += TERN_PANEL_GROUP)
                    for (size_t j = 0; j < 4; j++) {
                        const size_t c = g * 4 + j;
                        o[j] = (uint8_t)(0x55 + w[0][c * step[0]] + w[1][c * step[1]] * 4 +
                                         w[2][c * step[2]] * 16 + w[3][c * step[3]] * 64);
                    }
            }
            if (whole == groups) continue;
            for (size_t j = 0; j < 4; j++) {
                const size_t c = whole * 4 + j;
                int v = 0x55;
                for (size_t f = 0; f < 4 && c < k; f++) v += w[f][c * step[f]] * (1 << 2 * f);
                o[j] = (uint8_t)v;
            }
        }
    }
}

static void decode(uint8_t byte, uint8_t *digit) {
    for (int f = 0; f < 4; f++) digit[f] = byte >> 2 * f & 3;
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    tern_panel_unpack(src, k, r0, r1, 4, decode, trits);
}

const struct tern_format tern_format_p64 = {
    .name = "p64",
    .title = "row panels of 64, four rows per byte, for prefix masks",
    .source = "tern",
    .bits = 2.0,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 4,
    .column_at = bytes,
};
