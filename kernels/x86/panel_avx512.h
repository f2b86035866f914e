/* What the AVX-512 kernels on row panels with prefix masks (p64, e80) share: the end of a panel. Included
 * with TERN_VEC_BITS 512 (panel_vec.h). */
#ifndef TERN_KERNELS_X86_PANEL_AVX512_H
#define TERN_KERNELS_X86_PANEL_AVX512_H

#include "kernels/formats/memory/panel.h"
#include "kernels/x86/panel_vec.h"

/* The four telescoped sums of prefix masks -> the four rows' sums of codes. Exact: every difference is a
 * multiple. */
ALWAYS_INLINE void telescope(__m512i d[4]) {
    const __m512i d0 = d[0], d1 = d[1], d2 = d[2];
    d[1] = _mm512_srai_epi32(_mm512_sub_epi32(d1, d0), 2);
    d[2] = _mm512_srai_epi32(_mm512_sub_epi32(d2, d1), 4);
    d[3] = _mm512_srai_epi32(_mm512_sub_epi32(d[3], d2), 6);
}

/* Sixteen rows' results of token t, code bias removed; rows at or beyond `end` are left alone. */
ALWAYS_INLINE void store_biased(const struct tern_call *c, size_t t, size_t row, size_t end, __m512i sums) {
    v_store_rows((int32_t *)c->y + t * c->ldy, row, end,
                 _mm512_sub_epi32(sums, _mm512_set1_epi32(c->x->sum[t])));
}

#endif
