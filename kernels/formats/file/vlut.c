/* I2_V and I1_V of vlut.cpp: column groups outermost, so that one table serves all rows.
 *
 *   I2_V  byte g*M + r = w0 + 3*w1 + 9*w2 + 27*w3 (trit + 1 each) of columns 4g .. 4g+3 of row r; 0..80
 *   I1_V  the first floor(K/20)*20 columns in fives, byte g*M + r = w0 + 3*w1 + .. + 81*w4, 0..242;
 *         the others in fours as I2_V, after the fives
 * The scale lies outside. */
#include "kernels/format.h"

#include "kernels/formats/file/vlut.h"
#include "kernels/formats/rows.h"

static enum tern_status accepts(size_t m, size_t k, struct tern_error *e) {
    (void)m;
    if (k % 4 == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "vlut: K = %zu is not a multiple of 4", k);
}

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 1;
}

static uint8_t number(const int8_t *w, size_t count) {
    unsigned q = 0;
    while (count) q = q * 3 + (unsigned)(w[--count] + 1);
    return (uint8_t)q;
}

static void pack_groups(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, size_t groups,
                        size_t per, uint8_t *out) {
    for (size_t g = 0; g < groups; g++)
        for (size_t r = r0; r < r1; r++) out[g * m + r] = number(trits + (r - r0) * k + g * per, per);
}

static size_t bytes_2(size_t m, size_t k) {
    return m * k / 4;
}

static void pack_2(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)scale;
    pack_groups(trits, m, k, r0, r1, k / 4, 4, dst);
}

static void unpack_2(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_vlut2_row);
}

static size_t bytes_1(size_t m, size_t k) {
    return m * (k / 20 * 4 + k % 20 / 4);
}

static void pack_1(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)scale;
    const size_t fives = k / 20 * 4;
    pack_groups(trits, m, k, r0, r1, fives, 5, dst);
    pack_groups(trits + 5 * fives, m, k, r0, r1, k % 20 / 4, 4, (uint8_t *)dst + fives * m);
}

static void unpack_1(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_vlut1_row);
}

const struct tern_format tern_format_vlut1 = {
    .name = "vlut1",
    .title = "I1_V: five trits per byte in base 3, column groups outermost",
    .source = "vlut.cpp, ggml type 45",
    .bits = 1.6,
    .in_files = 1,
    .accepts = accepts,
    .row_step = row_step,
    .bytes = bytes_1,
    .pack = pack_1,
    .unpack = unpack_1,
};

const struct tern_format tern_format_vlut2 = {
    .name = "vlut2",
    .title = "I2_V: four trits per byte in base 3, column groups outermost",
    .source = "vlut.cpp, ggml type 40",
    .bits = 2.0,
    .in_files = 1,
    .accepts = accepts,
    .row_step = row_step,
    .bytes = bytes_2,
    .pack = pack_2,
    .unpack = unpack_2,
};
