/* Bit planes: rows of 64-bit little-endian words, bit j of word i = column 64i + j.
 *
 *   planes   per 64 columns 16 bytes: the word of the +1s, then the word of the -1s. Both clear is 0, both set is
 *            nothing. For masked add and subtract, and for popcount: a vector of words is plus, minus, plus,
 *            minus ..
 *   bin1     per 64 columns 8 bytes: 1 = +1, 0 = -1. Binary models only.
 *
 * Columns beyond K are clear in every plane. */
#include "kernels/format.h"

#include "kernels/formats/memory/planes.h"
#include "kernels/formats/rows.h"

#include <string.h>

static size_t row_step(size_t m, size_t k) {
    (void)m, (void)k;
    return 1;
}

/* Bit 0 of eight bytes as one byte: byte i is moved from bit 8i to bit 56 + i, and no two sums meet. */
static uint64_t gather(uint64_t x) {
    return (x & 0x0101010101010101u) * 0x0102040810204080u >> 56;
}

/* The +1s and the -1s of 64 trits. */
static void two_words(const int8_t *w, uint64_t *plus, uint64_t *minus) {
    *plus = *minus = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t x;
        memcpy(&x, w + 8 * i, sizeof x);
        const uint64_t negative = x >> 7;
        *plus |= gather(x & ~negative) << 8 * i;
        *minus |= gather(negative) << 8 * i;
    }
}

static void pack_words(const int8_t *trits, size_t k, size_t r0, size_t r1, int both, uint8_t *dst) {
    const size_t words = tern_plane_words(k);
    uint8_t *out = dst + r0 * words * (both ? 16 : 8);
    for (size_t r = r0; r < r1; r++, trits += k)
        for (size_t i = 0; i < words; i++) {
            int8_t tail[64] = {0};
            const int8_t *w = trits + 64 * i;
            uint64_t plus, minus;
            if (64 * i + 64 > k) w = memcpy(tail, w, k - 64 * i);
            two_words(w, &plus, &minus);
            memcpy(out, &plus, sizeof plus);
            if (both) memcpy(out + 8, &minus, sizeof minus);
            out += both ? 16 : 8;
        }
}

static size_t planes_bytes(size_t m, size_t k) {
    return m * tern_plane_words(k) * 16;
}

static void planes_pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale,
                        void *dst) {
    (void)m, (void)scale;
    pack_words(trits, k, r0, r1, 1, dst);
}

static void planes_unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_planes_row);
}

static size_t bin1_bytes(size_t m, size_t k) {
    return m * tern_plane_words(k) * 8;
}

static void bin1_pack(const int8_t *trits, size_t m, size_t k, size_t r0, size_t r1, float scale, void *dst) {
    (void)m, (void)scale;
    pack_words(trits, k, r0, r1, 0, dst);
}

static void bin1_unpack(const void *src, size_t m, size_t k, size_t r0, size_t r1, int8_t *trits) {
    tern_unpack_rows(src, m, k, r0, r1, trits, tern_bin1_row);
}

const struct tern_format tern_format_planes = {
    .name = "planes",
    .title = "a plane of the +1s and a plane of the -1s, 64 columns per word",
    .source = "tern",
    .bits = 2.0,
    .accepts = tern_accepts_any,
    .row_step = row_step,
    .bytes = planes_bytes,
    .pack = planes_pack,
    .unpack = planes_unpack,
};

const struct tern_format tern_format_bin1 = {
    .name = "bin1",
    .title = "one sign bit per weight, 64 columns per word (binary models)",
    .source = "tern",
    .bits = 1.0,
    .binary = 1,
    .accepts = tern_accepts_any,
    .row_step = row_step,
    .bytes = bin1_bytes,
    .pack = bin1_pack,
    .unpack = bin1_unpack,
};
