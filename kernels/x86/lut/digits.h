/* Look-up kernels that add table entries as bytes: the tile, its flush and the loops around it, for every
 * register width.
 *
 * Unpacking each pair of looked-up bytes to int16 (as TL1 and TL2 do) costs as much as the look-up. Here
 * entries are two digits of base 63 (build.h), so that four low and twelve high digits are added as bytes
 * before one widening: per quad of groups and register 8 adds and 3 + 5/3 operations instead of 8 unpacks and
 * 8 adds of words.
 *
 * A byte register x widens into two 16-bit sums of its even and odd bytes without unpacking: word += x as
 * 16-bit words, odd += x >> 8; even = word - 256 * odd. All of it is exact modulo 2^16, and so is taking off
 * the known bias; the sum of entries that remains fits int16 as long as no more than
 * TERN_FLUSH_ENTRIES(g) groups were added since the flush. The layouts g2 .. g5 are packed by
 * formats/memory/g2.c .. g5.c. */
#ifndef TERN_KERNELS_X86_LUT_DIGITS_H
#define TERN_KERNELS_X86_LUT_DIGITS_H

#include "base/pool.h"
#include "kernels/flush.h"
#include "kernels/run.h"
#include "kernels/x86/lut/look_up.h"

/* int32 sums of one register of rows. Bytes: vector j, lane d = row 4d + j. Words: see add_words. */
struct lanes {
    vec v[4];
};

struct halves {
    vec word, odd;
};

ALWAYS_INLINE void add_halves(struct lanes *sum, struct halves s, unsigned bias) {
    const vec b = v_words((int)bias);
    const vec even = v_sub16(v_sub16(s.word, v_shl16(s.odd, 8)), b);
    const vec odd = v_sub16(s.odd, b);
    sum->v[0] = v_add32(sum->v[0], v_low16(even));
    sum->v[1] = v_add32(sum->v[1], v_low16(odd));
    sum->v[2] = v_add32(sum->v[2], v_high16(even));
    sum->v[3] = v_add32(sum->v[3], v_high16(odd));
}

/* Words of unpacklo/unpackhi: per 128 bits rows 0..7 and 8..15. */
ALWAYS_INLINE void add_words(struct lanes *sum, struct halves s) {
    sum->v[0] = v_add32(sum->v[0], v_low16(s.word));
    sum->v[1] = v_add32(sum->v[1], v_high16(s.word));
    sum->v[2] = v_add32(sum->v[2], v_low16(s.odd));
    sum->v[3] = v_add32(sum->v[3], v_high16(s.odd));
}

/* Results of one register of rows: stored by the first block of columns, added to by the others. */
ALWAYS_INLINE void put_rows(enum lut_kind f, int32_t *y, size_t row, size_t end, struct lanes sum,
                            int first) {
    int32_t raw[4][VEC_BYTES / 4], out[VEC_BYTES];
    const int words = is_words(f);
    const vec a = v_zip_low32(sum.v[0], sum.v[1]), b = v_zip_high32(sum.v[0], sum.v[1]);
    const vec c = v_zip_low32(sum.v[2], sum.v[3]), d = v_zip_high32(sum.v[2], sum.v[3]);
    v_store(raw[0], words ? a : v_zip_low64(a, c));
    v_store(raw[1], words ? b : v_zip_high64(a, c));
    v_store(raw[2], words ? c : v_zip_low64(b, d));
    v_store(raw[3], words ? d : v_zip_high64(b, d));
    for (size_t i = 0; i < VEC_BYTES / 4; i++) memcpy(out + 4 * i, raw[i % 4] + i / 4 * 4, 16);
    const size_t live = tern_min(end - row, VEC_BYTES);
    y += row;
    if (first)
        memcpy(y, out, live * sizeof *y);
    else
        for (size_t i = 0; i < live; i++) y[i] += out[i];
}

/* A tile: `regs` registers of rows from `row` on, and quads [first, stop) of one token, whose tables are at
 * `tab`. */
struct lut_tile {
    enum lut_kind f;
    int32_t *y;
    size_t row, end; /* rows from `end` on are not stored */
    size_t first, stop;
    const uint8_t *tab;
    size_t regs, flush, ahead; /* flush: quads between two flushes */
};

ALWAYS_INLINE void prefetch_quad(enum lut_kind f, const uint8_t *at, int odd_quad, size_t ahead) {
    const size_t lines = f == FOURS || f == FIVES ? 4 : (size_t)(2 + odd_quad);
    if (!ahead) return;
    UNROLL
    for (size_t i = 0; i < lines; i++) _mm_prefetch((const char *)(at + ahead + 64 * i), _MM_HINT_T0);
}

/* One quad of groups for x->regs registers, added as bytes; `high` goes on, the low digits are widened here.
 */
