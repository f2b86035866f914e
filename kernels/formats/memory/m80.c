/* m80: 1.6 bits per weight, row panels of 80 rows, five rows per byte in plain base 3; made for
 * multiplication by reciprocals.
 *
 *   byte = d0 + 3*d1 + 9*d2 + 27*d3 + 81*d4 (0..242),   d_f = trit + 1 of row lane + 16*f   (panel.h)
 *
 * The quotient Q_n = byte / 3^n is the number of the digits from d_n up, so with S_n the dot product of Q_n
 * and the activations the sum of row n is S_n - 3*S_(n+1): no modulo, and all five meet the same activation.
 * TQ1_0's byte, ceil(number * 256 / 243), gives the same telescope from the other end, but needs a
 * multiplication for each of its five prefixes; here the longest is the byte itself. 243..255 stand for no
 * trits. */
#include "kernels/format.h"

#include "kernels/formats/memory/panel.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 80;
}

static size_t bytes(size_t m, size_t k) {
    return (m + 79) / 80 * tern_panel_bytes(k);
}

static uint8_t encode(const uint8_t *d) {
    return (uint8_t)(d[0] + 3 * d[1] + 9 * d[2] + 27 * d[3] + 81 * d[4]);
}

static uint8_t byte(const int8_t *t, size_t apart) {
    return (uint8_t)(121 + t[0] + 3 * t[apart] + 9 * t[2 * apart] + 27 * t[3 * apart] + 81 * t[4 * apart]);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    tern_panel_pack_rows(trits, k, r0, r1, 5, encode, byte, dst);
}

static void decode(uint8_t byte, uint8_t *digit) {
    unsigned rest = byte;
    for (int f = 0; f < 5; f++, rest /= 3) digit[f] = byte < 243 ? (uint8_t)(rest % 3) : 3;
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    tern_panel_unpack(src, k, r0, r1, 5, decode, trits);
}

const struct tern_format tern_format_m80 = {
    .name = "m80",
    .title = "row panels of 80, five rows per byte in plain base 3, for reciprocals",
    .source = "tern",
    .bits = 1.6,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 4,
    .column_at = bytes,
};
