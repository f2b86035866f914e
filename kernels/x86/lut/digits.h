/* Look-up of byte codes in tables of up to 128 byte pairs (two registers): g4 (fours of columns) and g5 (fives, the
 * sign apart), four groups at a time.
 *
 * An entry is two digits of base 63: T + 126 g + 31 = 63 * high + low, 0 <= low <= 62, 0 <= high <= 4 g. The
 * complement of both (62 - low, 4 g - high) is the entry of -T. Four low and twelve high digits are added as bytes
 * before one widening.
 *
 * A byte register x widens into two 16-bit sums of its even and odd bytes without unpacking: word += x as
 * 16-bit words, odd += x >> 8; even = word - 256 * odd. All of it is exact modulo 2^16, and so is taking off
 * the known bias; the sum of entries that remains fits int16 as long as no more than
 * TERN_FLUSH_ENTRIES(g) groups were added since the flush. */
#ifndef TERN_KERNELS_X86_LUT_DIGITS_H
#define TERN_KERNELS_X86_LUT_DIGITS_H

#include "kernels/flush.h"
#include "kernels/x86/lut/rows.h"

enum { RADIX = 63, RADIX_INVERSE = 1041 }; /* (u * 1041) >> 16 = u / 63 for u <= 1322 */
/* The entry that stands for T = 0, and what 4 of them add to a sum. */
enum { LUT_BIAS_PER_COLUMN = 126, LUT_BIAS = 31 };
enum { DIGIT_QUAD = 4, QUAD_TABLE = 256, PAUSE = 3 }; /* PAUSE: quads whose high digits fit a byte */

_Static_assert(DIGIT_QUAD *(RADIX - 1) <= TERN_BYTE_MOST && PAUSE * DIGIT_QUAD * (4 * 5) <= TERN_BYTE_MOST,
               "digits: sums in bytes");

/* Entry bytes of a group for the 64 codes at w. */
ALWAYS_INLINE void look_up(const struct lut *f, const uint8_t *w, const uint8_t *tab, vec *lo, vec *hi) {
#if defined(__AVX512VBMI__)
    vec x = v_load(w);
    v_settle(&x); /* one load, and a copy that costs nothing, instead of two loads */
    *lo = _mm512_permutex2var_epi8(v_load(tab), x, v_load(tab + 64));
    *hi = _mm512_permutex2var_epi8(v_load(tab + 128), x, v_load(tab + 192));
    if (f->columns == 4) return;
    const __mmask64 negative = _mm512_movepi8_mask(x);
    *lo = _mm512_mask_sub_epi8(*lo, negative, v_bytes(RADIX - 1), *lo);
    *hi = _mm512_mask_sub_epi8(*hi, negative, v_bytes(20), *hi);
#else
    (void)f, (void)tab;
    *lo = *hi = v_load(w); /* no family of this level */
#endif
}

/* One quad of groups for x->regs registers, added as bytes; `high` goes on, the low digits are widened here
 * (s.even is `word` until the flush). */
ALWAYS_INLINE void quad(const struct lut *f, const struct lut_tile *x, const uint8_t *const *w, size_t at,
                        const uint8_t *tab, vec *high, struct halves *s) {
    vec low[4];
    UNROLL
    for (size_t r = 0; r < x->regs; r++) lut_prefetch(f, x, w[r] + at, r);
    UNROLL
    for (int j = 0; j < DIGIT_QUAD; j++, tab += QUAD_TABLE, at += TERN_GROUP_ROWS) UNROLL
    for (size_t r = 0; r < x->regs; r++) {
        vec lo, hi;
        look_up(f, w[r] + at, tab, &lo, &hi);
        low[r] = j ? v_add8(low[r], lo) : lo;
        high[r] = v_add8(high[r], hi);
        v_settle(&low[r]);
        v_settle(&high[r]);
    }
    UNROLL
    for (size_t r = 0; r < x->regs; r++) {
        s[r].even = v_add16(s[r].even, low[r]);
        s[r].odd = v_add16(s[r].odd, v_shr16(low[r], 8));
    }
}

ALWAYS_INLINE void widen_high(vec high, struct halves *s) {
    const vec radix = v_words(RADIX);
    s->even = v_add16(s->even, v_mul16(high, radix));
    s->odd = v_add16(s->odd, v_mul16(v_shr16(high, 8), radix));
}

/* `even` from `word`, and the bias of `quads` quads taken off. */
ALWAYS_INLINE struct halves without_bias(const struct lut *f, struct halves s, size_t quads) {
    const vec b = v_words((int)(quads * DIGIT_QUAD * (LUT_BIAS_PER_COLUMN * f->columns + LUT_BIAS)));
    return (struct halves){v_sub16(v_sub16(s.even, v_shl16(s.odd, 8)), b), v_sub16(s.odd, b)};
}

/* Per group and register (loads apart):
 *
 *               shuffles   signs        adds   widening   operations   columns
 *     g4        2          -            1.75   1.2         4.9         4
 *     g5        2          3            1.75   1.2         7.9         5
 *
 * and the table once for all registers: 4 loads. */
ALWAYS_INLINE void digit_tile(const struct lut *f, const struct tern_call *c, struct lut_tile x) {
    const uint8_t *tab = x.tab, *w[4];
    struct lanes sum[4];
    UNROLL
    for (size_t r = 0; r < x.regs; r++) {
        w[r] = lut_codes(f, c, &x, r);
        UNROLL
        for (size_t i = 0; i < 4; i++) sum[r].v[i] = v_zero();
    }
    size_t at = 0;
    for (size_t q = x.first; q < x.stop;) {
        const size_t stop = tern_min(x.stop, q + x.flush), quads = stop - q;
        struct halves s[4];
        UNROLL
        for (size_t r = 0; r < x.regs; r++) s[r].even = s[r].odd = v_zero();
        while (q < stop) {
            vec high[4];
            UNROLL
            for (size_t r = 0; r < x.regs; r++) high[r] = v_zero();
            for (const size_t pause = tern_min(stop, q + PAUSE); q < pause; q++) {
                quad(f, &x, w, at, tab, high, s);
                at += f->bytes, tab += DIGIT_QUAD * QUAD_TABLE;
            }
            UNROLL
            for (size_t r = 0; r < x.regs; r++) widen_high(high[r], &s[r]);
        }
        UNROLL
        for (size_t r = 0; r < x.regs; r++) add_halves(&sum[r], without_bias(f, s[r], quads));
    }
    UNROLL
    for (size_t r = 0; r < x.regs; r++) put_rows(x.y, x.row + r * VEC_BYTES, x.end, sum[r], x.first != 0);
}

/* The families: g4 and g5 by the columns of a group. */
ALWAYS_INLINE struct lut digit_family(size_t columns, lut_build_fn *build) {
    return (struct lut){.columns = columns,
                        .groups = DIGIT_QUAD,
                        .bytes = DIGIT_QUAD * TERN_GROUP_ROWS,
                        .table = QUAD_TABLE,
                        .build = build};
}

#endif
