/* Tables of 27, 81 and 122 entries for the word and byte shuffles of AVX-512.
 *
 * All sums of g trits times activations are a sum of two smaller tables, and the two fit one register of 32
 * words, so 32 entries cost two vpermw and one add:
 *   g = 4   9 + 9 sums of columns (0,1) and (2,3), in even and odd words.
 *   g = 5   27 sums of columns 0..2 and the 5 sums of columns (3,4) that a magnitude can have: 32 exactly.
 */
#ifndef TERN_KERNELS_X86_LUT_WIDE_H
#define TERN_KERNELS_X86_LUT_WIDE_H

#include "kernels/x86/lut/build.h"

#include <string.h>

ALWAYS_INLINE __m512i words_from(int first) {
    const __m512i iota = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15,
                                          14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    return _mm512_add_epi16(iota, _mm512_set1_epi16((short)first));
}

/* x / d for words below 256: (x * ceil(65536 / d)) >> 16 is exact while x * (ceil * d - 65536) < 65536. */
ALWAYS_INLINE __m512i quotient(__m512i x, int d) {
    return _mm512_mulhi_epu16(x, _mm512_set1_epi16((short)((65536 + d - 1) / d)));
}

ALWAYS_INLINE __m512i rest(__m512i x, __m512i q, int d) {
    return _mm512_sub_epi16(x, _mm512_mullo_epi16(q, _mm512_set1_epi16((short)d)));
}

/* Digits of x / 3^0 and x / 3^1 as the byte pair (d0, d1) of each word. */
ALWAYS_INLINE __m512i digit_pair(__m512i x) {
    const __m512i q = quotient(x, 3), d0 = rest(x, q, 3), d1 = rest(q, quotient(q, 3), 3);
    return _mm512_or_si512(d0, _mm512_slli_epi16(d1, 8));
}

/* Digits of codes below 27: pairs of columns 0, 1, and column 2 with a zero above it. */
struct triple_digits {
    __m512i pair, third;
};

ALWAYS_INLINE struct triple_digits triple_digits(void) {
    const __m512i code = words_from(0);
    return (struct triple_digits){digit_pair(code), quotient(code, 9)};
}

/* 27 sums of three activations; words 27..31 are never looked up. */
ALWAYS_INLINE __m512i sums3(struct triple_digits d, const int8_t *q) {
    int16_t two;
    memcpy(&two, q, sizeof two);
    const __m512i ab = _mm512_set1_epi16(two), c = _mm512_set1_epi16((uint8_t)q[2]);
    const __m512i sum = _mm512_maddubs_epi16(d.pair, ab), last = _mm512_maddubs_epi16(d.third, c);
    return _mm512_sub_epi16(_mm512_add_epi16(sum, last), _mm512_set1_epi16((short)(q[0] + q[1] + q[2])));
}

/* 81 sums of four activations in 96 words, each with `bias` added. */
struct plan4 {
    __m512i digits, low[3], high[3];
};

ALWAYS_INLINE struct plan4 plan4(void) {
    struct plan4 p = {.digits = digit_pair(_mm512_srli_epi16(words_from(0), 1))};
    UNROLL
    for (int i = 0; i < 3; i++) {
        const __m512i code = words_from(32 * i), q = quotient(code, 9), r = rest(code, q, 9);
        p.low[i] = _mm512_slli_epi16(r, 1);
        p.high[i] = _mm512_add_epi16(_mm512_slli_epi16(q, 1), _mm512_set1_epi16(1));
    }
    return p;
}

ALWAYS_INLINE void sums4(const struct plan4 *p, const int8_t *q, int bias, __m512i out[3]) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    const __m512i a = _mm512_set1_epi32(four);
    const __m512i ones = _mm512_set1_epi8(1), even = _mm512_set1_epi32(bias);
    const __m512i zero = _mm512_sub_epi16(_mm512_maddubs_epi16(ones, a), even);
    const __m512i part = _mm512_sub_epi16(_mm512_maddubs_epi16(p->digits, a), zero);
    UNROLL
    for (size_t i = 0; i < 3; i++)
        out[i] = _mm512_add_epi16(_mm512_permutexvar_epi16(p->low[i], part),
                                  _mm512_permutexvar_epi16(p->high[i], part));
}

/* The sums of magnitudes 0..121 of five activations in 128 words, each with `bias` added. */
struct plan5 {
    __m512i pair, third, take_pair, take_third, bias, low[4], high[4];
};

ALWAYS_INLINE struct plan5 plan5(int bias) {
    const __mmask32 upper = 0xf8000000u; /* words 27..31: columns 3, 4 with codes 4..8 */
    const __m512i code = words_from(0), late = words_from(4 - 27);
    struct plan5 p;
    p.pair = digit_pair(_mm512_mask_mov_epi16(code, upper, late));
    p.third = _mm512_mask_mov_epi16(quotient(code, 9), upper, _mm512_setzero_si512());
    p.take_pair = _mm512_mask_mov_epi16(_mm512_set1_epi16(0x0100), upper, _mm512_set1_epi16(0x0403));
    p.take_third =
        _mm512_mask_mov_epi16(_mm512_set1_epi16((short)0x8002), upper, _mm512_set1_epi16((short)0x8080));
    p.bias = _mm512_maskz_set1_epi16(upper, (short)bias);
    UNROLL
    for (int i = 0; i < 4; i++) {
        const __m512i plain = words_from(32 * i + 121), q = quotient(plain, 27);
        p.low[i] = rest(plain, q, 27);
        p.high[i] = _mm512_add_epi16(q, _mm512_set1_epi16(27 - 4));
    }
    return p;
}

/* Reads eight bytes from q. */
ALWAYS_INLINE void sums5(const struct plan5 *p, const int8_t *q, __m512i out[4]) {
    int64_t eight;
    memcpy(&eight, q, sizeof eight);
    const __m512i a = _mm512_set1_epi64(eight), ones = _mm512_set1_epi8(1);
    const __m512i ab = _mm512_shuffle_epi8(a, p->take_pair), c = _mm512_shuffle_epi8(a, p->take_third);
    const __m512i sum =
        _mm512_add_epi16(_mm512_maddubs_epi16(p->pair, ab), _mm512_maddubs_epi16(p->third, c));
    const __m512i zero = _mm512_add_epi16(_mm512_maddubs_epi16(ones, ab), _mm512_maddubs_epi16(ones, c));
    const __m512i part = _mm512_add_epi16(_mm512_sub_epi16(sum, zero), p->bias);
    UNROLL
    for (size_t i = 0; i < 4; i++)
        out[i] = _mm512_add_epi16(_mm512_permutexvar_epi16(p->low[i], part),
                                  _mm512_permutexvar_epi16(p->high[i], part));
}

#endif
