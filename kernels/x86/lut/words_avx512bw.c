/* Look-up with int16 entries and 32 rows per register: one register of 27 entries (g3w, vpermw), or four of
 * 122 with the sign apart (g5, two vpermi2w and a blend). No digits, no unpacking, no bias.
 *
 * Per register of 32 rows (loads apart):
 *   g3w   3 vpermw, 2 shifts, 3 adds per 9 columns; table: 3 loads for all registers
 *   g5    1 vpmovzxbw, 2 vpermi2w, 1 test + 1 blend, 1 test + 1 masked negation, 1 add per 5 columns; table:
 *         4 loads.
 * Sums stay in int16 for at most 85 (g3w) or 51 (g5) groups: |entry| <= 128 g. */
#include "kernels/x86/vec_avx512.h"

#include "base/pool.h"
#include "kernels/formats/memory/group.h"
#include "kernels/prep/lut.h"
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
ALWAYS_INLINE void add_words(const __m512i *x, const uint8_t *tab, size_t pitch, size_t regs, size_t tokens,
                             __m512i acc[4][4]) {
    UNROLL
    for (size_t t = 0; t < tokens; t++) {
        const __m512i table = _mm512_load_si512(tab + t * pitch);
        UNROLL
        for (size_t r = 0; r < regs; r++) {
            acc[t][r] = _mm512_add_epi16(acc[t][r], _mm512_permutexvar_epi16(x[r], table));
            v_settle(&acc[t][r]);
        }
    }
}

ALWAYS_INLINE void add_fives(const __m512i *x, const uint8_t *tab, size_t pitch, size_t regs, size_t tokens,
                             __m512i acc[4][4]) {
    UNROLL
    for (size_t t = 0; t < tokens; t++, tab += pitch) {
        const __m512i t0 = _mm512_load_si512(tab), t1 = _mm512_load_si512(tab + 64);
        const __m512i t2 = _mm512_load_si512(tab + 128), t3 = _mm512_load_si512(tab + 192);
        UNROLL
        for (size_t r = 0; r < regs; r++) {
            const __m512i low = _mm512_permutex2var_epi16(t0, x[r], t1);
            const __m512i high = _mm512_permutex2var_epi16(t2, x[r], t3);
            const __mmask32 upper = _mm512_test_epi16_mask(x[r], _mm512_set1_epi16(64));
            const __mmask32 negative = _mm512_test_epi16_mask(x[r], _mm512_set1_epi16(128));
            const __m512i v = _mm512_mask_blend_epi16(upper, low, high);
            const __m512i signed_v = _mm512_mask_sub_epi16(v, negative, _mm512_setzero_si512(), v);
            acc[t][r] = _mm512_add_epi16(acc[t][r], signed_v);
            v_settle(&acc[t][r]);
        }
    }
}

ALWAYS_INLINE void put_sums(int32_t *y, size_t row, size_t end, __m512i low, __m512i high, int first) {
    y += row;
    const size_t live = tern_min(end - row, 32);
    const __mmask16 a = (__mmask16)(live >= 16 ? 0xffffu : (1u << live) - 1);
    const __mmask16 b = (__mmask16)(live <= 16 ? 0 : live == 32 ? 0xffffu : (1u << (live - 16)) - 1);
    if (!first) {
        low = _mm512_add_epi32(low, _mm512_maskz_loadu_epi32(a, y));
        high = _mm512_add_epi32(high, _mm512_maskz_loadu_epi32(b, y + 16));
    }
    _mm512_mask_storeu_epi32(y, a, low);
    _mm512_mask_storeu_epi32(y + 16, b, high);
}

