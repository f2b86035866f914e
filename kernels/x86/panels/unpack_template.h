/* GEMM for layouts that cost more to decode than to multiply: a block of a panel is decoded once into codes
 * (trit + 1, one byte each) in scratch that stays in L1 or L2, and a plain u8 * s8 tile runs over all tokens.
 *
 * Included with TERN_VEC_BITS set (panel_vec.h). A decoder turns one register of a stream into `fields`
 * registers of codes 0..2, field f holding rows f * 16 further down. Activations are packed for `tokens`
 * tokens (cols<tokens>). Sums of later blocks of columns are added to what y holds. */
#ifndef TERN_KERNELS_X86_PANELS_UNPACK_TEMPLATE_H
#define TERN_KERNELS_X86_PANELS_UNPACK_TEMPLATE_H

#include "kernels/formats/memory/panel.h"
#include "kernels/x86/fetch.h"
#include "kernels/x86/panel_vec.h"

#ifdef VEC_HAS_DP
#define UNPACK_STEP(acc, u8, s8) dp(acc, u8, s8)
#define UNPACK_SUM(old, acc)     V(add_epi32)(old, acc)
#else
#define UNPACK_STEP(acc, u8, s8) v_mad(acc, u8, s8)
#define UNPACK_SUM(old, acc)     v_widen(old, acc)
#endif

typedef void unpack_codes_fn(const uint8_t *at, vec *code);

struct unpack_layout {
    size_t rows, fields;       /* of a panel */
    size_t panel, group, half; /* bytes from panel to panel, group to group, stream to stream */
    unpack_codes_fn *decode;
};

/* Per group and token `fields` multiply-adds; loads: `fields` registers of codes and `tokens` broadcasts,
 * whichever is fewer held in registers. int16 sums (no dp): a pair of products is at most 2 * 2 * 128 = 512,
 * and `count` <= 63 groups give 32,256. int32 sums: |sum| <= 2 * 128 * K. `pitch`: bytes of
 * activations from group to group. */
ALWAYS_INLINE void unpack_tile(const vec *code, const int8_t *q, size_t pitch, size_t count, size_t fields,
                               size_t tokens, vec acc[8][8]) {
    UNROLL
    for (size_t j = 0; j < tokens; j++) UNROLL
    for (size_t f = 0; f < fields; f++) acc[j][f] = v_zero();
    for (size_t g = 0; g < count; g++, q += pitch, code += fields) {
        vec few[8];
        if (fields <= tokens) {
            UNROLL
            for (size_t f = 0; f < fields; f++) few[f] = v_load(code + f);
            UNROLL
            for (size_t j = 0; j < tokens; j++) {
                const vec a = v_four(q + 4 * j);
                UNROLL
                for (size_t f = 0; f < fields; f++) acc[j][f] = UNPACK_STEP(acc[j][f], few[f], a);
            }
        } else {
            UNROLL
            for (size_t j = 0; j < tokens; j++) few[j] = v_four(q + 4 * j);
            UNROLL
            for (size_t f = 0; f < fields; f++) {
                const vec u = v_load(code + f);
                UNROLL
                for (size_t j = 0; j < tokens; j++) acc[j][f] = UNPACK_STEP(acc[j][f], u, few[j]);
            }
        }
    }
}

/* `live` tokens from token t on; q holds `tokens` of them. */
ALWAYS_INLINE void unpack_panel(const struct tern_call *c, const vec *scratch, const int8_t *q, size_t t,
                                size_t live, int first, size_t count, size_t row, size_t end, size_t fields,
                                size_t tokens) {
    vec acc[8][8];
    unpack_tile(scratch, q, 4 * tokens, count, fields, live, acc);
    UNROLL
    for (size_t j = 0; j < live; j++) {
        int32_t *y = (int32_t *)c->y + (t + j) * c->ldy;
        const vec bias = V(set1_epi32)(-c->x->sum[t + j]);
        UNROLL
        for (size_t f = 0; f < fields; f++) {
            const vec old = first ? bias : v_load_rows(y, row + 16 * f, end);
            v_store_rows(y, row + 16 * f, end, UNPACK_SUM(old, acc[j][f]));
        }
    }
}

/* All tokens against `count` decoded groups from group g0 on: rows from `row`, 16 per field. A last panel of
 * tokens that is not full costs what its tokens cost. Meanwhile `lines` cache lines at `next`, which are to
 * be decoded after it, come to L2. */
ALWAYS_INLINE void unpack_tokens(const struct tern_call *c, const vec *scratch, const uint8_t *next,
                                 size_t lines, size_t g0, size_t count, size_t row, size_t end, size_t fields,
                                 size_t tokens) {
    const size_t groups = tern_panel_groups(c->w.k), n = c->x->n, each = fetch_share(lines, n, tokens);
    const int8_t *q = (const int8_t *)c->shared + g0 * 4 * tokens;
    const int first = g0 == 0;
    size_t t = 0;
    for (; t + tokens <= n; t += tokens, q += groups * 4 * tokens) {
        next = fetch_lines(next, each);
        unpack_panel(c, scratch, q, t, tokens, first, count, row, end, fields, tokens);
    }
    UNROLL
    for (size_t live = 1; live < tokens; live++)
        if (n - t == live) unpack_panel(c, scratch, q, t, live, first, count, row, end, fields, tokens);
}

/* The weights of stream i: a panel, or half of one. */
ALWAYS_INLINE const uint8_t *unpack_stream(const struct tern_call *c, const struct unpack_layout *l,
                                           size_t i) {
    return (const uint8_t *)c->w.data + i / VEC_STREAMS * l->panel + i % VEC_STREAMS * l->half;
}

/* Blocks of `most` groups of columns; `scratch` holds most * fields registers. */
ALWAYS_INLINE void unpack_gemm(const struct tern_call *c, size_t row0, size_t row1, vec *scratch,
                               struct unpack_layout l, size_t most, size_t tokens) {
    const size_t groups = tern_panel_groups(c->w.k);
    for (size_t i = row0 / l.rows * VEC_STREAMS; i < (row1 + l.rows - 1) / l.rows * VEC_STREAMS; i++) {
        const uint8_t *w = unpack_stream(c, &l, i);
        const size_t row = i / VEC_STREAMS * l.rows + i % VEC_STREAMS * VEC_ROWS;
        for (size_t g0 = 0; g0 < groups; g0 += most) {
            const size_t count = tern_min(most, groups - g0), rest = groups - g0 - count;
            const uint8_t *next = rest ? w + (g0 + count) * l.group : unpack_stream(c, &l, i + 1);
            for (size_t g = 0; g < count; g++) l.decode(w + (g0 + g) * l.group, scratch + g * l.fields);
            unpack_tokens(c, scratch, next, fetch_count(tern_min(most, rest ? rest : groups) * l.group), g0,
                          count, row, row1, l.fields, tokens);
        }
    }
}

#endif
