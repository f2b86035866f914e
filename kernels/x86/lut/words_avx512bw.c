/* Look-up with int16 entries and 32 rows per register: one register of 27 entries (g3w, vpermw), or four of
 * 122 with the sign apart (g5, two vpermi2w and a blend). No digits, no unpacking, no bias.
 *
 * Per register of 32 rows (loads apart):
 *   g3w   3 vpermw, 2 shifts, 3 adds per 9 columns; table: 3 loads for all registers
 *   g5    1 vpmovzxbw, 2 vpermi2w, 1 test + 1 blend, 1 test + 1 masked negation, 1 add per 5 columns; table:
 *         4 loads.
 * Sums stay in int16 for at most TERN_FLUSH_ENTRIES(g) groups: |entry| <= 128 g. g3w and g5 are packed by
 * formats/memory/g3w.c and g5.c. */
#include "kernels/x86/vec_avx512.h"

#include "base/pool.h"
#include "kernels/flush.h"
#include "kernels/formats/memory/group.h"
#include "kernels/prep/lut.h"
#include "kernels/run.h"
#include "kernels/x86/lut/wide.h"

/* An unit is what a flush interval and a block are made of. */
enum word_kind {
    TRIPLE_WORD /* 9 columns, 3 tables of 64 bytes */,
    FIVE_BYTE /* 5 columns, 1 table of 256 */
};

ALWAYS_INLINE size_t unit_columns(enum word_kind f) {
    return f == TRIPLE_WORD ? 9 : 5;
}

ALWAYS_INLINE size_t unit_groups(enum word_kind f) {
    return f == TRIPLE_WORD ? 3 : 1;
}

ALWAYS_INLINE size_t unit_table(enum word_kind f) {
    return f == TRIPLE_WORD ? 192 : 256;
}

ALWAYS_INLINE size_t units_of(enum word_kind f, size_t k) {
    return (k + unit_columns(f) - 1) / unit_columns(f);
}

/* First byte of the codes of 32 rows: a panel of g3w, half a panel of g5. */
ALWAYS_INLINE const uint8_t *codes_of(enum word_kind f, const struct tern_call *c, size_t row) {
    const uint8_t *w = c->w.data;
    if (f == TRIPLE_WORD) return w + row / TERN_TRIPLE_ROWS * tern_g3w_panel_bytes(c->w.k);
    return w + row / TERN_GROUP_ROWS * tern_g5_panel_bytes(c->w.k) + row % TERN_GROUP_ROWS;
}

/* acc[t][r] += the entries of codes x[r] in each token's table; the loads of a table serve all rows. */
ALWAYS_INLINE void add_words(const vec *x, const uint8_t *tab, size_t pitch, size_t regs, size_t tokens,
                             vec acc[4][4]) {
    UNROLL
    for (size_t t = 0; t < tokens; t++) {
        const vec table = v_load(tab + t * pitch);
        UNROLL
        for (size_t r = 0; r < regs; r++) {
            acc[t][r] = v_add16(acc[t][r], _mm512_permutexvar_epi16(x[r], table));
            v_settle(&acc[t][r]);
        }
    }
}

ALWAYS_INLINE void add_fives(const vec *x, const uint8_t *tab, size_t pitch, size_t regs, size_t tokens,
                             vec acc[4][4]) {
    UNROLL
    for (size_t t = 0; t < tokens; t++, tab += pitch) {
        const vec t0 = v_load(tab), t1 = v_load(tab + 64);
        const vec t2 = v_load(tab + 128), t3 = v_load(tab + 192);
        UNROLL
        for (size_t r = 0; r < regs; r++) {
            const vec low = _mm512_permutex2var_epi16(t0, x[r], t1);
            const vec high = _mm512_permutex2var_epi16(t2, x[r], t3);
            const __mmask32 upper = _mm512_test_epi16_mask(x[r], _mm512_set1_epi16(64));
            const __mmask32 negative = _mm512_test_epi16_mask(x[r], _mm512_set1_epi16(128));
            const vec v = _mm512_mask_blend_epi16(upper, low, high);
            const vec signed_v = _mm512_mask_sub_epi16(v, negative, v_zero(), v);
            acc[t][r] = v_add16(acc[t][r], signed_v);
            v_settle(&acc[t][r]);
        }
    }
}

