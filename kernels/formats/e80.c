/* e80: 1.6 bits per weight, row panels of 80 rows, five rows per byte in base 3 with a quadrant escape.
 *
 * Five trits are 243 states. With digits d0..d4 in 0..2 and c = d0 + 3*d1 + 9*d2 + 27*d3:
 *   c < 64:   byte = d4<<6 | c                      (quadrants 0..2 name the fifth digit)
 *   c >= 64:  byte = 3<<6 | (17*d4 + c - 64)        (51 states in quadrant 3)
 * so that a table of 64 entries (vpermb, which ignores the top two bits) decodes four digits at once and the
 * fifth is byte & 0xC0, kept scaled by 64; only quadrant 3 needs a second, masked look-up. Rows as in
 * panel.h. */
#include "kernels/format.h"

#include "kernels/formats/e80.h"
#include "kernels/formats/panel.h"

/* clang-format off */
const uint8_t tern_e80_plain[64] = {
    0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x18,
    0x19, 0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a, 0x40, 0x41, 0x42, 0x44, 0x45,
    0x46, 0x48, 0x49, 0x4a, 0x50, 0x51, 0x52, 0x54, 0x55, 0x56, 0x58, 0x59, 0x5a, 0x60, 0x61, 0x62,
    0x64, 0x65, 0x66, 0x68, 0x69, 0x6a, 0x80, 0x81, 0x82, 0x84, 0x85, 0x86, 0x88, 0x89, 0x8a, 0x90,
};
const uint8_t tern_e80_escape[64] = {
    0x91, 0x92, 0x94, 0x95, 0x96, 0x98, 0x99, 0x9a, 0xa0, 0xa1, 0xa2, 0xa4, 0xa5, 0xa6, 0xa8, 0xa9,
    0xaa, 0x91, 0x92, 0x94, 0x95, 0x96, 0x98, 0x99, 0x9a, 0xa0, 0xa1, 0xa2, 0xa4, 0xa5, 0xa6, 0xa8,
    0xa9, 0xaa, 0x91, 0x92, 0x94, 0x95, 0x96, 0x98, 0x99, 0x9a, 0xa0, 0xa1, 0xa2, 0xa4, 0xa5, 0xa6,
    0xa8, 0xa9, 0xaa, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};
const uint8_t tern_e80_fifth[64] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40,
    0x40, 0x40, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0,
};
/* clang-format on */

static enum tern_status accepts(size_t m, size_t k, struct tern_error *e) {
    (void)m, (void)k, (void)e;
    return TERN_OK;
}

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 80;
}

static size_t bytes(size_t m, size_t k) {
    return (m + 79) / 80 * tern_panel_bytes(k);
}

static uint8_t encode(const uint8_t *d) {
    const int c = d[0] + 3 * d[1] + 9 * d[2] + 27 * d[3];
    return (uint8_t)(c < 64 ? d[4] << 6 | c : 3 << 6 | (17 * d[4] + c - 64));
}

/* Row by row of one panel into base-3 counts, then the escape: the same bytes as `encode` gives, made by
 * passes that a compiler vectorises. */
static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    const size_t groups = tern_panel_groups(k);
    for (size_t r = r0; r < r1; r += 80) {
        uint8_t *out = (uint8_t *)dst + r / 80 * tern_panel_bytes(k);
        if (r1 - r < 80 || k % 4) {
            tern_panel_pack(trits + (r - r0) * k, k, 0, r1 - r < 80 ? r1 - r : 80, 5, encode, out);
            continue;
        }
        for (size_t lane = 0; lane < 16; lane++) {
            const int8_t *w = trits + (r - r0 + lane) * k;
            for (size_t g = 0; g < groups; g++) {
                for (size_t j = 0; j < 4; j++) {
                    const int8_t *t = w + g * 4 + j;
                    const int c = 40 + t[0] + 3 * t[16 * k] + 9 * t[32 * k] + 27 * t[48 * k],
                              d = t[64 * k] + 1;
                    const int plain = d << 6 | c, escape = 128 + 17 * d + c; /* 192 - 64 + 17*d + c */
                    out[g * TERN_PANEL_GROUP + lane * 4 + j] = (uint8_t)(c < 64 ? plain : escape);
                }
            }
        }
    }
}

static void decode(uint8_t byte, uint8_t *digit) {
    const int low = byte & 63, escaped = byte >= 192;
    const uint8_t four = escaped ? tern_e80_escape[low] : tern_e80_plain[low];
    for (int f = 0; f < 4; f++) digit[f] = four >> 2 * f & 3;
    digit[4] = escaped ? tern_e80_fifth[low] >> 6 : byte >> 6;
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    tern_panel_unpack(src, k, r0, r1, 5, decode, trits);
}

const struct tern_format tern_format_e80 = {
    .name = "e80",
    .title = "row panels of 80, five rows per byte in base 3 with a quadrant escape",
    .source = "tern",
    .bits = 1.6,
    .accepts = accepts,
    .row_step = row_step,
    .bytes = bytes,
    .pack = pack,
    .unpack = unpack,
};
