/* g2 by tbl (2.0 bpw, pairs of columns as 4-bit codes; packed by formats/memory/g2.c).
 *
 * A table holds the sums of a pair of activations, T = -256 .. 256, as two signed digits: T = 63 * high + low with |low| <= 31 and
 * |high| <= 4. Four low digits are added as bytes (124) and then widened; high digits of seven quads of pairs likewise (112). Per
 * quad and register of 16 rows, 128 weights: 2 loads, 2 and, 2 shifts, 8 tbl, 7 add, 2 saddw; the eight tables are loaded once for
 * 64 rows. */
#include "kernels/arm/vec_neon.h"

#include "base/pool.h"
#include "kernels/arm/prep.h"
#include "kernels/flush.h"
#include "kernels/formats/memory/group.h"
#include "kernels/run.h"

enum {
    RADIX = 63,
    RADIX_INVERSE = 1041, /* u / 63 = u * 1041 >> 16 for u <= 1322 */
    LOW = 31,             /* largest digits */
    HIGH = 4,
    BYTE_MOST = 127,
    HIGH_QUADS = BYTE_MOST / (4 * HIGH), /* quads whose high digits fit a byte */
    FLUSH_QUADS = TERN_INT16_MOST / (4 * LOW) / HIGH_QUADS * HIGH_QUADS, /* and whose low digits fit int16 */
    QUAD_TABLES = 4 * 32                                                 /* bytes of the tables of a quad */
};
_Static_assert(4 * LOW <= BYTE_MOST && FLUSH_QUADS * HIGH * 4 <= TERN_INT16_MOST, "g2: sums of digits");

enum { REGISTERS = TERN_GROUP_ROWS / VEC_BYTES }; /* of a line of codes */

/* The digits of eight entries. */
static inline void cut(int16x8_t t, int16x8_t *low, int16x8_t *high) {
    const uint16x8_t u = vreinterpretq_u16_s16(vaddq_s16(t, vdupq_n_s16(LOW + RADIX * HIGH)));
    const uint16x4_t lower = vshrn_n_u32(vmull_n_u16(vget_low_u16(u), RADIX_INVERSE), 16);
    const uint16x4_t upper = vshrn_n_u32(vmull_n_u16(vget_high_u16(u), RADIX_INVERSE), 16);
    *high = vsubq_s16(vreinterpretq_s16_u16(vcombine_u16(lower, upper)), vdupq_n_s16(HIGH));
    *low = vmlsq_n_s16(t, *high, RADIX);
}

/* The tables of pairs [from, to). Codes 9 to 15 name no pair. */
static void build(const int8_t *q, size_t from, size_t to, uint8_t *out) {
    static const int16_t first[8] = {-1, 0, 1, -1, 0, 1, -1, 0}, second[8] = {-1, -1, -1, 0, 0, 0, 1, 1};
    const int16x8_t d0 = vld1q_s16(first), d1 = vld1q_s16(second);
    for (size_t i = from; i < to; i++) {
        const int16_t a = q[2 * i], b = q[2 * i + 1];
        int16x8_t low[2], high[2];
        cut(vmlaq_n_s16(vmulq_n_s16(d0, a), d1, b), &low[0], &high[0]);
        cut(vsetq_lane_s16((int16_t)(a + b), vdupq_n_s16(0), 0), &low[1], &high[1]);
        vst1q_s8((int8_t *)out + 32 * i, vcombine_s8(vmovn_s16(low[0]), vmovn_s16(low[1])));
        vst1q_s8((int8_t *)out + 32 * i + 16, vcombine_s8(vmovn_s16(high[0]), vmovn_s16(high[1])));
    }
}

static size_t tables_bytes(const struct tern_call *c) {
    return tern_group_quads(c->w.k, 2) * QUAD_TABLES;
}

static void tables_run(const struct tern_call *c, size_t worker, size_t workers) {
    size_t from, to;
    tern_share(tern_group_quads(c->w.k, 2) * 4, 1, worker, workers, &from, &to);
    build(c->x->q, from, to, c->shared);
}

const struct tern_prep tern_prep_lut2_neon = {tables_bytes, tern_prep_no_bytes, tables_run, 0};

