/* Codes of pairs of columns, two to a byte, by tbl: what g2 and TL1 share. One lane is one row.
 *
 * A table holds the sums of a pair of activations, T = -256 .. 256, as two signed digits: T = 63 * high + low with |low| <= 31 and
 * |high| <= 4. Four low digits are added as bytes (124) and then widened; high digits of seven quads of pairs likewise (112). Per
 * quad and register of 16 rows, 128 weights: 2 loads, 2 and, 2 shifts, 8 tbl, 7 add, 2 saddw; the eight tables are loaded once for
 * all rows. Include after kernels/arm/vec_neon.h. */
#ifndef TERN_KERNELS_ARM_LUT_PAIRS_H
#define TERN_KERNELS_ARM_LUT_PAIRS_H

#include "kernels/arm/vec_neon.h"

#include "kernels/flush.h"

enum {
    RADIX = 63,
    RADIX_INVERSE = 1041, /* u / 63 = u * 1041 >> 16 for u <= 1322 */
    LOW = 31,             /* largest digits */
    HIGH = 4,
    BYTE_MOST = 127,
    HIGH_QUADS = BYTE_MOST / (4 * HIGH), /* quads whose high digits fit a byte */
    FLUSH_QUADS = TERN_INT16_MOST / (4 * LOW) / HIGH_QUADS * HIGH_QUADS, /* and whose low digits fit int16 */
    PAIR_TABLES = 2 * VEC_BYTES,                                         /* bytes of the tables of a pair */
    LINE_COLUMNS = 4, /* a line: a byte of every row, two pairs */
    LINE_TABLES = 2 * PAIR_TABLES,
    PAIR_REGISTERS = 4 /* most rows that are walked together, as registers */
};
_Static_assert(4 * LOW <= BYTE_MOST && FLUSH_QUADS * HIGH * 4 <= TERN_INT16_MOST, "pairs: sums of digits");

/* The digits of eight entries. */
ALWAYS_INLINE void pairs_cut(int16x8_t t, int16x8_t *low, int16x8_t *high) {
    const uint16x8_t u = vreinterpretq_u16_s16(vaddq_s16(t, vdupq_n_s16(LOW + RADIX * HIGH)));
    const uint16x4_t lower = vshrn_n_u32(vmull_n_u16(vget_low_u16(u), RADIX_INVERSE), 16);
    const uint16x4_t upper = vshrn_n_u32(vmull_n_u16(vget_high_u16(u), RADIX_INVERSE), 16);
    *high = vsubq_s16(vreinterpretq_s16_u16(vcombine_u16(lower, upper)), vdupq_n_s16(HIGH));
    *low = vmlsq_n_s16(t, *high, RADIX);
}

/* The tables of one pair: entry i + 3 j is what trits i - 1 and j - 1 make of a and b. Entries 9 to 15 name no pair. */
ALWAYS_INLINE void pairs_table(int16_t a, int16_t b, uint8_t *out) {
    static const int16_t first[8] = {-1, 0, 1, -1, 0, 1, -1, 0}, second[8] = {-1, -1, -1, 0, 0, 0, 1, 1};
    const int16x8_t d0 = vld1q_s16(first), d1 = vld1q_s16(second);
    int16x8_t low[2], high[2];
    pairs_cut(vmlaq_n_s16(vmulq_n_s16(d0, a), d1, b), &low[0], &high[0]);
    pairs_cut(vsetq_lane_s16((int16_t)(a + b), vdupq_n_s16(0), 0), &low[1], &high[1]);
    vst1q_s8((int8_t *)out, vcombine_s8(vmovn_s16(low[0]), vmovn_s16(low[1])));
    vst1q_s8((int8_t *)out + VEC_BYTES, vcombine_s8(vmovn_s16(high[0]), vmovn_s16(high[1])));
}

/* Where the codes are: those of a register of 16 rows begin at at[r]; the second line of a quad is `line` bytes further, the next
 * quad `quad`. Where they are cut into tiles, a tile is so many quads, and `seam` bytes lie between it and the next. */
struct pair_codes {
    const uint8_t *at[PAIR_REGISTERS];
    size_t line, quad, tile, seam; /* tile 0: not cut */
};

/* Sums under way: int32 of the rows, and what has not been added to them. */
struct pair_sums {
    int32_t *y;
    vec low[2 * PAIR_REGISTERS], high[2 * PAIR_REGISTERS]; /* int16 */
};

