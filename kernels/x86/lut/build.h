/* Tables of 16 entries for byte shuffles: 16 low bytes, then 16 high bytes per group.
 *
 * An entry is two signed digits, value = R * high + low, so small that eight of each add up in a byte:
 *
 *     columns   value                            R     low          high
 *     2 (g2)    T = sum of trit * activation     32    -16 .. 15    -8 .. 8
 *     3 (g3)    T, and the digits of -T negated  31    -15 .. 15    -12 .. 12
 *     4 (b64)   sum of the activations whose     32    -16 .. 15    -16 .. 15
 *               bit is set, less 16
 *
 * The quotient by 31 is (u * 2115) >> 16, exact for the u here (a test counts them all). */
#ifndef TERN_KERNELS_X86_LUT_BUILD_H
#define TERN_KERNELS_X86_LUT_BUILD_H

#include "base/memory.h"
#include "kernels/unroll.h"

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

enum {
    LUT_PAIR_BYTES = 32, /* of a group's table */
    LUT_RADIX = 32,
    LUT_LEAST = -16, /* digit */
    LUT_SIGNED_RADIX = 31,
    LUT_SIGNED_MOST = 15,
    LUT_SIGNED_INVERSE = 2115,
    LUT_SUBSET_BIAS = 16
};

/* How the columns of a group make an entry: digits that meet columns 0 and 1, and columns 2 and 3, as byte
 * pairs. */
struct lut_digits {
    uint8_t first[32], second[32];
};

/* clang-format off */
/* Digits are trit + 1; b64: the bits of the code. Codes that do not exist are those of 0. */
static const struct lut_digits lut_digits_2 = {
    {0,0, 1,0, 2,0, 0,1, 1,1, 2,1, 0,2, 1,2,   2,2, 1,1, 1,1, 1,1, 1,1, 1,1, 1,1, 1,1}, {0},
};
static const struct lut_digits lut_digits_3 = {
    {1,1, 2,1, 0,2, 1,2, 2,2, 0,0, 1,0, 2,0,   0,1, 1,1, 2,1, 0,2, 1,2, 2,2, 1,1, 1,1},
    {1,0, 1,0, 1,0, 1,0, 1,0, 2,0, 2,0, 2,0,   2,0, 2,0, 2,0, 2,0, 2,0, 2,0, 1,0, 1,0},
};
static const struct lut_digits lut_digits_4 = {
    {0,0, 1,0, 0,1, 1,1, 0,0, 1,0, 0,1, 1,1,   0,0, 1,0, 0,1, 1,1, 0,0, 1,0, 0,1, 1,1},
    {0,0, 0,0, 0,0, 0,0, 1,0, 1,0, 1,0, 1,0,   0,1, 0,1, 0,1, 0,1, 1,1, 1,1, 1,1, 1,1},
};
/* clang-format on */

/* `count` groups of g columns from q on; 16 bytes from the start of each group are read. About 25 operations
 * per group of 16 entries. pmaddubsw of digits 0..2: at most 2 * 2 * 128. */
ALWAYS_INLINE void build_groups(size_t g, const int8_t *q, size_t count, uint8_t *out) {
    const __m128i ones = _mm_set1_epi8(1), one = _mm_set1_epi16(1);
    const __m128i pair = _mm_set1_epi16(0x0100), rest = _mm_set1_epi16(g == 3 ? (short)0x8002 : 0x0302);
    const struct lut_digits *d = g == 2 ? &lut_digits_2 : g == 3 ? &lut_digits_3 : &lut_digits_4;
    const int radix = g == 3 ? LUT_SIGNED_RADIX : LUT_RADIX, inverse = g == 3 ? LUT_SIGNED_INVERSE : 2048;
    const int least = g == 3 ? -LUT_SIGNED_MOST : LUT_LEAST, lowest = g == 2 ? -8 : g == 3 ? -12 : -16;
    /* u = value - lowest * R - least, from 0 on; low = u % R + least, high = u / R + lowest */
    const __m128i from = _mm_set1_epi16((short)(-lowest * radix - least - (g == 4 ? LUT_SUBSET_BIAS : 0)));
    for (size_t i = 0; i < count; i++, out += LUT_PAIR_BYTES) {
        const __m128i a = _mm_loadu_si128((const __m128i *)(q + i * g));
        const __m128i ab = _mm_shuffle_epi8(a, pair), cd = _mm_shuffle_epi8(a, rest);
        __m128i less = _mm_setzero_si128(), high[2], low[2];
        if (g < 4) less = _mm_maddubs_epi16(ones, ab); /* digits of trits are one too large */
        if (g == 3) less = _mm_add_epi16(less, _mm_maddubs_epi16(one, cd));
        less = _mm_sub_epi16(less, from);
        UNROLL
        for (size_t h = 0; h < 2; h++) {
            __m128i u = _mm_maddubs_epi16(_mm_loadu_si128((const __m128i *)(d->first + 16 * h)), ab);
            if (g > 2)
                u = _mm_add_epi16(
                    u, _mm_maddubs_epi16(_mm_loadu_si128((const __m128i *)(d->second + 16 * h)), cd));
            u = _mm_sub_epi16(u, less);
            high[h] = _mm_mulhi_epu16(u, _mm_set1_epi16((short)inverse));
            low[h] = _mm_sub_epi16(u, _mm_mullo_epi16(high[h], _mm_set1_epi16((short)radix)));
        }
        const __m128i lo = _mm_packus_epi16(low[0], low[1]), hi = _mm_packs_epi16(high[0], high[1]);
        _mm_store_si128((__m128i *)out, _mm_add_epi8(lo, _mm_set1_epi8((char)least)));
        _mm_store_si128((__m128i *)(out + 16), _mm_add_epi8(hi, _mm_set1_epi8((char)lowest)));
    }
}

typedef void lut_build_fn(const int8_t *q, size_t count, uint8_t *out);

/* Groups [from, to) of a token, some at a time; what lies beyond the padding of the activations counts as
 * 0. A builder may read 64 bytes from the start of each of its groups. */
ALWAYS_INLINE void build_range(const int8_t *q, size_t stride, size_t g, size_t from, size_t to,
                               size_t group_bytes, uint8_t *out, lut_build_fn *build) {
    enum { STEP = 64, REACH = 64, COLUMNS_MAX = 9 };
    for (size_t i = from; i < to; i += STEP, out += STEP * group_bytes) {
        const size_t count = tern_min(to - i, STEP);
        int8_t tail[STEP * COLUMNS_MAX + REACH];
        const int8_t *at = q + i * g;
        if (i * g + STEP * g + REACH > stride) {
            memset(tail, 0, sizeof tail);
            if (i * g < stride) memcpy(tail, at, tern_min(sizeof tail, stride - i * g));
            at = tail;
        }
        build(at, count, out);
    }
}

#endif
