/* GEMM for layouts that cost more to decode than to multiply: a block of a panel is decoded once into codes
 * (trit + 1, one byte each) in scratch that stays in L1 or L2, and a plain u8 * s8 tile runs over all tokens.
 *
 * A family's `unpack` turns one register of a stream into `fields` registers of codes 0..2, field f holding
 * rows f * 16 further down. Sums of later blocks of columns are added to what y holds. */
#ifndef TERN_KERNELS_X86_PANELS_UNPACK_H
#define TERN_KERNELS_X86_PANELS_UNPACK_H

#include "kernels/x86/fetch.h"
#include "kernels/x86/panels/panel.h"

/* int16 sums (no dot product): a pair of products of codes is at most 2 * 2 * 128. int32: |sum| <= 2 * 128 * K. */
enum { UNPACK_STEP = 2 * 2 * 128 };
_Static_assert(TERN_FLUSH_512 *UNPACK_STEP <= TERN_INT16_MOST, "unpacked codes: int16 sums");

/* The activations of all tokens as tiles of [groups][tokens][4], `step` bytes from tile to tile. */
struct unpack_tokens {
    const int8_t *q;
    size_t step, tokens;
};

/* A decoded block: `groups` groups from group `first` on, of `fields` fields whose rows begin at `row`. */
struct unpack_block {
    const vec *codes;
    size_t first, groups, fields;
    size_t row, end;     /* rows from `end` on are not stored */
    const uint8_t *next; /* what will be decoded after it, `lines` cache lines */
    size_t lines;
};

/* acc[token][field]. Per group and token `fields` multiply-adds; loads: `fields` registers of codes and `live`
 * broadcasts, whichever is fewer held in registers. */
ALWAYS_INLINE void unpack_tile(const struct unpack_block *b, const int8_t *q, size_t tokens, size_t live,
                               vec acc[8][8]) {
    const vec *code = b->codes;
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t f = 0; f < b->fields; f++) {
        acc[j][f] = v_zero();
        v_settle(&acc[j][f]); /* as in panel_clear */
    }
    for (size_t g = 0; g < b->groups; g++, q += 4 * tokens, code += b->fields) {
        vec few[8];
        if (b->fields <= live) {
            UNROLL
            for (size_t f = 0; f < b->fields; f++) few[f] = v_load(code + f);
            UNROLL
            for (size_t j = 0; j < live; j++) {
                const vec a = v_four(q + 4 * j);
                UNROLL
                for (size_t f = 0; f < b->fields; f++) acc[j][f] = panel_add(acc[j][f], few[f], a);
            }
        } else {
            UNROLL
            for (size_t j = 0; j < live; j++) few[j] = v_four(q + 4 * j);
            UNROLL
            for (size_t f = 0; f < b->fields; f++) {
                const vec u = v_load(code + f);
                UNROLL
                for (size_t j = 0; j < live; j++) acc[j][f] = panel_add(acc[j][f], u, few[j]);
                if (live == 1) v_settle(&acc[0][f]);
            }
        }
    }
}

/* `live` tokens from token t on. */
ALWAYS_INLINE void unpack_multiply(const struct tern_call *c, const struct unpack_block *b, const int8_t *q,
                                   size_t tokens, size_t t, size_t live) {
    vec acc[8][8];
    unpack_tile(b, q + b->first * 4 * tokens, tokens, live, acc);
    UNROLL
    for (size_t j = 0; j < live; j++) {
        int32_t *y = (int32_t *)c->y + (t + j) * c->ldy;
        const vec bias = v_ints(-c->x->sum[t + j]);
        UNROLL
        for (size_t f = 0; f < b->fields; f++) {
            const size_t row = b->row + 16 * f;
            if (row >= b->end) break;
            const vec old = b->first ? v_load_some(y + row, b->end - row) : bias;
            v_store_some(y + row, b->end - row, panel_widen(old, acc[j][f]));
        }
    }
}

/* All tokens against a block. A last tile of tokens that is not full costs what its tokens cost. Meanwhile the
 * next block's cache lines come to L2. */
ALWAYS_INLINE void unpack_all_tokens(const struct tern_call *c, struct unpack_block b,
                                     struct unpack_tokens x) {
    const size_t n = c->x->n, each = fetch_share(b.lines, n, x.tokens);
    size_t t = 0;
    for (; t + x.tokens <= n; t += x.tokens, x.q += x.step) {
        b.next = fetch_lines(b.next, each);
        unpack_multiply(c, &b, x.q, x.tokens, t, x.tokens);
    }
    UNROLL
    for (size_t live = 1; live < x.tokens; live++)
        if (n - t == live) unpack_multiply(c, &b, x.q, x.tokens, t, live);
}

/* Blocks of `most` groups of columns; `scratch` holds most * fields registers. One token leaves no time to fetch
 * the next block beside it: its weights are prefetched as the parameter says. */
ALWAYS_INLINE void unpack_rows(const struct tern_call *c, size_t row0, size_t row1, vec *scratch,
                               struct panel p, size_t most, struct unpack_tokens x, int one_token) {
    const size_t groups = tern_panel_groups(c->w.k), end = panel_streams(&p, row1);
    for (size_t s = row0 / p.rows * VEC_STREAMS; s < end; s++) {
        const uint8_t *w = panel_stream(c, &p, s);
        for (size_t g0 = 0; g0 < groups; g0 += most) {
            const size_t count = tern_min(most, groups - g0), rest = groups - g0 - count;
            for (size_t g = 0; g < count; g++) {
                const uint8_t *at = w + (g0 + g) * p.group;
                if (one_token)
                    _mm_prefetch((const char *)(at + (size_t)c->param[TERN_P_PREFETCH]), _MM_HINT_T0);
                p.unpack(at, scratch + g * p.fields);
            }
            const struct unpack_block b = {
                .codes = scratch,
                .first = g0,
                .groups = count,
                .fields = p.fields,
                .row = panel_row(&p, s),
                .end = row1,
                .next = rest ? w + (g0 + count) * p.group : panel_stream(c, &p, s + 1),
                .lines = one_token ? 0 : fetch_count(tern_min(most, rest ? rest : groups) * p.group)};
            unpack_all_tokens(c, b, x);
        }
    }
}

/* Activations as the preparation packed them for `tokens` tokens. */
ALWAYS_INLINE struct unpack_tokens unpack_packed(const struct tern_call *c, size_t tokens) {
    return (struct unpack_tokens){c->shared, tern_panel_groups(c->w.k) * 4 * tokens, tokens};
}

/* Activations as they are, token by token. */
ALWAYS_INLINE struct unpack_tokens unpack_plain(const struct tern_call *c) {
    return (struct unpack_tokens){c->x->q, c->x->stride, 1};
}

ALWAYS_INLINE void unpack_gemm(const struct tern_call *c, size_t row0, size_t row1, vec *scratch,
                               struct panel p, size_t tokens) {
    unpack_rows(c, row0, row1, scratch, p, (size_t)c->param[TERN_P_BLOCK] / 4, unpack_packed(c, tokens), 0);
}

#endif
