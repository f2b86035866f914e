/* e80 (packed by formats/memory/e80.c) on AVX2, which has no 64-entry byte table: the digits come from
 * comparisons and two 16-entry tables.
 *
 * With byte = quadrant | low (6 bits): if quadrant < 3, d4 = quadrant and c = low; else d4 = low / 17 and
 * c = 64 + low % 17. Then d3 = c / 27 by two comparisons, d2 likewise by 9, and the rest below 9 by pshufb.
 * About 30 operations per 160 weights: the price of 1.6 bits on a CPU without VBMI. That is why even for
 * one token the codes of 63 groups are decoded first and then multiplied. */
#ifndef TERN_KERNELS_X86_PANELS_E80_AVX2_H
#define TERN_KERNELS_X86_PANELS_E80_AVX2_H

#include "kernels/x86/panels/panel.h"

/* -1 in every byte where x >= limit, for x and limit below 128. */
ALWAYS_INLINE vec e80_at_least(vec x, int limit) {
    return _mm256_cmpgt_epi8(x, v_bytes(limit - 1));
}

/* x / step for x < 3 * step: 0, 1 or 2; *rest = x % step. */
ALWAYS_INLINE vec e80_third(vec x, int step, vec *rest) {
    const vec s = v_bytes(step);
    const vec one = e80_at_least(x, step), two = e80_at_least(x, 2 * step);
    *rest = v_sub8(v_sub8(x, v_and(one, s)), v_and(two, s));
    return v_sub8(v_zero(), v_add8(one, two));
}

ALWAYS_INLINE void e80_digits(vec x, vec d[5]) {
    const vec low = v_and(x, v_bytes(63));
    const vec quadrant = v_and(v_shr16(x, 6), v_bytes(3));
    const vec escaped = _mm256_cmpeq_epi8(quadrant, v_bytes(3));
    vec c, r;
    const vec fifth = e80_third(low, 17, &c);
    c = _mm256_blendv_epi8(low, v_add8(c, v_bytes(64)), escaped);
    d[4] = _mm256_blendv_epi8(quadrant, fifth, escaped);
    d[3] = e80_third(c, 27, &r);
    d[2] = e80_third(r, 9, &c);
    const vec ones = _mm256_setr_epi8(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 2, 0, 1,
                                      2, 0, 0, 0, 0, 0, 0, 0);
    const vec threes = _mm256_setr_epi8(0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2,
                                        2, 2, 0, 0, 0, 0, 0, 0, 0);
    d[0] = v_look16(ones, c);
    d[1] = v_look16(threes, c);
}

ALWAYS_INLINE void e80_unpack(const uint8_t *at, vec *code) {
    vec d[5];
    e80_digits(v_load(at), d);
    UNROLL
    for (size_t f = 0; f < 5; f++) v_store(code + f, d[f]);
}

ALWAYS_INLINE struct panel e80_panel(const struct tern_call *c) {
    return (struct panel){.rows = 80,
                          .bytes = tern_panel_bytes(c->w.k),
                          .group = TERN_PANEL_GROUP,
                          .stream = VEC_BYTES,
                          .fields = 5,
                          .unpack = e80_unpack};
}

enum { E80_STEP = 2 * 2 * 128 }; /* largest pair of products of codes */
_Static_assert(TERN_FLUSH_512 *E80_STEP <= TERN_INT16_MOST, "e80: int16 sums");

/* `count` groups of a stream from group `first` on; `code` has room for their codes. Later groups are added to
 * what y holds. */
ALWAYS_INLINE void e80_groups(const struct tern_call *c, const uint8_t *w, size_t first, size_t count,
                              size_t row, size_t end, vec *code) {
    const int8_t *q = c->x->q + 4 * first;
    const vec bias = v_ints(-c->x->sum[0]);
    int32_t *y = c->y;
    vec acc[5];
    for (size_t g = 0; g < count; g++) {
        const uint8_t *at = w + (first + g) * TERN_PANEL_GROUP;
        _mm_prefetch((const char *)(at + (size_t)c->param[TERN_P_PREFETCH]), _MM_HINT_T0);
        e80_unpack(at, code + 5 * g);
    }
    UNROLL
    for (size_t f = 0; f < 5; f++) acc[f] = v_zero();
    for (size_t g = 0; g < count; g++) {
        const vec four = v_four(q + 4 * g);
        UNROLL
        for (size_t f = 0; f < 5; f++) acc[f] = v_mad(acc[f], v_load(code + 5 * g + f), four);
    }
    UNROLL
    for (size_t f = 0; f < 5; f++, row += 16) {
        if (row >= end) return;
        v_store_some(y + row, end - row, v_widen(first ? v_load_some(y + row, end - row) : bias, acc[f]));
    }
}

ALWAYS_INLINE void e80_gemv(const struct tern_call *c, size_t row0, size_t row1, vec *code) {
    const size_t groups = tern_panel_groups(c->w.k);
    const struct panel p = e80_panel(c);
    for (size_t s = row0 / p.rows * VEC_STREAMS; s < panel_streams(&p, row1); s++)
        for (size_t g = 0; g < groups; g += TERN_FLUSH_512)
            e80_groups(c, panel_stream(c, &p, s), g, tern_min(TERN_FLUSH_512, groups - g), panel_row(&p, s),
                       row1, code);
}

#endif