ALWAYS_INLINE void pairs_clear(struct pair_sums *s, size_t registers) {
    UNROLL
    for (size_t i = 0; i < 2 * registers; i++) {
        s->low[i] = s->high[i] = v_zero();
        v_settle(&s->low[i]);
        v_settle(&s->high[i]);
    }
}

/* A quad of one or two lines; the first pair of a byte is in its lower bits. The tables of one line at a time are in registers. */
ALWAYS_INLINE void pairs_quad(const struct pair_codes *w, size_t registers, size_t lines,
                              const uint8_t *table, vec nibble, vec *high, struct pair_sums *s) {
    vec low[PAIR_REGISTERS];
    UNROLL
    for (size_t line = 0; line < lines; line++, table += LINE_TABLES) {
        const vec low0 = v_load(table), high0 = v_load(table + 16), low1 = v_load(table + 32),
                  high1 = v_load(table + 48);
        UNROLL
        for (size_t r = 0; r < registers; r++) {
            const vec x = v_load(w->at[r] + line * w->line), a = v_and(x, nibble), b = v_shr8(x, 4);
            vec l = v_add8(v_look16(low0, a), v_look16(low1, b)),
                h = v_add8(v_look16(high0, a), v_look16(high1, b));
            v_settle(&l); /* or gcc keeps all entries until the end, in memory */
            v_settle(&h);
            low[r] = line ? v_add8(low[r], l) : l;
            high[r] = v_add8(high[r], h);
            v_settle(&low[r]);
            v_settle(&high[r]);
            if (line + 1 < lines) continue;
            s->low[2 * r] = v_add_low(s->low[2 * r], low[r]);
            s->low[2 * r + 1] = v_add_high(s->low[2 * r + 1], low[r]);
            v_settle(&s->low[2 * r]); /* or it copies them */
            v_settle(&s->low[2 * r + 1]);
        }
    }
}

/* int32 sums of 16 rows a register + int16 sums of low and of high digits. */
ALWAYS_INLINE void pairs_flush(const struct pair_sums *s, size_t registers) {
    UNROLL
    for (size_t i = 0; i < 2 * registers; i++) {
        const int16x8_t l = V_S16(s->low[i]), h = V_S16(s->high[i]);
        int32_t *at = s->y + 8 * i;
        vst1q_s32(at, vmlal_n_s16(vaddw_s16(vld1q_s32(at), vget_low_s16(l)), vget_low_s16(h), RADIX));
        vst1q_s32(at + 4, vmlal_n_s16(vaddw_high_s16(vld1q_s32(at + 4), l), vget_high_s16(h), RADIX));
    }
}

/* Adds `quads` quads of `lines` lines each to y. */
ALWAYS_INLINE void pairs_walk(struct pair_codes w, size_t registers, size_t lines, const uint8_t *table,
                              size_t quads, size_t ahead, int32_t *y) {
    struct pair_sums s = {.y = y};
    vec nibble = v_bytes(15);
    v_settle(&nibble);
    for (size_t q = 0, left = w.tile; q < quads;) {
        const size_t stop = tern_min(quads, q + FLUSH_QUADS);
        pairs_clear(&s, registers);
        while (q < stop) {
            vec high[PAIR_REGISTERS];
            UNROLL
            for (size_t r = 0; r < registers; r++) {
                high[r] = v_zero();
                v_settle(&high[r]);
            }
            for (const size_t pause = tern_min(stop, q + HIGH_QUADS); q < pause; q++) {
                v_prefetch(w.at[0] + ahead);
                v_prefetch(w.at[registers - 1] + w.line + ahead);
                pairs_quad(&w, registers, lines, table, nibble, high, &s);
                table += lines * LINE_TABLES;
                size_t step = w.quad;
                if (w.tile && --left == 0) step += w.seam, left = w.tile;
                UNROLL
                for (size_t r = 0; r < registers; r++) w.at[r] += step;
            }
            UNROLL
            for (size_t r = 0; r < registers; r++) {
                s.high[2 * r] = v_add_low(s.high[2 * r], high[r]);
                s.high[2 * r + 1] = v_add_high(s.high[2 * r + 1], high[r]);
            }
        }
        pairs_flush(&s, registers);
    }
}

#endif
