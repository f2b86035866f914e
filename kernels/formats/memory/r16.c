/* r16: 2.0 bits per weight, 16 rows interleaved; one zmm register is 16 rows x 16 columns and no sum is
 * horizontal.
 *
 *   panel = 16 rows; for every 16 columns 64 bytes
 *   byte 4*lane + j of group g belongs to row 16p + lane and holds, trit + 1,
 *
 *     bits      7 6            5 4           3 2           1 0
 *     column    16g + 12 + j   16g + 8 + j   16g + 4 + j   16g + j
 *
 * The four bytes of a lane masked with 3 << 2f meet the four consecutive activations 16g + 4f .. 16g + 4f + 3,
 * which a kernel broadcasts as one dword; the sum of field f comes out 4^f times too large. Missing rows and
 * columns are trit 0 (activations are zero beyond K). */
#include "kernels/format.h"

#include "kernels/formats/memory/r16.h"
#include "kernels/formats/rows.h"

#include <string.h>

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 16;
}

static size_t bytes(size_t m, size_t k) {
    return (m + 15) / 16 * tern_r16_panel(k);
}

/* Four trits to four codes at once: -1, 0, 1 as bytes plus 1, without a carry between them. */
static uint32_t codes(const int8_t *w) {
    uint32_t x;
    memcpy(&x, w, sizeof x);
    return ((x & 0x7f7f7f7fu) + 0x01010101u) ^ (x & 0x80808080u);
}

static void put(const int8_t *w, uint8_t *out) {
    const uint32_t v = codes(w) | codes(w + 4) << 2 | codes(w + 8) << 4 | codes(w + 12) << 6;
    memcpy(out, &v, sizeof v);
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    const size_t whole = k / 16;
    for (size_t r = r0; r < (r1 + 15) / 16 * 16; r++) {
        uint8_t *out = (uint8_t *)dst + r / 16 * tern_r16_panel(k) + r % 16 * 4;
        int8_t tail[16] = {0};
        if (r >= r1) { /* a row that is only padding */
            for (size_t g = 0; g < (k + 15) / 16; g++) put(tail, out + g * TERN_R16_GROUP);
            continue;
        }
        const int8_t *w = trits + (r - r0) * k;
        for (size_t g = 0; g < whole; g++) put(w + 16 * g, out + g * TERN_R16_GROUP);
        if (whole * 16 == k) continue;
        memcpy(tail, w + 16 * whole, k - 16 * whole);
        put(tail, out + whole * TERN_R16_GROUP);
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_r16_row);
}

const struct tern_format tern_format_r16 = {
    .name = "r16",
    .title = "16 rows interleaved, four columns per byte",
    .source = "tern",
    .bits = 2.0,
    .accepts = tern_accepts_any,
    TERN_FORMAT_CALLS,
    .slice_columns = 16,
    .column_at = bytes,
};