ALWAYS_INLINE void put_sums(int32_t *y, size_t row, size_t end, vec low, vec high, int first) {
    y += row;
    const size_t live = tern_min(end - row, 32);
    const __mmask16 a = (__mmask16)(live >= 16 ? 0xffffu : (1u << live) - 1);
    const __mmask16 b = (__mmask16)(live <= 16 ? 0 : live == 32 ? 0xffffu : (1u << (live - 16)) - 1);
    if (!first) {
        low = v_add32(low, _mm512_maskz_loadu_epi32(a, y));
        high = v_add32(high, _mm512_maskz_loadu_epi32(b, y + 16));
    }
    _mm512_mask_storeu_epi32(y, a, low);
    _mm512_mask_storeu_epi32(y + 16, b, high);
}

/* A tile: `regs` registers of rows from `row` on, units [first, stop), and `tokens` tokens whose tables are at
 * `tab`, `pitch` apart. */
struct word_tile {
    int32_t *y;
    size_t row, end; /* rows from `end` on are not stored */
    size_t first, stop;
    const uint8_t *tab;
    size_t pitch, regs, tokens, flush, ahead; /* flush: units between two flushes */
};

ALWAYS_INLINE void tile(enum word_kind f, const struct tern_call *c, struct word_tile x) {
    const uint8_t *tab = x.tab;
    const uint8_t *w[4];
    vec wide[4][4][2];
    UNROLL
    for (size_t r = 0; r < x.regs; r++) {
        w[r] = codes_of(f, c, x.row + 32 * r);
        UNROLL
        for (size_t t = 0; t < x.tokens; t++) wide[t][r][0] = wide[t][r][1] = v_zero();
    }
    for (size_t u = x.first; u < x.stop;) {
        const size_t stop = tern_min(x.stop, u + x.flush);
        vec acc[4][4];
        UNROLL
        for (size_t t = 0; t < x.tokens; t++) UNROLL
        for (size_t r = 0; r < x.regs; r++) acc[t][r] = v_zero();
        for (; u < stop; u++, tab += unit_table(f)) {
            vec codes[4];
            UNROLL
            for (size_t r = 0; r < x.regs; r++) {
                const uint8_t *at = w[r] + u * 64;
                if (x.ahead) _mm_prefetch((const char *)(at + x.ahead), _MM_HINT_T0);
                codes[r] = f == TRIPLE_WORD ? v_load(at)
                                            : _mm512_cvtepu8_epi16(_mm256_load_si256((const __m256i *)at));
            }
            if (f == FIVE_BYTE) {
                add_fives(codes, tab, x.pitch, x.regs, x.tokens, acc);
                continue;
            }
            UNROLL
            for (size_t s = 0; s < 3; s++) {
                add_words(codes, tab + 64 * s, x.pitch, x.regs, x.tokens, acc);
                UNROLL
                for (size_t r = 0; r < x.regs; r++) codes[r] = v_shr16(codes[r], 5);
            }
        }
        UNROLL
        for (size_t t = 0; t < x.tokens; t++) UNROLL
        for (size_t r = 0; r < x.regs; r++) {
            const vec a = acc[t][r];
            const vec low = _mm512_cvtepi16_epi32(_mm512_castsi512_si256(a));
            const vec high = _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(a, 1));
            wide[t][r][0] = v_add32(wide[t][r][0], low);
            wide[t][r][1] = v_add32(wide[t][r][1], high);
        }
    }
    UNROLL
    for (size_t t = 0; t < x.tokens; t++) UNROLL
    for (size_t r = 0; r < x.regs; r++)
        put_sums(x.y + t * c->ldy, x.row + 32 * r, x.end, wide[t][r][0], wide[t][r][1], x.first == 0);
}

/* Rows [row0, x.end), as many registers together as the parameter says and the rows allow. */
ALWAYS_INLINE void all_rows(enum word_kind f, const struct tern_call *c, size_t row0, struct word_tile x) {
    const int regs = c->param[TERN_LUT_ROWS];
    x.flush = (size_t)c->param[TERN_LUT_FLUSH] / unit_groups(f);
    x.row = row0;
    if (regs >= 4)
        for (x.regs = 4; x.row + 96 < x.end; x.row += 128) tile(f, c, x);
    if (regs >= 2)
        for (x.regs = 2; x.row + 32 < x.end; x.row += 64) tile(f, c, x);
    for (x.regs = 1; x.row < x.end; x.row += 32) tile(f, c, x);
}

static inline void build_triples(const int8_t *q, size_t count, uint8_t *out) {
    const struct triple_digits d = triple_digits();
    for (size_t i = 0; i < count; i++) {
        UNROLL
        for (size_t j = 0; j < 3; j++, q += 3, out += 64) _mm512_store_si512(out, sums3(d, q));
    }
}

