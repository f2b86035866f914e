/* t5 (1.667 bpw, three rows in five bits): vpermb gives each qword its five bytes, vpmultishiftqb cuts eight
 * codes.
 *
 * The codes' upper three bits are bits of their neighbours; a look-up by vpermb ignores the top two of them,
 * and its tables hold each of the 32 entries twice to ignore the third. Per 40 bytes = 192 weights: 1 load
 * (unaligned), 5 operations, and per token 1 broadcast and 3 vpdpbusd. Two ways to the three rows:
 *   FIELDS     one look-up gives three 2-bit digits; prefix masks & 3 and & 15 (and runs on two ports of an
 *              Intel core, vpermb on one); a byte is at most 42.
 *   QUOTIENTS  code & 31, and look-ups of code / 3 and code / 9, which telescope by three; at most 26.
 * Overflow: |sum| <= 42 * 128 * K < 2^31 for K < 399,457. */
#define TERN_VEC_BITS 512
#include "kernels/formats/memory/t5.h"
#include "kernels/x86/panels/unpack_template.h"

enum way { FIELDS, QUOTIENTS };

struct tables {
    __m512i spread, cut, a, b;
};

/* clang-format off */
#define TWICE(...) {__VA_ARGS__, __VA_ARGS__}
static const uint8_t fields[64] = TWICE(
    0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x18,
    0x19, 0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f);
static const uint8_t thirds[64] = TWICE(
    0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 9, 9);
static const uint8_t ninths[64] = TWICE(
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3);
static const uint8_t spread[64] = {
     0,  1,  2,  3,  4, 0, 0, 0,  5,  6,  7,  8,  9, 0, 0, 0, 10, 11, 12, 13, 14, 0, 0, 0, 15, 16, 17, 18, 19, 0, 0, 0,
    20, 21, 22, 23, 24, 0, 0, 0, 25, 26, 27, 28, 29, 0, 0, 0, 30, 31, 32, 33, 34, 0, 0, 0, 35, 36, 37, 38, 39, 0, 0, 0};
/* clang-format on */

ALWAYS_INLINE struct tables load_tables(enum way way) {
    return (struct tables){_mm512_loadu_si512(spread), _mm512_set1_epi64(0x231e19140f0a0500),
                           _mm512_loadu_si512(way == FIELDS ? fields : thirds), _mm512_loadu_si512(ninths)};
}

ALWAYS_INLINE void decode(const struct tables *t, const uint8_t *at, enum way way, __m512i u[3]) {
    const __m512i five = _mm512_permutexvar_epi8(t->spread, _mm512_loadu_si512(at));
    const __m512i code = _mm512_multishift_epi64_epi8(t->cut, five);
    if (way == FIELDS) {
        u[2] = _mm512_permutexvar_epi8(code, t->a);
        u[1] = v_and(u[2], v_bytes(15));
        u[0] = v_and(u[2], v_bytes(3));
    } else {
        u[0] = v_and(code, v_bytes(31));
        u[1] = _mm512_permutexvar_epi8(code, t->a);
        u[2] = _mm512_permutexvar_epi8(code, t->b);
    }
}

ALWAYS_INLINE void store(const struct tern_call *c, size_t t, size_t row, size_t end, const __m512i a[3],
                         enum way way) {
    const __m512i bias = _mm512_set1_epi32(c->x->sum[t]);
    int32_t *y = (int32_t *)c->y + t * c->ldy;
    __m512i s[3];
    if (way == FIELDS) {
        s[0] = a[0];
        s[1] = _mm512_srai_epi32(_mm512_sub_epi32(a[1], a[0]), 2);
        s[2] = _mm512_srai_epi32(_mm512_sub_epi32(a[2], a[1]), 4);
    } else {
        s[0] = _mm512_sub_epi32(a[0], _mm512_mullo_epi32(a[1], _mm512_set1_epi32(3)));
        s[1] = _mm512_sub_epi32(a[1], _mm512_mullo_epi32(a[2], _mm512_set1_epi32(3)));
        s[2] = a[2];
    }
    UNROLL
    for (size_t f = 0; f < 3; f++) v_store_rows(y, row + 16 * f, end, _mm512_sub_epi32(s[f], bias));
}

