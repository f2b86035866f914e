/* e80 (1.6 bpw, five rows per byte in base 3) decoded with vpermb, dotted with vpdpbusd.
 *
 * Inner loop per 64 bytes = 320 weights: 1 load, 1 compare, 3 vpermb (2 masked), 1 and for the fifth digit, 3
 * and, 5 vpdpbusd. Prefix bytes are at most 170 and the whole number at most 208: sums may wrap from K =
 * 80,660 on, but differences, which are shifted down by up to 6, fit up to TERN_K_MAX. */
#define TERN_VEC_BITS 512
#include "kernels/formats/memory/e80.h"
#include "kernels/x86/panel_avx512.h"
#include "kernels/x86/panels/unpack_template.h"

struct tables {
    __m512i plain, escape, whole;
};

ALWAYS_INLINE struct tables load_tables(void) {
    return (struct tables){_mm512_loadu_si512(tern_e80_plain), _mm512_loadu_si512(tern_e80_escape),
                           _mm512_loadu_si512(tern_e80_whole)};
}

/* A byte -> four 2-bit digits, and the whole number 64*d4 + 27*d3 + 9*d2 + 3*d1 + d0, which is the byte
 * itself unless it was escaped. vpermb ignores the top two bits of an index. */
ALWAYS_INLINE void decode(struct tables t, __m512i x, __m512i *four, __m512i *whole) {
    const __mmask64 escaped = _mm512_cmpge_epu8_mask(x, _mm512_set1_epi8((char)0xc0));
    const __m512i plain = _mm512_permutexvar_epi8(x, t.plain);
    *four = _mm512_mask_permutexvar_epi8(plain, escaped, x, t.escape);
    *whole = _mm512_mask_permutexvar_epi8(x, escaped, x, t.whole);
}

ALWAYS_INLINE void finish(const struct tern_call *c, size_t token, size_t row, size_t end, __m512i acc[5]) {
    telescope(acc);
    const __m512i s01 = _mm512_add_epi32(acc[0], _mm512_mullo_epi32(acc[1], _mm512_set1_epi32(3)));
    const __m512i s23 = _mm512_mullo_epi32(
        _mm512_add_epi32(acc[2], _mm512_mullo_epi32(acc[3], _mm512_set1_epi32(3))), _mm512_set1_epi32(9));
    acc[4] = _mm512_srai_epi32(_mm512_sub_epi32(acc[4], _mm512_add_epi32(s01, s23)), 6);
    UNROLL
    for (size_t f = 0; f < 5; f++) store_biased(c, token, row + 16 * f, end, acc[f]);
}

ALWAYS_INLINE void gemv_panels(const struct tern_call *c, size_t row, size_t end, size_t panels,
                               size_t ahead) {
    const size_t distance = tern_panel_bytes(c->w.k), groups = tern_panel_groups(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + row / 80 * distance;
    const int8_t *q = c->x->q;
    const struct tables tab = load_tables();
    __m512i acc[4][5];
    UNROLL
    for (size_t p = 0; p < panels; p++) UNROLL
    for (size_t f = 0; f < 5; f++) acc[p][f] = _mm512_setzero_si512();

    for (size_t g = 0; g < groups; g++) {
        const __m512i b = v_four(q + 4 * g);
        UNROLL
        for (size_t p = 0; p < panels; p++) {
            const uint8_t *at = w + p * distance + g * TERN_PANEL_GROUP;
            _mm_prefetch((const char *)(at + ahead), _MM_HINT_T0);
            __m512i four, whole;
            decode(tab, _mm512_load_si512(at), &four, &whole);
            acc[p][0] = dp(acc[p][0], _mm512_and_si512(four, _mm512_set1_epi8(0x03)), b);
            acc[p][1] = dp(acc[p][1], _mm512_and_si512(four, _mm512_set1_epi8(0x0f)), b);
            acc[p][2] = dp(acc[p][2], _mm512_and_si512(four, _mm512_set1_epi8(0x3f)), b);
            acc[p][3] = dp(acc[p][3], four, b);
            acc[p][4] = dp(acc[p][4], whole, b);
        }
    }
    UNROLL
    for (size_t p = 0; p < panels; p++) finish(c, 0, row + 80 * p, end, acc[p]);
}

tern_run_fn gemv_e80_i8_r80k4__avx512vbmi, gemm_e80_i8_r80k4n4__avx512vbmi;

void gemv_e80_i8_r80k4__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], panels = (size_t)c->param[TERN_P_PANELS];
    size_t r = row0;
    if (panels >= 4)
        for (; r + 240 < row1; r += 320) gemv_panels(c, r, row1, 4, ahead);
    if (panels >= 2)
        for (; r + 80 < row1; r += 160) gemv_panels(c, r, row1, 2, ahead);
    for (; r < row1; r += 80) gemv_panels(c, r, row1, 1, ahead);
}

