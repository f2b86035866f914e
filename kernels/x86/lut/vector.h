/* Vec-LUT: a table entry is a vector over T = VEC_BYTES/2 tokens, so that one weight byte is one vector add and no
 * shuffle.
 *
 * For a tile of T tokens and a block of rows whose sums wait in scratch: build the tables of a few groups,
 * then for every row add one entry per group. Per byte and T tokens: one byte load, one add with a memory
 * operand; per `groups` bytes one load and one store of the sum. A table of g4 is 81 adds, of g5 122 adds and
 * as many subtractions, paid once per block of rows. Bound: int16 sums of up to
 * TERN_FLUSH_ENTRIES(g) groups, |entry| <= 128 g. g4 and g5 are packed by formats/memory/g4.c and g5.c. */
#ifndef TERN_KERNELS_X86_LUT_VECTOR_H
#define TERN_KERNELS_X86_LUT_VECTOR_H

#include "base/memory.h"
#include "kernels/flush.h"
#include "kernels/formats/memory/group.h"
#include "kernels/prep/lut.h"
#include "kernels/run.h"

#include <string.h>

enum { VEC_TOKENS = VEC_BYTES / 2 };

ALWAYS_INLINE size_t vec_entries(size_t g) {
    return g == 4 ? 81 : 250;
}

/* (d - 1) * a for a digit d. */
ALWAYS_INLINE vec times_trit(size_t d, vec a) {
    return d == 0 ? v_sub16(v_zero(), a) : d == 1 ? v_zero() : a;
}

/* All sums of `n` trits times activations, plain codes: out[3^n]. */
ALWAYS_INLINE void all_sums(const int16_t *x, size_t n, vec *out) {
    size_t states = 1;
    out[0] = v_zero();
    UNROLL
    for (size_t i = 0; i < n; i++, states *= 3) {
        const vec a = v_load(x + i * VEC_TOKENS);
        UNROLL
        for (size_t s = states * 3; s-- > 0;) out[s] = v_add16(out[s % states], times_trit(s / states, a));
    }
}

ALWAYS_INLINE void build_vectors(size_t g, const int16_t *x, int16_t *table) {
    vec low[27], high[9];
    const size_t split = g == 4 ? 2 : 3, states = g == 4 ? 9 : 27;
    all_sums(x, split, low);
    all_sums(x + split * VEC_TOKENS, 2, high);
    for (size_t h = 0; h < 9; h++) {
        for (size_t l = 0; l < states; l++) {
            const vec t = v_add16(low[l], high[h]);
            const size_t code = h * states + l;
            if (g == 4)
                v_store(table + code * VEC_TOKENS, t);
            else if (code >= 121)
                v_store(table + (code - 121) * VEC_TOKENS, t);
            else
                v_store(table + (128 + 121 - code) * VEC_TOKENS, t);
        }
    }
}

/* Adds `groups` entries to each waiting sum. */
ALWAYS_INLINE void add_entries(const uint8_t *w, size_t distance, size_t rows, const int16_t *table,
                               size_t entries, size_t groups, int16_t *sum) {
    for (size_t r = 0; r < rows; r++) {
        const uint8_t *code = w + r / TERN_GROUP_ROWS * distance + r % TERN_GROUP_ROWS;
        vec s = v_load(sum + r * VEC_TOKENS);
        UNROLL
        for (size_t j = 0; j < groups; j++)
            s = v_add16(s, v_load(table + (j * entries + code[j * TERN_GROUP_ROWS]) * VEC_TOKENS));
        v_store(sum + r * VEC_TOKENS, s);
    }
}

/* wide += sum, sum = 0; the int32 of a row are its tokens of even, then of odd number. */
ALWAYS_INLINE void widen_sums(int16_t *sum, int32_t *wide, size_t rows) {
    for (size_t r = 0; r < rows; r++) {
        const vec s = v_load(sum + r * VEC_TOKENS);
        int32_t *even = wide + r * VEC_TOKENS, *odd = even + VEC_TOKENS / 2;
        v_store(even, v_add32(v_load(even), v_low16(s)));
        v_store(odd, v_add32(v_load(odd), v_high16(s)));
        v_store(sum + r * VEC_TOKENS, v_zero());
    }
}

ALWAYS_INLINE void vec_rows(size_t g, const struct tern_call *c, size_t tile, size_t row, size_t rows,
                            int16_t *scratch, size_t waiting) {
    const size_t k = c->w.k, groups = (k + g - 1) / g, live = (size_t)c->param[TERN_VEC_GROUPS];
    const size_t entries = vec_entries(g), bound = TERN_FLUSH_ENTRIES(g);
    const size_t distance = g == 4 ? tern_g4_panel_bytes(k) : tern_g5_panel_bytes(k);
    const uint8_t *w = (const uint8_t *)c->w.data + row / TERN_GROUP_ROWS * distance;
    const int16_t *x = (const int16_t *)c->shared + tile * tern_round_up(k, TERN_VEC_COLUMNS) * VEC_TOKENS;
    int16_t *sum = scratch, *table = scratch + waiting * 3 * VEC_TOKENS;
    int32_t *wide = (int32_t *)(void *)(scratch + waiting * VEC_TOKENS);
    memset(scratch, 0, rows * VEC_TOKENS * sizeof *sum);
    memset(wide, 0, rows * VEC_TOKENS * sizeof *wide);
    size_t since = 0;
    for (size_t i = 0; i < groups;) {
        const size_t some = groups - i >= live ? live : 1;
        if (since + some > bound) {
            widen_sums(sum, wide, rows);
            since = 0;
        }
        for (size_t j = 0; j < some; j++)
            build_vectors(g, x + (i + j) * g * VEC_TOKENS, table + j * entries * VEC_TOKENS);
        const uint8_t *code = w + i * TERN_GROUP_ROWS;
        if (some == 8)
            add_entries(code, distance, rows, table, entries, 8, sum);
        else if (some == 4)
            add_entries(code, distance, rows, table, entries, 4, sum);
        else if (some == 2)
            add_entries(code, distance, rows, table, entries, 2, sum);
        else
            add_entries(code, distance, rows, table, entries, 1, sum);
        i += some;
        since += some;
    }
    widen_sums(sum, wide, rows);
    for (size_t t = 0; t < VEC_TOKENS && tile * VEC_TOKENS + t < c->x->n; t++) {
        int32_t *y = (int32_t *)c->y + (tile * VEC_TOKENS + t) * c->ldy + row;
        const int32_t *from = wide + t % 2 * (VEC_TOKENS / 2) + t / 2;
        for (size_t r = 0; r < rows; r++) y[r] = from[r * VEC_TOKENS];
    }
}

ALWAYS_INLINE void vec_gemm(size_t g, const struct tern_call *c, size_t row0, size_t row1, int16_t *scratch) {
    const size_t waiting = tern_min((size_t)c->param[TERN_VEC_ROWS], tern_round_up(c->w.m, TERN_GROUP_ROWS));
    for (size_t tile = 0; tile * VEC_TOKENS < c->x->n; tile++)
        for (size_t r = row0; r < row1; r += waiting)
            vec_rows(g, c, tile, r, tern_min(waiting, row1 - r), scratch, waiting);
}

#define VEC_GEMM(name, g) TERN_RUN(name, vec_gemm(g, c, row0, row1, local))

#endif