ALWAYS_INLINE void quad_digits(const struct lut_tile *x, const uint8_t *const *w, size_t at, int odd_quad,
                               const uint8_t *tab, vec start, vec *high, struct halves *s) {
    const enum lut_kind f = x->f;
    vec low[4];
    UNROLL
    for (size_t r = 0; r < x->regs; r++) low[r] = start;
    UNROLL
    for (int j = 0; j < 4; j++, tab += quad_table_bytes(f) / 4) UNROLL
    for (size_t r = 0; r < x->regs; r++) {
        vec lo, hi;
        look_up(f, w[r] + at, odd_quad, j, tab, &lo, &hi);
        low[r] = j || f == TRIPLES ? v_add8(low[r], lo) : lo;
        high[r] = v_add8(high[r], hi);
        v_settle(&low[r]);
        v_settle(&high[r]);
    }
    UNROLL
    for (size_t r = 0; r < x->regs; r++) {
        s[r].word = v_add16(s[r].word, low[r]);
        s[r].odd = v_add16(s[r].odd, v_shr16(low[r], 8));
    }
}

ALWAYS_INLINE void widen_high(vec high, struct halves *s) {
    const vec radix = v_words(RADIX);
    s->word = v_add16(s->word, v_mul16(high, radix));
    s->odd = v_add16(s->odd, v_mul16(v_shr16(high, 8), radix));
}

/* The same unpacked to int16 at once: s.word are the lower, s.odd the upper eight rows of every 128 bits. */
ALWAYS_INLINE void quad_words(const struct lut_tile *x, const uint8_t *const *w, size_t at, int odd_quad,
                              const uint8_t *tab, struct halves *s) {
    const enum lut_kind f = x->f;
    UNROLL
    for (int j = 0; j < 4; j++, tab += quad_table_bytes(f) / 4) UNROLL
    for (size_t r = 0; r < x->regs; r++) {
        vec lo, hi;
        look_up(f, w[r] + at, odd_quad, j, tab, &lo, &hi);
        vec a = v_zip_low8(lo, hi), b = v_zip_high8(lo, hi);
        if (f == TRIPLE_WORDS) {
            const vec signs = v_load(w[r] + at + sign_line(odd_quad));
            a = v_negate16_where(a, v_zip_low8(signs, signs), 4 * odd_quad + j);
            b = v_negate16_where(b, v_zip_high8(signs, signs), 4 * odd_quad + j);
        }
        s[r].word = v_add16(s[r].word, a);
        s[r].odd = v_add16(s[r].odd, b);
    }
}

ALWAYS_INLINE void quad(const struct lut_tile *x, const uint8_t *const *w, size_t at, int odd_quad,
                        const uint8_t *tab, vec start, vec *high, struct halves *s) {
    UNROLL
    for (size_t r = 0; r < x->regs; r++) prefetch_quad(x->f, w[r] + at, odd_quad, x->ahead);
    if (is_words(x->f))
        quad_words(x, w, at, odd_quad, tab, s);
    else
        quad_digits(x, w, at, odd_quad, tab, start, high, s);
}

/* All quads of a tile. Per group and register (loads apart):
 *
 *               index   shuffles   signs        adds   widening   operations   columns
 *     PAIRS     1.5     2          -            2      1.2         6.7         2       (WORDS:  7.5)
 *     TRIPLES   1.5     2          4            2.25   1.4        11.2         3       (WORDS: 13.5; AVX-512: 3 for signs)
 *     FOURS     -       2          -            1.75   1.2         4.9         4
 *     FIVES     -       2          3            1.75   1.2         7.9         5
 *
 * and the table once for all registers: 2 loads (FOURS, FIVES: 4). WORDS are unpacked at once: 1.5 index, 2
 * shuffles, 2 unpacks, 2 adds, and 6 for the signs of TRIPLE_WORDS. */
ALWAYS_INLINE void tile(const struct tern_call *c, struct lut_tile x) {
    const enum lut_kind f = x.f;
    const uint8_t *tab = x.tab;
    const size_t distance = panel_bytes(f, c->w.k), tab_step = quad_table_bytes(f);
    const vec start = f == TRIPLES ? v_bytes(128) : v_zero();
    const uint8_t *w[4];
    struct lanes sum[4];
    UNROLL
    for (size_t r = 0; r < x.regs; r++) {
        const size_t at = x.row + r * VEC_BYTES;
        w[r] = (const uint8_t *)c->w.data + at / TERN_GROUP_ROWS * distance + at % TERN_GROUP_ROWS;
        UNROLL
        for (size_t i = 0; i < 4; i++) sum[r].v[i] = v_zero();
    }
    for (size_t q = x.first; q < x.stop;) {
        const size_t stop = tern_min(x.stop, q + x.flush), quads = stop - q;
        struct halves s[4];
        UNROLL
        for (size_t r = 0; r < x.regs; r++) s[r].word = s[r].odd = v_zero();
        while (q < stop) {
            vec high[4];
            UNROLL
            for (size_t r = 0; r < x.regs; r++) high[r] = start;
            if (is_triple(f)) { /* two quads share a line of signs, whose places are constants */
                UNROLL
                for (int odd = 0; odd < 2; odd++, tab += tab_step)
                    quad(&x, w, quad_at(f, q) + (size_t)odd * 2 * TERN_GROUP_ROWS, odd, tab, start, high, s);
                q += 2;
            } else {
                for (const size_t pause = tern_min(stop, q + 3); q < pause; q++, tab += tab_step)
                    quad(&x, w, quad_at(f, q), 0, tab, start, high, s);
            }
            UNROLL
            for (size_t r = 0; r < x.regs; r++)
                if (!is_words(f)) widen_high(high[r], &s[r]);
        }
        UNROLL
        for (size_t r = 0; r < x.regs; r++) {
            if (is_words(f))
                add_words(&sum[r], s[r]);
            else
                add_halves(&sum[r], s[r], (unsigned)quads * quad_bias(f));
        }
    }
    UNROLL
    for (size_t r = 0; r < x.regs; r++) put_rows(f, x.y, x.row + r * VEC_BYTES, x.end, sum[r], x.first == 0);
}

