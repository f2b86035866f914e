/* tmac2: T-MAC's 2-bit weights as two planes of one bit each, four columns of a plane in a nibble.
 *
 *   code       1, 2, 3 = -1, 0, +1 (0 would be -2)
 *   bit row    b(r, bit) = r/8*16 + bit*8 + r%8. So 16 weight rows are 32 bit rows: 8 rows of bit 0, the same 8
 *              of bit 1, the next 8 of bit 0, of bit 1
 *   nibble     the bits of columns 4g .. 4g+3 of a bit row, column 4g in its lowest bit
 *   16 bytes   the 32 nibbles of 32 bit rows at one g: byte i holds bit row i in bits 3:0 and i + 16 in bits 7:4
 *   order      g within kfactor, then the next 32 bit rows within bm, then the next kfactor groups, then the next
 *              tile
 * The scales lie outside. */
#include "kernels/format.h"

#include "kernels/formats/file/tmac.h"
#include "kernels/formats/rows.h"

static enum tern_status accepts(size_t m, size_t k, struct tern_error *e) {
    if (m % 16 == 0 && k % 32 == 0) return TERN_OK;
    return tern_fail(e, TERN_UNSUPPORTED, "tmac2: %zux%zu: M must be a multiple of 16 and K of 32", m, k);
}

static size_t row_step(size_t m, size_t k) {
    return tern_tmac_tile_of(m, k).bm / 2;
}

static size_t bytes(size_t m, size_t k) {
    return m * k / 4;
}

static void pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)scale;
    const struct tern_tmac_tile t = tern_tmac_tile_of(m, k);
    uint8_t *out = dst;
    for (size_t r = r0; r < r1; r += r % 8 == 7 ? 9 : 1) { /* r and r + 8 share bytes */
        const int8_t *w[2] = {trits + (r - r0) * k, trits + (r - r0 + 8) * k};
        for (size_t g = 0; g < k / 4; g++) {
            unsigned low = 0, high = 0;
            for (int half = 0; half < 2; half++)
                for (int j = 0; j < 4; j++) {
                    const unsigned c = (unsigned)(w[half][4 * g + (size_t)j] + 2);
                    low |= (c & 1) << (4 * half + j);
                    high |= (c >> 1) << (4 * half + j);
                }
            out[tern_tmac_at(t, k, r, 0, g)] = (uint8_t)low;
            out[tern_tmac_at(t, k, r, 1, g)] = (uint8_t)high;
        }
    }
}

static void unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_tmac2_row);
}

const struct tern_format tern_format_tmac2 = {
    .name = "tmac2",
    .title = "T-MAC: two bit planes, four columns per nibble, tiled",
    .source = "T-MAC, INT_N with 2 bits",
    .bits = 2.0,
    .in_files = 1,
    .accepts = accepts,
    TERN_FORMAT_CALLS,
};
