/* Look-up of 4-bit codes in tables of 16 byte pairs, eight groups at a time, for every register width: g2 (pairs of
 * columns), g3 (triples, signs apart), b64 (fours of binary columns).
 *
 * Unpacking each pair of looked-up bytes to int16 (as TL1 and TL2 do) costs as much as the look-up. Here an
 * entry is two signed digits of base 32 (g3: 31), so small that eight of them add up in a byte. Then vpmaddubsw by
 * (1, 0), (0, 1), (R, 0) and (0, R) widens them into int16 sums of the even and of the odd rows: once in eight
 * groups 4 multiplications and 4 adds. Those sums are exact modulo 2^16, and fit as long as no more than
 * TERN_FLUSH_ENTRIES(columns) groups were added since the flush.
 *
 * Per group and register (loads apart):
 *
 *              index   shuffles   signs   adds   widening   operations   columns
 *     PAIRS    1.5     2          -       1.75   1           6.25        2
 *     TRIPLES  1.5     2          3.1     1.75   1           9.4         3      (AVX-512: 3 for signs)
 *     BITS     1.5     2          -       1.75   1           6.25        4
 *
 * and the table once for all registers: 2 loads. */
#ifndef TERN_KERNELS_X86_LUT_OCTETS_H
#define TERN_KERNELS_X86_LUT_OCTETS_H

#include "kernels/flush.h"
#include "kernels/x86/lut/rows.h"

enum { OCTET = 8, OCTET_LINES = 4, BYTE_SUM_LEAST = -128, BYTE_SUM_MOST = 127 };

_Static_assert(OCTET *LUT_LEAST >= BYTE_SUM_LEAST && OCTET * (LUT_RADIX - 1 + LUT_LEAST) <= BYTE_SUM_MOST,
               "octets: low digits, and the high digits of b64");
_Static_assert(OCTET *LUT_SIGNED_MOST <= BYTE_SUM_MOST, "octets: low digits of g3, which may be negated");
_Static_assert(TERN_FLUSH_BITS *(512 + LUT_SUBSET_BIAS) <= TERN_INT16_LEAST, "octets: int16 sums of b64");

/* The sign of a triple, in bit 7 of a byte that is never 0, as psignb wants it: bit 7 - j of the line of signs.
 * Doubling moves the next one up. Bit 0 is set for the other seven, so the eighth is taken from the line. */
ALWAYS_INLINE void octet_sign(vec line, vec *sign, int j) {
#if VEC_BITS < 512
    if (j == 0)
        *sign = v_or(line, v_bytes(1));
    else if (j == 7)
        *sign = v_or(v_shl16(line, 7), v_bytes(1));
    else
        *sign = v_add8(*sign, *sign);
    v_settle(sign);
#else
    (void)j;
    *sign = line;
#endif
}

ALWAYS_INLINE vec octet_negate(vec t, vec sign, int j) {
#if VEC_BITS < 512
    (void)j;
    return v_sign8(t, sign);
#else
    return v_negate8_where(t, sign, j);
#endif
}

/* One unit for x->regs registers at w: eight look-ups, added as bytes and widened. */
ALWAYS_INLINE void octet(const struct lut *f, const struct lut_tile *x, const uint8_t *const *w, size_t at,
                         const uint8_t *tab, struct halves *s) {
    const int radix = f->columns == 3 ? LUT_SIGNED_RADIX : LUT_RADIX, triples = f->columns == 3;
    vec low[4], high[4], sign[4];
    UNROLL
    for (int j = 0; j < OCTET; j++, tab += f->table) UNROLL
    for (size_t r = 0; r < x->regs; r++) {
        const uint8_t *codes = w[r] + at;
        const vec c = v_load(codes + j / 2 * TERN_GROUP_ROWS);
        const vec index = v_and(j % 2 ? v_shr16(c, 4) : c, v_bytes(15));
        vec lo = v_look16(v_table(tab), index), hi = v_look16(v_table(tab + 16), index);
        if (triples) {
            octet_sign(v_load(codes + OCTET_LINES * TERN_GROUP_ROWS), &sign[r], j);
            lo = octet_negate(lo, sign[r], j);
            hi = octet_negate(hi, sign[r], j);
        }
        low[r] = j ? v_add8(low[r], lo) : lo;
        high[r] = j ? v_add8(high[r], hi) : hi;
        v_settle(&low[r]);
        v_settle(&high[r]);
    }
    UNROLL
    for (size_t r = 0; r < x->regs; r++) {
        s[r].even = v_mad(s[r].even, v_words(1), low[r]);
        s[r].odd = v_mad(s[r].odd, v_words(1 << 8), low[r]);
        s[r].even = v_mad(s[r].even, v_words(radix), high[r]);
        s[r].odd = v_mad(s[r].odd, v_words(radix << 8), high[r]);
    }
}

ALWAYS_INLINE void octet_tile(const struct lut *f, const struct tern_call *c, struct lut_tile x) {
    const uint8_t *tab = x.tab, *w[4];
    struct lanes sum[4];
    UNROLL
    for (size_t r = 0; r < x.regs; r++) {
        w[r] = lut_codes(f, c, &x, r);
        UNROLL
        for (size_t i = 0; i < 4; i++) sum[r].v[i] = v_zero();
    }
    size_t at = 0;
    for (size_t u = x.first; u < x.stop;) {
        const size_t stop = tern_min(x.stop, u + x.flush);
        struct halves s[4];
        UNROLL
        for (size_t r = 0; r < x.regs; r++) s[r].even = s[r].odd = v_zero();
        for (; u < stop; u++, at += f->bytes, tab += OCTET * f->table) {
            UNROLL
            for (size_t r = 0; r < x.regs; r++) lut_prefetch(f, &x, w[r] + at, r);
            octet(f, &x, w, at, tab, s);
        }
        UNROLL
        for (size_t r = 0; r < x.regs; r++) add_halves(&sum[r], s[r]);
    }
    UNROLL
    for (size_t r = 0; r < x.regs; r++) {
        UNROLL
        for (size_t i = 0; i < 4; i++)
            if (f->binary) sum[r].v[i] = v_add32(v_shl32(sum[r].v[i], 1), v_ints(x.first ? 0 : x.start));
        put_rows(x.y, x.row + r * VEC_BYTES, x.end, sum[r], x.first != 0);
    }
}

/* The families: g2, g3 and b64 by the columns of a group. */
ALWAYS_INLINE struct lut octet_family(size_t columns, lut_build_fn *build) {
    return (struct lut){.columns = columns,
                        .groups = OCTET,
                        .bytes = (OCTET_LINES + (columns == 3)) * TERN_GROUP_ROWS,
                        .table = LUT_PAIR_BYTES,
                        .binary = columns == 4,
                        .build = build};
}

#endif
