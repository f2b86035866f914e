/* GEMM on row panels whose codes are unpacked once per block of K and reused for all tokens.
 *
 * A panel's block is decoded to `planes` bytes per lane and column (codes 0..2, one plane per row of a byte)
 * in scratch that stays in L2; then a register tile of 16*planes rows x nr tokens runs over it: planes loads,
 * nr broadcasts and planes*nr vpdpbusd per group of 4 columns. Blocks of K add up in y. Overflow: 2*128*K <
 * 2^31 for K < 2^23. */
#ifndef TERN_KERNELS_X86_UNPACKED_AVX512_H
#define TERN_KERNELS_X86_UNPACKED_AVX512_H

#include "kernels/x86/fetch.h"
#include "kernels/x86/panel_avx512.h"

/* Decodes 64 bytes into `planes` vectors of codes. */
typedef void unpack_fn(__m512i x, __m512i *code);

/* `live` of the nr tokens of a panel of activations: those from token t on. */
ALWAYS_INLINE void unpacked_tile(const struct tern_call *c, const uint8_t *code, const int8_t *q,
                                 size_t groups, size_t planes, size_t nr, size_t live, size_t t, size_t row,
                                 size_t end, int first) {
    __m512i acc[6][5];
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t f = 0; f < planes; f++) acc[j][f] = _mm512_setzero_si512();
    for (size_t g = 0; g < groups; g++, q += 4 * nr, code += planes * TERN_PANEL_GROUP) {
        __m512i u[5];
        UNROLL
        for (size_t f = 0; f < planes; f++) u[f] = _mm512_load_si512(code + f * TERN_PANEL_GROUP);
        UNROLL
        for (size_t j = 0; j < live; j++) {
            const __m512i b = broadcast4(q + 4 * j);
            UNROLL
            for (size_t f = 0; f < planes; f++) acc[j][f] = dp(acc[j][f], u[f], b);
        }
    }
    UNROLL
    for (size_t j = 0; j < live; j++) {
        int32_t *y = (int32_t *)c->y + (t + j) * c->ldy;
        const __m512i bias = _mm512_set1_epi32(first ? c->x->sum[t + j] : 0);
        UNROLL
        for (size_t f = 0; f < planes; f++) {
            const size_t at = row + 16 * f;
            if (at >= end) continue;
            const __mmask16 rows = end - at >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << (end - at)) - 1);
            const __m512i old = first ? _mm512_setzero_si512() : _mm512_maskz_loadu_epi32(rows, y + at);
            _mm512_mask_storeu_epi32(y + at, rows, _mm512_sub_epi32(_mm512_add_epi32(old, acc[j][f]), bias));
        }
    }
}

/* All tokens over one decoded block: a last panel that is not full costs what its tokens cost. Meanwhile the
 * `count` groups at `next`, which are to be decoded after it, come to L2. */
ALWAYS_INLINE void unpacked_tokens(const struct tern_call *c, const uint8_t *code, const uint8_t *next,
                                   size_t g0, size_t count, size_t planes, size_t nr, size_t row,
                                   size_t end) {
    const size_t groups = tern_panel_groups(c->w.k), n = c->x->n, each = fetch_share(count, n, nr);
    const int8_t *q = (const int8_t *)c->shared + g0 * nr * 4;
    const int first = g0 == 0;
    size_t t = 0;
    for (; t + nr <= n; t += nr, q += groups * nr * 4) {
        next = fetch_lines(next, each);
        unpacked_tile(c, code, q, count, planes, nr, nr, t, row, end, first);
    }
    UNROLL
    for (size_t live = 1; live < nr; live++)
        if (n - t == live) unpacked_tile(c, code, q, count, planes, nr, live, t, row, end, first);
}

/* c->shared holds the activations as panels of nr columns (tern_prep_block5, tern_prep_block6). */
ALWAYS_INLINE void unpacked_gemm(const struct tern_call *c, size_t row0, size_t row1, uint8_t *code,
                                 size_t planes, size_t nr, unpack_fn *unpack) {
    const size_t panel_rows = 16 * planes, groups = tern_panel_groups(c->w.k);
    const size_t block = (size_t)c->param[TERN_P_BLOCK] / 4;
    for (size_t r = row0; r < row1; r += panel_rows) {
        const uint8_t *w = (const uint8_t *)c->w.data + r / panel_rows * tern_panel_bytes(c->w.k);
        for (size_t g0 = 0; g0 < groups; g0 += block) {
            const size_t count = tern_min(block, groups - g0);
            for (size_t g = 0; g < count; g++) {
                __m512i plane[5];
                unpack(_mm512_load_si512(w + (g0 + g) * TERN_PANEL_GROUP), plane);
                UNROLL
                for (size_t f = 0; f < planes; f++)
                    _mm512_store_si512(code + (g * planes + f) * TERN_PANEL_GROUP, plane[f]);
            }
            unpacked_tokens(c, code, w + (g0 + count) * TERN_PANEL_GROUP, g0, count, planes, nr, r, row1);
        }
    }
}

#endif
