/* p64 (2.0 bpw, four rows per byte) with prefix masks and vpdpbusd.
 *
 * Inner loop per 64 bytes = 256 weights: 1 load, 1 broadcast (shared by all panels), 3 and, 4 vpdpbusd.
 * Overflow: a byte is at most 170, so sums may wrap from K = 98,690 on; but their differences, which are
 * shifted down by up to 6, are at most 64 * 2 * 128 * K: they fit up to TERN_K_MAX. */
#define TERN_VEC_BITS 512
#include "kernels/x86/panel_avx512.h"
#include "kernels/x86/panels/unpack_template.h"

ALWAYS_INLINE void step(__m512i acc[4], __m512i x, __m512i q) {
    acc[0] = dp(acc[0], _mm512_and_si512(x, _mm512_set1_epi8(0x03)), q);
    acc[1] = dp(acc[1], _mm512_and_si512(x, _mm512_set1_epi8(0x0f)), q);
    acc[2] = dp(acc[2], _mm512_and_si512(x, _mm512_set1_epi8(0x3f)), q);
    acc[3] = dp(acc[3], x, q);
}

/* `panels` panels side by side: independent accumulators, one activation broadcast. */
ALWAYS_INLINE void gemv_panels(const struct tern_call *c, size_t row, size_t end, size_t panels,
                               size_t ahead) {
    const size_t distance = tern_panel_bytes(c->w.k), groups = tern_panel_groups(c->w.k);
    const uint8_t *w = (const uint8_t *)c->w.data + row / 64 * distance;
    const int8_t *q = c->x->q;
    __m512i acc[4][4];
    UNROLL
    for (size_t p = 0; p < panels; p++) UNROLL
    for (size_t f = 0; f < 4; f++) acc[p][f] = _mm512_setzero_si512();

    for (size_t g = 0; g < groups; g++) {
        const __m512i b = v_four(q + 4 * g);
        UNROLL
        for (size_t p = 0; p < panels; p++) {
            const uint8_t *at = w + p * distance + g * TERN_PANEL_GROUP;
            _mm_prefetch((const char *)(at + ahead),
                         _MM_HINT_T0); /* ahead == 0: the line is being read anyway */
            step(acc[p], _mm512_load_si512(at), b);
        }
    }
    UNROLL
    for (size_t p = 0; p < panels; p++) {
        telescope(acc[p]);
        UNROLL
        for (size_t f = 0; f < 4; f++) store_biased(c, 0, row + 64 * p + 16 * f, end, acc[p][f]);
    }
}

tern_run_fn gemv_p64_i8_r64k4__avx512vnni, gemm_p64_i8_r64k4n6__avx512vnni;

void gemv_p64_i8_r64k4__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t ahead = (size_t)c->param[TERN_P_PREFETCH], panels = (size_t)c->param[TERN_P_PANELS];
    size_t r = row0;
    if (panels >= 4)
        for (; r + 192 < row1; r += 256) gemv_panels(c, r, row1, 4, ahead);
    if (panels >= 2)
        for (; r + 64 < row1; r += 128) gemv_panels(c, r, row1, 2, ahead);
    for (; r < row1; r += 64) gemv_panels(c, r, row1, 1, ahead);
}

/* A register tile of 64 rows x 6 tokens: 24 accumulators, 24 vpdpbusd per 1 load, 3 and, 6 broadcasts.
 * `live` of the tokens are there. */
enum { NR = 6 };
ALWAYS_INLINE void tile(const struct tern_call *c, const uint8_t *w, const int8_t *q, size_t t, size_t live,
                        size_t row, size_t end) {
    const size_t groups = tern_panel_groups(c->w.k);
    __m512i acc[NR][4];
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t f = 0; f < 4; f++) acc[j][f] = _mm512_setzero_si512();
    for (size_t g = 0; g < groups; g++, q += 4 * NR) {
        const __m512i x = v_load(w + g * TERN_PANEL_GROUP);
        UNROLL
        for (size_t j = 0; j < live; j++) step(acc[j], x, v_four(q + 4 * j));
    }
    UNROLL
    for (size_t j = 0; j < live; j++) {
        telescope(acc[j]);
        UNROLL
        for (size_t f = 0; f < 4; f++) store_biased(c, t + j, row + 16 * f, end, acc[j][f]);
    }
}

void gemm_p64_i8_r64k4n6__avx512vnni(const struct tern_call *c, size_t row0, size_t row1, void *local) {
    (void)local;
    const size_t distance = tern_panel_bytes(c->w.k), n = c->x->n, panel = tern_panel_groups(c->w.k) * 4 * NR;
    for (size_t r = row0; r < row1; r += 64) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / 64 * distance;
        const int8_t *q = c->shared;
        size_t t = 0;
        for (; t + NR <= n; t += NR, q += panel) tile(c, w, q, t, NR, r, row1);
        UNROLL
        for (size_t live = 1; live < NR; live++)
            if (n - t == live) tile(c, w, q, t, live, r, row1);
    }
}

ALWAYS_INLINE void unpack(const uint8_t *at, vec *code) {
    const vec x = v_load(at);
    UNROLL
    for (unsigned f = 0; f < 4; f++) v_store(code + f, v_and(_mm512_srli_epi16(x, 2 * f), v_bytes(3)));
}

tern_run_fn gemm_p64_i8_r64k4n6_unpack__avx512vnni;

void gemm_p64_i8_r64k4n6_unpack__avx512vnni(const struct tern_call *c, size_t row0, size_t row1,
                                            void *local) {
    const struct unpack_layout l = {64, 4, tern_panel_bytes(c->w.k), TERN_PANEL_GROUP, 0, unpack};
    unpack_gemm(c, row0, row1, local, l, (size_t)c->param[TERN_P_BLOCK] / 4, NR);
}