/* Two lines of codes at w, eight columns of 64 rows. The tables of one line at a time are in registers. */
ALWAYS_INLINE void quad(const uint8_t *w, const uint8_t *table, vec nibble, vec *high, vec *sum) {
    vec low[REGISTERS];
    UNROLL
    for (size_t line = 0; line < 2; line++, w += TERN_GROUP_ROWS, table += QUAD_TABLES / 2) {
        const vec low0 = v_load(table), high0 = v_load(table + 16), low1 = v_load(table + 32),
                  high1 = v_load(table + 48);
        UNROLL
        for (size_t r = 0; r < REGISTERS; r++) {
            const vec x = v_load(w + VEC_BYTES * r), a = v_and(x, nibble), b = v_shr8(x, 4);
            vec l = v_add8(v_look16(low0, a), v_look16(low1, b)),
                h = v_add8(v_look16(high0, a), v_look16(high1, b));
            v_settle(&l); /* or gcc keeps all entries until the end, in memory */
            v_settle(&h);
            low[r] = line ? v_add8(low[r], l) : l;
            high[r] = v_add8(high[r], h);
            v_settle(&low[r]);
            v_settle(&high[r]);
            if (!line) continue;
            sum[2 * r] = v_add_low(sum[2 * r], low[r]);
            sum[2 * r + 1] = v_add_high(sum[2 * r + 1], low[r]);
        }
    }
}

/* int32 sums of 64 rows + int16 sums of low and of high digits. */
ALWAYS_INLINE void flush(int32_t *y, const vec *low, const vec *high) {
    UNROLL
    for (size_t i = 0; i < 2 * REGISTERS; i++) {
        const int16x8_t l = V_S16(low[i]), h = V_S16(high[i]);
        int32_t *at = y + 8 * i;
        vst1q_s32(at, vmlal_n_s16(vaddw_s16(vld1q_s32(at), vget_low_s16(l)), vget_low_s16(h), RADIX));
        vst1q_s32(at + 4, vmlal_n_s16(vaddw_high_s16(vld1q_s32(at + 4), l), vget_high_s16(h), RADIX));
    }
}

static void panel(const uint8_t *w, const uint8_t *table, size_t quads, size_t ahead,
                  int32_t y[TERN_GROUP_ROWS]) {
    vec nibble = v_bytes(15);
    v_settle(&nibble);
    memset(y, 0, TERN_GROUP_ROWS * sizeof *y);
    for (size_t q = 0; q < quads;) {
        const size_t stop = tern_min(quads, q + FLUSH_QUADS);
        vec sum[2 * REGISTERS], wide[2 * REGISTERS];
        UNROLL
        for (size_t i = 0; i < 2 * REGISTERS; i++) {
            sum[i] = wide[i] = v_zero();
            v_settle(&sum[i]);
            v_settle(&wide[i]);
        }
        while (q < stop) {
            vec high[REGISTERS];
            UNROLL
            for (size_t r = 0; r < REGISTERS; r++) {
                high[r] = v_zero();
                v_settle(&high[r]);
            }
            for (const size_t pause = tern_min(stop, q + HIGH_QUADS); q < pause; q++) {
                v_prefetch(w + ahead);
                v_prefetch(w + ahead + TERN_GROUP_ROWS);
                quad(w, table, nibble, high, sum);
                w += 2 * TERN_GROUP_ROWS;
                table += QUAD_TABLES;
            }
            UNROLL
            for (size_t r = 0; r < REGISTERS; r++) {
                wide[2 * r] = v_add_low(wide[2 * r], high[r]);
                wide[2 * r + 1] = v_add_high(wide[2 * r + 1], high[r]);
            }
        }
        flush(y, sum, wide);
    }
}

static void multiply(const struct tern_call *c, size_t row0, size_t row1) {
    const size_t quads = tern_group_quads(c->w.k, 2), bytes = tern_g2_panel_bytes(c->w.k);
    for (size_t r = row0; r < row1; r += TERN_GROUP_ROWS) {
        int32_t y[TERN_GROUP_ROWS];
        panel((const uint8_t *)c->w.data + r / TERN_GROUP_ROWS * bytes, c->shared, quads,
              (size_t)c->param[TERN_P_PREFETCH], y);
        memcpy((int32_t *)c->y + r, y, tern_min(TERN_GROUP_ROWS, row1 - r) * sizeof *y);
    }
}

TERN_RUN(gemv_g2_i8_r64k8__neon, multiply(c, row0, row1))
