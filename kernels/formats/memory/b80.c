/* b80: 1.6 bits per weight, row panels of 80 rows, five rows per byte as a signed fraction; made for dot
 * products without the extraction of digits. b80.h explains the byte, panel.h where it lies. */
#include "kernels/formats/memory/b80.h"

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
    return tern_b80_byte(81 * d[0] + 27 * d[1] + 9 * d[2] + 3 * d[3] + d[4] - 121);
}

static uint8_t byte(const int8_t *t, size_t apart) {
    return tern_b80_byte(81 * t[0] + 27 * t[apart] + 9 * t[2 * apart] + 3 * t[3 * apart] + t[4 * apart]);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    tern_panel_pack_rows(trits, k, r0, r1, 5, encode, byte, dst);
}

static void decode(uint8_t byte, uint8_t *digit) {
    for (size_t f = 0; f < 5; f++) digit[f] = tern_b80_code(byte, f);
    if (encode(digit) == byte) return;
    for (size_t f = 0; f < 5; f++) digit[f] = 3;
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    (void)m;
    tern_panel_unpack(src, k, r0, r1, 5, decode, trits);
}

const struct tern_format tern_format_b80 = {
    .name = "b80",
    .title = "row panels of 80, five rows per byte as a signed fraction",
    .source = "tern",
    .bits = 1.6,
    .k_max = TERN_B80_K_MAX,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 4,
    .column_at = bytes,
};
