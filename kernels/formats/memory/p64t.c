/* p64t: 2.0 bits per weight, row panels of 64 rows; p64 with its top digit balanced, for prefixes that are
 * signed.
 *
 *   byte = d0 | d1<<2 | d2<<4 + 64*t3,   a signed byte (-64..106)
 *   d_f = trit + 1 of row lane + 16*f,   t3 = the trit of row lane + 48   (panel.h)
 *
 * It is the byte of p64 less 64, so adding 64 turns one into the other. As a signed byte it is the longest
 * prefix by itself, and signed dot products (sdot) multiply x&3, x&15, x&63 and x. With S0..S3 their sums and
 * A the sum of the activations the rows are
 *   S0 - A, (S1 - S0) / 4 - A, (S2 - S1) / 16 - A, (S3 - S2) / 64
 * where sums may wrap and the differences, at most 64 * 128 * K, fit 32 bits beyond TERN_K_MAX. */
#include "kernels/format.h"

#include "kernels/formats/memory/panel.h"

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 64;
}

static size_t bytes(size_t m, size_t k) {
    return (m + 63) / 64 * tern_panel_bytes(k);
}

static uint8_t encode(const uint8_t *d) {
    return (uint8_t)(d[0] + 4 * d[1] + 16 * d[2] + 64 * d[3] - 64);
}

static uint8_t byte(const int8_t *t, size_t apart) {
    return (uint8_t)(21 + t[0] + 4 * t[apart] + 16 * t[2 * apart] + 64 * t[3 * apart]);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    tern_panel_pack_rows(trits, k, r0, r1, 4, encode, byte, dst);
}

static void decode(uint8_t byte, uint8_t *digit) {
    for (int f = 0; f < 4; f++) digit[f] = (uint8_t)(byte + 64) >> 2 * f & 3;
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    tern_panel_unpack(src, k, r0, r1, 4, decode, trits);
}

const struct tern_format tern_format_p64t = {
    .name = "p64t",
    .title = "row panels of 64, four rows per byte with a balanced top digit, for signed prefixes",
    .source = "tern",
    .bits = 2.0,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 4,
    .column_at = bytes,
};