/* `regs` registers of rows x `tokens` tokens, whose tables are `pitch` apart. */
ALWAYS_INLINE void tile(enum word_kind f, const struct tern_call *c, int32_t *y, size_t row, size_t end,
                        size_t u0, size_t u1, const uint8_t *tab, size_t pitch, size_t flush, size_t ahead,
                        size_t regs, size_t tokens) {
    const uint8_t *w[4];
    __m512i wide[4][4][2];
    UNROLL
    for (size_t r = 0; r < regs; r++) {
        w[r] = codes_of(f, c, row + 32 * r);
        UNROLL
        for (size_t t = 0; t < tokens; t++) wide[t][r][0] = wide[t][r][1] = _mm512_setzero_si512();
    }
    for (size_t u = u0; u < u1;) {
        const size_t stop = tern_min(u1, u + flush);
        __m512i acc[4][4];
        UNROLL
        for (size_t t = 0; t < tokens; t++) UNROLL
        for (size_t r = 0; r < regs; r++) acc[t][r] = _mm512_setzero_si512();
        for (; u < stop; u++, tab += unit_table(f)) {
            __m512i x[4];
            UNROLL
            for (size_t r = 0; r < regs; r++) {
                const uint8_t *at = w[r] + u * 64;
                if (ahead) _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
                x[r] = f == TRIPLE_WORD ? _mm512_load_si512(at)
                                        : _mm512_cvtepu8_epi16(_mm256_load_si256((const __m256i *)at));
            }
            if (f == FIVE_BYTE) {
                add_fives(x, tab, pitch, regs, tokens, acc);
                continue;
            }
            UNROLL
            for (size_t s = 0; s < 3; s++) {
                add_words(x, tab + 64 * s, pitch, regs, tokens, acc);
                UNROLL
                for (size_t r = 0; r < regs; r++) x[r] = _mm512_srli_epi16(x[r], 5);
            }
        }
        UNROLL
        for (size_t t = 0; t < tokens; t++) UNROLL
        for (size_t r = 0; r < regs; r++) {
            const __m512i a = acc[t][r];
            const __m512i low = _mm512_cvtepi16_epi32(_mm512_castsi512_si256(a));
            const __m512i high = _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(a, 1));
            wide[t][r][0] = _mm512_add_epi32(wide[t][r][0], low);
            wide[t][r][1] = _mm512_add_epi32(wide[t][r][1], high);
        }
    }
    UNROLL
    for (size_t t = 0; t < tokens; t++) UNROLL
    for (size_t r = 0; r < regs; r++)
        put_sums(y + t * c->ldy, row + 32 * r, end, wide[t][r][0], wide[t][r][1], u0 == 0);
}

ALWAYS_INLINE void all_rows(enum word_kind f, const struct tern_call *c, int32_t *y, size_t row0, size_t row1,
                            size_t u0, size_t u1, const uint8_t *tab, size_t pitch, size_t ahead,
                            size_t tokens) {
    const int regs = c->param[TERN_LUT_ROWS];
    const size_t flush = (size_t)c->param[TERN_LUT_FLUSH] / unit_groups(f);
    size_t r = row0;
    if (regs >= 4)
        for (; r + 96 < row1; r += 128) tile(f, c, y, r, row1, u0, u1, tab, pitch, flush, ahead, 4, tokens);
    if (regs >= 2)
        for (; r + 32 < row1; r += 64) tile(f, c, y, r, row1, u0, u1, tab, pitch, flush, ahead, 2, tokens);
    for (; r < row1; r += 32) tile(f, c, y, r, row1, u0, u1, tab, pitch, flush, ahead, 1, tokens);
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
        __m512i t[4];
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
        all_rows(f, c, c->y, row0, row1, u, tern_min(units, u + step),
                 (const uint8_t *)c->shared + u * unit_table(f), 0, (size_t)c->param[TERN_LUT_PREFETCH], 1);
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
            int32_t *y = (int32_t *)c->y + t * c->ldy;
            if (some == tokens)
                all_rows(f, c, y, row0, row1, u, stop, local, pitch, 0, tokens);
            else if (some == 2)
                all_rows(f, c, y, row0, row1, u, stop, local, pitch, 0, 2);
            else
                all_rows(f, c, y, row0, row1, u, stop, local, pitch, 0, 1);
            t += some;
        }
    }
}

static size_t nothing(const struct tern_call *c) {
    (void)c;
    return 0;
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

const struct tern_prep tern_prep_lut3w_avx512bw = {triple_bytes, nothing, triple_run, 0};
const struct tern_prep tern_prep_lut5w_avx512bw = {five_bytes, nothing, five_run, 0};

tern_run_fn gemv_g3w_i8_r32k9__avx512bw, gemm_g3w_i8_r32k9n2__avx512bw, gemm_g3w_i8_r32k9n4__avx512bw;
tern_run_fn gemv_g5_i8_r32k5__avx512bw, gemm_g5_i8_r32k5__avx512bw;

void gemv_g3w_i8_r32k9__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    gemv(TRIPLE_WORD, c, row0, row1);
}

void gemm_g3w_i8_r32k9n2__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    gemm(TRIPLE_WORD, c, row0, row1, local, 2);
}

void gemm_g3w_i8_r32k9n4__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    gemm(TRIPLE_WORD, c, row0, row1, local, 4);
}

void gemv_g5_i8_r32k5__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    gemv(FIVE_BYTE, c, row0, row1);
}

void gemm_g5_i8_r32k5__avx512bw(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    gemm(FIVE_BYTE, c, row0, row1, local, 1);
}