/* A register tile of 80 rows x 4 tokens: 20 accumulators; the decode is paid once for four tokens. `live` of
 * them are there. */
enum { NR = 4 };
ALWAYS_INLINE void tile(const struct tern_call *c, const struct tables *tab, const uint8_t *w,
                        const int8_t *q, size_t t, size_t live, size_t row, size_t end) {
    const size_t groups = tern_panel_groups(c->w.k);
    __m512i acc[NR][5];
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t f = 0; f < 5; f++) acc[j][f] = _mm512_setzero_si512();
    for (size_t g = 0; g < groups; g++, q += 4 * NR) {
        __m512i d[5];
        decode(*tab, v_load(w + g * TERN_PANEL_GROUP), &d[3], &d[4]);
        d[0] = v_and(d[3], v_bytes(0x03));
        d[1] = v_and(d[3], v_bytes(0x0f));
        d[2] = v_and(d[3], v_bytes(0x3f));
        UNROLL
        for (size_t j = 0; j < live; j++) {
            const __m512i b = v_four(q + 4 * j);
            UNROLL
            for (size_t f = 0; f < 5; f++) acc[j][f] = dp(acc[j][f], d[f], b);
        }
    }
    UNROLL
    for (size_t j = 0; j < live; j++) finish(c, t + j, row, end, acc[j]);
}

void gemm_e80_i8_r80k4n4__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t distance = tern_panel_bytes(c->w.k), n = c->x->n, panel = tern_panel_groups(c->w.k) * 4 * NR;
    const struct tables tab = load_tables();
    for (size_t r = row0; r < row1; r += 80) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / 80 * distance;
        const int8_t *q = c->shared;
        size_t t = 0;
        for (; t + NR <= n; t += NR, q += panel) tile(c, &tab, w, q, t, NR, r, row1);
        UNROLL
        for (size_t live = 1; live < NR; live++)
            if (n - t == live) tile(c, &tab, w, q, t, live, r, row1);
    }
}

ALWAYS_INLINE void unpack(const uint8_t *at, vec *code) {
    const struct tables t = load_tables();
    const vec x = v_load(at);
    const __mmask64 escaped = _mm512_cmpge_epu8_mask(x, _mm512_set1_epi8((char)0xc0));
    const vec four = _mm512_mask_permutexvar_epi8(_mm512_permutexvar_epi8(x, t.plain), escaped, x, t.escape);
    const vec fifth = _mm512_mask_permutexvar_epi8(x, escaped, x, _mm512_loadu_si512(tern_e80_fifth));
    UNROLL
    for (unsigned f = 0; f < 4; f++) v_store(code + f, v_and(_mm512_srli_epi16(four, 2 * f), v_bytes(3)));
    v_store(code + 4, v_and(_mm512_srli_epi16(fifth, 6), v_bytes(3)));
}

tern_run_fn gemm_e80_i8_r80k4n5_unpack__avx512vbmi;

void gemm_e80_i8_r80k4n5_unpack__avx512vbmi(const struct tern_call *c, size_t row0, size_t row1,
                                            void *local) {
    const struct unpack_layout l = {80, 5, tern_panel_bytes(c->w.k), TERN_PANEL_GROUP, 0, unpack};
    unpack_gemm(c, row0, row1, local, l, (size_t)c->param[TERN_P_BLOCK] / 4, 5);
}