/* Rows [row0, x.end), as many registers together as the parameter says and the rows allow. */
ALWAYS_INLINE void all_rows(const struct tern_call *c, size_t row0, struct lut_tile x) {
    const int regs = c->param[TERN_LUT_ROWS];
    x.flush = (size_t)c->param[TERN_LUT_FLUSH] / 4;
    x.row = row0;
    if (regs >= 4)
        for (x.regs = 4; x.row + 3 * VEC_BYTES < x.end; x.row += 4 * VEC_BYTES) tile(c, x);
    if (regs >= 2)
        for (x.regs = 2; x.row + VEC_BYTES < x.end; x.row += 2 * VEC_BYTES) tile(c, x);
    for (x.regs = 1; x.row < x.end; x.row += VEC_BYTES) tile(c, x);
}

/* Tables of all columns are in c->shared. */
ALWAYS_INLINE void lut_gemv(enum lut_kind f, const struct tern_call *c, size_t row0, size_t row1) {
    const size_t quads = all_quads(f, c->w.k), unit = is_triple(f) ? 2 : 1;
    const size_t step = tern_lut_block(c, unit * quad_columns(f)) / quad_columns(f);
    const size_t ahead = (size_t)c->param[TERN_LUT_PREFETCH];
    for (size_t q = 0; q < quads; q += step)
        all_rows(c, row0,
                 (struct lut_tile){.f = f,
                                   .y = c->y,
                                   .end = row1,
                                   .first = q,
                                   .stop = tern_min(quads, q + step),
                                   .tab = (const uint8_t *)c->shared + q * quad_table_bytes(f),
                                   .ahead = ahead});
}

/* Per block of columns and token the tables are built in `local`, by each worker for its own rows: the
 * block's weights and one token's tables stay in cache. */
ALWAYS_INLINE void lut_gemm(enum lut_kind f, const struct tern_call *c, size_t row0, size_t row1,
                            uint8_t *local, lut_build_fn *build) {
    const size_t quads = all_quads(f, c->w.k), unit = is_triple(f) ? 2 : 1;
    const size_t step = tern_lut_block(c, unit * quad_columns(f)) / quad_columns(f);
    for (size_t q = 0; q < quads; q += step) {
        const size_t stop = tern_min(quads, q + step);
        for (size_t t = 0; t < c->x->n; t++) {
            build_range(c->x->q + t * c->x->stride, c->x->stride, group_columns(f), 4 * q, 4 * stop,
                        quad_table_bytes(f) / 4, local, build);
            all_rows(c, row0,
                     (struct lut_tile){.f = f,
                                       .y = (int32_t *)c->y + t * c->ldy,
                                       .end = row1,
                                       .first = q,
                                       .stop = stop,
                                       .tab = local});
        }
    }
}

/* The preparation of lut_gemv: one token's tables, shared by the workers. */
ALWAYS_INLINE size_t lut_shared(enum lut_kind f, const struct tern_call *c) {
    return all_quads(f, c->w.k) * quad_table_bytes(f);
}

ALWAYS_INLINE void lut_prepare(enum lut_kind f, const struct tern_call *c, size_t worker, size_t workers,
                               lut_build_fn *build) {
    size_t from, to;
    tern_share(all_quads(f, c->w.k), 1, worker, workers, &from, &to);
    build_range(c->x->q, c->x->stride, group_columns(f), 4 * from, 4 * to, quad_table_bytes(f) / 4,
                (uint8_t *)c->shared + from * quad_table_bytes(f), build);
}

/* What a level instantiates: a GEMV with its preparation `lut<prep>_<level>`, and a GEMM. */
#define LUT_GEMV(name, prep, kind, builder)                                                                  \
    static size_t prep##_bytes(const struct tern_call *c) {                                                  \
        return lut_shared(kind, c);                                                                          \
    }                                                                                                        \
    static void prep##_run(const struct tern_call *c, size_t worker, size_t workers) {                       \
        lut_prepare(kind, c, worker, workers, builder);                                                      \
    }                                                                                                        \
    const struct tern_prep tern_prep_##prep = {prep##_bytes, tern_prep_no_bytes, prep##_run, 0};             \
    TERN_RUN(name, lut_gemv(kind, c, row0, row1))

#define LUT_GEMM(name, kind, builder) TERN_RUN(name, lut_gemm(kind, c, row0, row1, local, builder))

#endif