/* `panels` panels side by side: independent accumulators, one activation broadcast. */
ALWAYS_INLINE void gemv_panels(const struct tern_call *c, const struct tables *tab, size_t row, size_t end,
                               size_t panels, size_t ahead, enum way way) {
    const size_t distance = tern_t5_panel(c->w.k), groups = tern_panel_groups(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + row / TERN_T5_ROWS * distance;
    __m512i acc[4][3];
    UNROLL
    for (size_t p = 0; p < panels; p++) UNROLL
    for (size_t f = 0; f < 3; f++) acc[p][f] = v_zero();

    for (size_t g = 0; g < groups; g++) {
        const __m512i a = v_four(c->x->q + 4 * g);
        UNROLL
        for (size_t p = 0; p < panels; p++) {
            const uint8_t *at = w + p * distance + g * TERN_T5_GROUP;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            __m512i u[3];
            decode(tab, at, way, u);
            UNROLL
            for (size_t f = 0; f < 3; f++) acc[p][f] = dp(acc[p][f], u[f], a);
        }
    }
    UNROLL
    for (size_t p = 0; p < panels; p++) store(c, 0, row + TERN_T5_ROWS * p, end, acc[p], way);
}

ALWAYS_INLINE void gemv(const struct tern_call *c, size_t row0, size_t row1, enum way way) {
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], panels = (size_t)c->param[TERN_P_PANELS];
    const struct tables tab = load_tables(way);
    size_t r = row0;
    if (panels >= 4)
        for (; r + 144 < row1; r += 192) gemv_panels(c, &tab, r, row1, 4, ahead, way);
    if (panels >= 2)
        for (; r + 48 < row1; r += 96) gemv_panels(c, &tab, r, row1, 2, ahead, way);
    for (; r < row1; r += 48) gemv_panels(c, &tab, r, row1, 1, ahead, way);
}

/* Codes for the unpacking GEMM: the fields, shifted down. */
ALWAYS_INLINE void unpack(const uint8_t *at, vec *code) {
    const struct tables tab = load_tables(FIELDS);
    __m512i u[3];
    decode(&tab, at, FIELDS, u);
    v_store(code, u[0]);
    v_store(code + 1, v_and(_mm512_srli_epi16(u[2], 2), v_bytes(3)));
    v_store(code + 2, _mm512_srli_epi16(v_and(u[2], v_bytes(0x30)), 4));
}

tern_run_fn gemv_t5_i8_r48k4__avx512vbmi, gemv_t5_i8_r48k4_quotients__avx512vbmi,
    gemm_t5_i8_r48k4n6__avx512vbmi, gemm_t5_i8_r48k4n8_unpack__avx512vbmi;

void gemv_t5_i8_r48k4__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    gemv(c, row0, row1, FIELDS);
}

void gemv_t5_i8_r48k4_quotients__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1,
                                            void *local) {
    (void)local;
    gemv(c, row0, row1, QUOTIENTS);
}

/* A register tile of 48 rows x 6 tokens: 18 accumulators, 18 vpdpbusd per 5 operations of decoding, and room
 * for the tables and masks. `live` of the tokens are there. */
enum { NR = 6 };
ALWAYS_INLINE void tile(const struct tern_call *c, const struct tables *tab, const uint8_t *w,
                        const int8_t *q, size_t t, size_t live, size_t row, size_t end) {
    const size_t groups = tern_panel_groups(c->w.k);
    __m512i acc[NR][3];
    UNROLL
    for (size_t j = 0; j < live; j++) acc[j][0] = acc[j][1] = acc[j][2] = v_zero();
    for (size_t g = 0; g < groups; g++, q += 4 * NR) {
        __m512i u[3];
        decode(tab, w + g * TERN_T5_GROUP, FIELDS, u);
        UNROLL
        for (size_t j = 0; j < live; j++) {
            const __m512i a = v_four(q + 4 * j);
            UNROLL
            for (size_t f = 0; f < 3; f++) acc[j][f] = dp(acc[j][f], u[f], a);
        }
    }
    UNROLL
    for (size_t j = 0; j < live; j++) store(c, t + j, row, end, acc[j], FIELDS);
}

void gemm_t5_i8_r48k4n6__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const struct tables tab = load_tables(FIELDS);
    const size_t n = c->x->n, panel = tern_panel_groups(c->w.k) * 4 * NR;
    for (size_t r = row0; r < row1; r += TERN_T5_ROWS) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / TERN_T5_ROWS * tern_t5_panel(c->w.k);
        const int8_t *q = c->shared;
        size_t t = 0;
        for (; t + NR <= n; t += NR, q += panel) tile(c, &tab, w, q, t, NR, r, row1);
        UNROLL
        for (size_t live = 1; live < NR; live++)
            if (n - t == live) tile(c, &tab, w, q, t, live, r, row1);
    }
}

void gemm_t5_i8_r48k4n8_unpack__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    const struct unpack_layout l = {48, 3, tern_t5_panel(c->w.k), TERN_T5_GROUP, 0, unpack};
    unpack_gemm(c, row0, row1, local, l, (size_t)c->param[TERN_P_BLOCK] / 4, 8);
}
