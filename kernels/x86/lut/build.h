/* Tables of 16 entries for byte shuffles: 16 low bytes, then 16 high bytes per group.
 *
 * How an entry T = sum of trit * activation, |T| <= 128 g, is cut in two bytes:
 *   DIGITS   T + 126 g + 31 = 63 * high + low,  0 <= low <= 62, 0 <= high <= 4 g. The complement of both
 *            (62 - low, 4 g - high) is the entry of -T, and sums of 4 low and of 12 high bytes still fit a byte.
 *   SIGNED   the same less 31 and 2 g: -31 <= low <= 31, |high| <= 2 g; the negated bytes are the entry of -T.
 *   WORDS    the low and the high byte of the int16, as TL1 and TL2 do.
 * The quotient by 63 is (u * 1041) >> 16, exact for u <= 1322 (a test counts them all). */
#ifndef TERN_KERNELS_X86_LUT_BUILD_H
#define TERN_KERNELS_X86_LUT_BUILD_H

#include "base/memory.h"
#include "kernels/unroll.h"

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

enum lut_cut { DIGITS, SIGNED, WORDS };
enum { RADIX = 63, RADIX_INVERSE = 1041 };

/* The entry that stands for T = 0 in a table of DIGITS, and what 4 of them add to a sum. */
enum { LUT_BIAS_PER_COLUMN = 126, LUT_BIAS = 31 };

/* clang-format off */
/* Digits (trit + 1) of the codes, first two columns as byte pairs, third column as bytes with a zero between. */
static const uint8_t lut_pairs_g2[32] = {
    0,0, 1,0, 2,0, 0,1, 1,1, 2,1, 0,2, 1,2,   2,2, 1,1, 1,1, 1,1, 1,1, 1,1, 1,1, 1,1,
};
static const uint8_t lut_pairs_g3[32] = {
    1,1, 2,1, 0,2, 1,2, 2,2, 0,0, 1,0, 2,0,   0,1, 1,1, 2,1, 0,2, 1,2, 2,2, 1,1, 1,1,
};
static const uint8_t lut_third_g3[32] = {
    1,0, 1,0, 1,0, 1,0, 1,0, 2,0, 2,0, 2,0,   2,0, 2,0, 2,0, 2,0, 2,0, 2,0, 1,0, 1,0,
};
/* clang-format on */

/* `count` groups of g columns from q on; 16 bytes from the start of each group are read. About 25 operations
 * per group of 16 entries. pmaddubsw of digits 0..2: at most 2 * 2 * 128. */
ALWAYS_INLINE void build_groups(size_t g, enum lut_cut cut, const int8_t *q, size_t count, uint8_t *out) {
    const __m128i ones = _mm_set1_epi8(1), first = _mm_set1_epi16(1);
    const __m128i two = _mm_set1_epi16(0x0100), third = _mm_set1_epi16((short)0x8002);
    const uint8_t *pairs = g == 2 ? lut_pairs_g2 : lut_pairs_g3;
    __m128i p[2], d[2];
    UNROLL
    for (size_t h = 0; h < 2; h++) {
        p[h] = _mm_loadu_si128((const __m128i *)(pairs + 16 * h));
        d[h] = _mm_loadu_si128((const __m128i *)(lut_third_g3 + 16 * h));
    }
    for (size_t i = 0; i < count; i++, out += 32) {
        const __m128i a = _mm_loadu_si128((const __m128i *)(q + i * g));
        const __m128i ab = _mm_shuffle_epi8(a, two), c = _mm_shuffle_epi8(a, third);
        __m128i sum = _mm_maddubs_epi16(ones, ab), t[2], high[2], low[2];
        if (g == 3) sum = _mm_add_epi16(sum, _mm_maddubs_epi16(first, c));
        if (cut != WORDS)
            sum = _mm_sub_epi16(sum, _mm_set1_epi16((short)(LUT_BIAS_PER_COLUMN * g + LUT_BIAS)));
        UNROLL
        for (size_t h = 0; h < 2; h++) {
            t[h] = _mm_maddubs_epi16(p[h], ab);
            if (g == 3) t[h] = _mm_add_epi16(t[h], _mm_maddubs_epi16(d[h], c));
            t[h] = _mm_sub_epi16(t[h], sum);
            if (cut == WORDS) {
                high[h] = _mm_srai_epi16(t[h], 8);
                low[h] = _mm_and_si128(t[h], _mm_set1_epi16(255));
            } else {
                high[h] = _mm_mulhi_epu16(t[h], _mm_set1_epi16(RADIX_INVERSE));
                low[h] = _mm_sub_epi16(t[h], _mm_mullo_epi16(high[h], _mm_set1_epi16(RADIX)));
            }
        }
        __m128i lo = _mm_packus_epi16(low[0], low[1]), hi = _mm_packs_epi16(high[0], high[1]);
        if (cut == SIGNED) {
            lo = _mm_sub_epi8(lo, _mm_set1_epi8(LUT_BIAS));
            hi = _mm_sub_epi8(hi, _mm_set1_epi8((char)(2 * g)));
        }
        _mm_store_si128((__m128i *)out, lo);
        _mm_store_si128((__m128i *)(out + 16), hi);
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
