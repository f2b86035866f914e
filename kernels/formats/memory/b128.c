/* b128: 1 bit per weight, row panels of 128 rows, eight rows per byte; binary models only, made for prefix
 * masks.
 *
 *   bit f of a byte is 1 for +1, 0 for -1 of row lane + 16*f (panel.h)
 *
 * The dot products of x & 1, x & 3, x & 7, .., x & 255 with one activation telescope into the eight sums of
 * bits; row f is then twice its sum minus the sum of the activations. Missing rows and columns are 0. */
#include "kernels/format.h"

#include "kernels/formats/memory/panel.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 128;
}

static size_t bytes(size_t m, size_t k) {
    return (m + 127) / 128 * tern_panel_bytes(k);
}

static uint8_t encode(const uint8_t *d) {
    unsigned v = 0;
    for (int f = 0; f < 8; f++) v |= (unsigned)(d[f] >> 1) << f; /* digits 0 and 2; padding is 1 */
    return (uint8_t)v;
}

/* From the sign bits: not negative is +1. */
static uint8_t byte(const int8_t *t, size_t apart) {
    unsigned v = 0;
    for (size_t f = 0; f < 8; f++) v |= (unsigned)(t[f * apart] > 0) << f;
    return (uint8_t)v;
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    tern_panel_pack_rows(trits, k, r0, r1, 8, encode, byte, dst);
}

static void decode(uint8_t byte, uint8_t *digit) {
    for (int f = 0; f < 8; f++) digit[f] = (uint8_t)((byte >> f & 1) * 2);
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    tern_panel_unpack(src, k, r0, r1, 8, decode, trits);
}

const struct tern_format tern_format_b128 = {
    .name = "b128",
    .title = "row panels of 128, eight sign bits per byte (binary models)",
    .source = "tern",
    .bits = 1.0,
    .binary = 1,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 4,
    .column_at = bytes,
};