static inline void build_fives(const int8_t *q, size_t count, uint8_t *out) {
    const struct plan5 p = plan5(0);
    for (size_t i = 0; i < count; i++, q += 5, out += 256) {
        vec t[4];
        sums5(&p, q, t);
        UNROLL
        for (size_t h = 0; h < 4; h++) _mm512_store_si512(out + 64 * h, t[h]);
    }
}

ALWAYS_INLINE lut_build_fn *builder(enum word_kind f) {
    return f == TRIPLE_WORD ? build_triples : build_fives;
}

ALWAYS_INLINE size_t shared_bytes(enum word_kind f, const struct tern_call *c) {
    return units_of(f, c->w.k) * unit_table(f);
}

ALWAYS_INLINE void prepare(enum word_kind f, const struct tern_call *c, size_t worker, size_t workers) {
    size_t from, to;
    tern_share(units_of(f, c->w.k), 1, worker, workers, &from, &to);
    build_range(c->x->q, c->x->stride, unit_columns(f), from, to, unit_table(f),
                (uint8_t *)c->shared + from * unit_table(f), builder(f));
}

ALWAYS_INLINE size_t block_units(enum word_kind f, const struct tern_call *c) {
    const size_t unit = f == TRIPLE_WORD ? 9 : 20; /* as kernels/x86/prep.c sizes the scratch */
    return tern_lut_block(c, unit) / unit_columns(f);
}

ALWAYS_INLINE void gemv(enum word_kind f, const struct tern_call *c, size_t row0, size_t row1) {
    const size_t units = units_of(f, c->w.k), step = block_units(f, c);
    for (size_t u = 0; u < units; u += step)
        all_rows(f, c, row0,
                 (struct word_tile){.y = c->y,
                                    .end = row1,
                                    .first = u,
                                    .stop = tern_min(units, u + step),
                                    .tab = (const uint8_t *)c->shared + u * unit_table(f),
                                    .tokens = 1,
                                    .ahead = (size_t)c->param[TERN_LUT_PREFETCH]});
}

/* `tokens` (1, 2 or 4) together share loads and shifts of the codes. */
ALWAYS_INLINE void gemm(enum word_kind f, const struct tern_call *c, size_t row0, size_t row1, uint8_t *local,
                        size_t tokens) {
    const size_t units = units_of(f, c->w.k), step = block_units(f, c), pitch = step * unit_table(f);
    for (size_t u = 0; u < units; u += step) {
        const size_t stop = tern_min(units, u + step);
        for (size_t t = 0; t < c->x->n;) {
            const size_t left = c->x->n - t;
            const size_t some = left >= tokens ? tokens : left >= 2 && tokens > 2 ? 2 : 1;
            for (size_t j = 0; j < some; j++)
                build_range(c->x->q + (t + j) * c->x->stride, c->x->stride, unit_columns(f), u, stop,
                            unit_table(f), local + j * pitch, builder(f));
            struct word_tile x = {.y = (int32_t *)c->y + t * c->ldy,
                                  .end = row1,
                                  .first = u,
                                  .stop = stop,
                                  .tab = local,
                                  .pitch = pitch};
            if (some == tokens) {
                x.tokens = tokens;
                all_rows(f, c, row0, x);
            } else if (some == 2) {
                x.tokens = 2;
                all_rows(f, c, row0, x);
            } else {
                x.tokens = 1;
                all_rows(f, c, row0, x);
            }
            t += some;
        }
    }
}

static size_t triple_bytes(const struct tern_call *c) {
    return shared_bytes(TRIPLE_WORD, c);
}

static void triple_run(const struct tern_call *c, size_t worker, size_t workers) {
    prepare(TRIPLE_WORD, c, worker, workers);
}

static size_t five_bytes(const struct tern_call *c) {
    return shared_bytes(FIVE_BYTE, c);
}

static void five_run(const struct tern_call *c, size_t worker, size_t workers) {
    prepare(FIVE_BYTE, c, worker, workers);
}

const struct tern_prep tern_prep_lut3w_avx512bw = {triple_bytes, tern_prep_no_bytes, triple_run, 0};
const struct tern_prep tern_prep_lut5w_avx512bw = {five_bytes, tern_prep_no_bytes, five_run, 0};

TERN_RUN(gemv_g3w_i8_r32k9__avx512bw, gemv(TRIPLE_WORD, c, row0, row1))
TERN_RUN(gemm_g3w_i8_r32k9n2__avx512bw, gemm(TRIPLE_WORD, c, row0, row1, local, 2))
TERN_RUN(gemm_g3w_i8_r32k9n4__avx512bw, gemm(TRIPLE_WORD, c, row0, row1, local, 4))
TERN_RUN(gemv_g5_i8_r32k5__avx512bw, gemv(FIVE_BYTE, c, row0, row1))
