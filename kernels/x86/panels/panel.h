/* The loops of all kernels on row panels: panels side by side for one token, tiles of tokens, short last tiles,
 * and the flush of 16-bit sums. A family (p64.h, m80.h, ..) says how a register of weights becomes operands,
 * and what rows their sums stand for; the loops are here, once.
 *
 * The includer has included the vec_<isa>.h of its registers. Row panels have sixteen 32-bit lanes: a 512-bit
 * register is a whole group of a panel, a 256-bit register half of one. Such a stream of registers is what
 * tiles are made of:
 *
 *     stream   0         1         2         3
 *     256 bits panel 0   panel 0   panel 1   panel 1        VEC_STREAMS = 2
 *              rows 0-7  rows 8-15 rows 0-7  rows 8-15
 *     512 bits panel 0   panel 1   panel 2   panel 3        VEC_STREAMS = 1
 *
 * Sums are int32 where the level has a dot product (VEC_DOT), else int16 that are widened every `flush`
 * groups. Results are exact: a family proves that no sum overflows. */
#ifndef TERN_KERNELS_X86_PANELS_PANEL_H
#define TERN_KERNELS_X86_PANELS_PANEL_H

#include "kernels/flush.h"
#include "kernels/formats/memory/panel.h"
#include "kernels/prep/prep.h"
#include "kernels/run.h"

enum {
    VEC_STREAMS = 512 / VEC_BITS, /* of a panel */
    VEC_ROWS = VEC_BITS / 32,     /* 32-bit lanes */
    PANEL_SUMS = 24,              /* at most, of a tile: 32 registers less operands and masks */
    PANEL_STATE = 6               /* registers that a family decodes a register of weights into */
};

/* A family at one width. Function pointers and sizes are constants that vanish when the loops are inlined. */
struct panel {
    /* Where the weights lie. */
    size_t rows;          /* of a panel */
    size_t bytes;         /* from panel to panel */
    size_t group, stream; /* bytes from group to group, and from stream to stream of a panel */
    /* How a register of weights is multiplied. */
    size_t fours;    /* fours of columns in a group: 1, or 4 whose operands meet four activations in turn */
    size_t operands; /* u8 operands of a register */
    size_t sums;     /* of a stream; operand i adds to sum i % sums */
    size_t fields;   /* sums after `finish`: field f holds rows 16 f further down */
    unsigned scaled; /* after `finish` these are 2^scaled times too large */
    size_t flush;    /* groups that int16 sums hold; unused where there is VEC_DOT */
    void (*load)(const uint8_t *at, vec *state);
    vec (*operand)(const vec *state, size_t i);
    void (*finish)(vec *sum); /* int32 sums of operands -> the fields' sums of codes (trit + 1) */
    /* For the readers of kernels/x86/gemm/: one register of weights -> `fields` registers of codes. */
    void (*unpack)(const uint8_t *at, vec *code);
};

/* What several families have in common. */
ALWAYS_INLINE void panel_load_bytes(const uint8_t *at, vec *state) {
    *state = v_load(at);
}

ALWAYS_INLINE vec panel_operand(const vec *state, size_t i) {
    return state[i];
}

ALWAYS_INLINE void panel_sums_are_rows(vec *sum) {
    (void)sum;
}

/* Sums of the prefixes of `count` 2-bit fields -> sums of the fields. Exact: every difference is a multiple. */
ALWAYS_INLINE void panel_telescope(vec *sum, unsigned count) {
    UNROLL
    for (unsigned f = count - 1; f > 0; f--) sum[f] = v_sra32(v_sub32(sum[f], sum[f - 1]), 2 * f);
}

/* A register tile: `streams` streams from number `stream` on, and `live` tokens from t on. */
struct panel_tile {
    size_t stream, streams, end; /* rows from `end` on are not stored */
    const int8_t *q;             /* activations as [groups * fours][tokens][4] */
    size_t t, tokens, live;
    size_t ahead; /* of the weights, to prefetch */
};

ALWAYS_INLINE const uint8_t *panel_stream(const struct tern_call *c, const struct panel *p, size_t s) {
    return (const uint8_t *)c->w.data + s / VEC_STREAMS * p->bytes + s % VEC_STREAMS * p->stream;
}

/* The first row of a stream. */
ALWAYS_INLINE size_t panel_row(const struct panel *p, size_t s) {
    return s / VEC_STREAMS * p->rows + s % VEC_STREAMS * VEC_ROWS;
}

ALWAYS_INLINE vec panel_add(vec acc, vec u8, vec s8) {
#ifdef VEC_DOT
    return v_dot(acc, u8, s8);
#else
    return v_mad(acc, u8, s8);
#endif
}

/* int32 sums + what panel_add made. */
ALWAYS_INLINE vec panel_widen(vec sum, vec acc) {
#ifdef VEC_DOT
    return v_add32(sum, acc);
#else
    return v_widen(sum, acc);
#endif
}

/* Where a group's weights and activations are, and what to prefetch. */
struct panel_place {
    const uint8_t *w, *ahead;
    const int8_t *q;
};

ALWAYS_INLINE void panel_load(const struct panel *p, const struct panel_tile *x, struct panel_place at,
                              size_t s, vec *state) {
    const size_t stream = s / VEC_STREAMS * p->bytes + s % VEC_STREAMS * p->stream;
    if (x->tokens == 1) _mm_prefetch((const char *)(at.ahead + stream), _MM_HINT_T0);
    p->load(at.w + stream, state);
}

/* Operand i of stream s meets the activations `a` of token j. */
ALWAYS_INLINE void panel_step(const struct panel *p, const struct panel_tile *x, size_t j, size_t s, size_t i,
                              const vec *state, vec a, vec *acc) {
    const size_t n = (j * x->streams + s) * p->sums + i % p->sums;
    const vec u = p->operand(state, i);
    acc[n] = panel_add(acc[n], u, a);
}

/* Adds a group. Of up to six operands, these stay in registers and the activations pass; of more
 * it is the activations that stay. */
ALWAYS_INLINE void panel_group(const struct panel *p, const struct panel_tile *x, struct panel_place at,
                               vec *acc) {
    UNROLL
    for (size_t s = 0; s < x->streams; s++) {
        vec state[PANEL_STATE];
        panel_load(p, x, at, s, state);
        if (p->operands <= PANEL_STATE) {
            UNROLL
            for (size_t j = 0; j < x->live; j++) {
                const vec a = v_four(at.q + 4 * j);
                UNROLL
                for (size_t i = 0; i < p->operands; i++) panel_step(p, x, j, s, i, state, a, acc);
            }
        } else {
            UNROLL
            for (size_t i = 0; i < p->operands; i++) UNROLL
            for (size_t j = 0; j < x->live; j++) panel_step(p, x, j, s, i, state, v_four(at.q + 4 * j), acc);
        }
    }
}

/* The same for four groups of activations in turn, which one or two streams share as they pass. Of four streams
 * the registers hold the weights of one at a time. */
ALWAYS_INLINE void panel_four_groups(const struct panel *p, const struct panel_tile *x, struct panel_place at,
                                     vec *acc) {
    vec state[4][1];
    if (x->streams == 4) {
        UNROLL
        for (size_t s = 0; s < 4; s++) {
            panel_load(p, x, at, s, state[s]);
            UNROLL
            for (size_t i = 0; i < 4; i++) panel_step(p, x, 0, s, i, state[s], v_four(at.q + 4 * i), acc);
        }
        return;
    }
    UNROLL
    for (size_t s = 0; s < x->streams; s++) panel_load(p, x, at, s, state[s]);
    UNROLL
    for (size_t i = 0; i < 4; i++) UNROLL
    for (size_t j = 0; j < x->live; j++) {
        const vec a = v_four(at.q + 4 * (i * x->tokens + j));
        UNROLL
        for (size_t s = 0; s < x->streams; s++) panel_step(p, x, j, s, i, state[s], a, acc);
    }
}

/* `groups` groups from `at` on. Of four streams the pointers are hidden from the compiler and stay as they are:
 * gcc 12 would make one of every address and run out of registers. */
ALWAYS_INLINE struct panel_place panel_groups(const struct panel *p, const struct panel_tile *x,
                                              struct panel_place at, size_t groups, vec *acc) {
    for (size_t g = 0; g < groups; g++) {
        if (x->streams == 4) __asm__("" : "+r"(at.w), "+r"(at.ahead));
        if (p->fours == 4)
            panel_four_groups(p, x, at, acc);
        else
            panel_group(p, x, at, acc);
        at.w += p->group;
        at.ahead += p->group;
        at.q += 4 * p->fours * x->tokens;
    }
    return at;
}

/* Zeros that gcc 12 must not take for one and the same, or it copies sums about in the loop. Only the few sums of
 * one or two streams of r16 it places better by itself. */
ALWAYS_INLINE void panel_clear(const struct panel *p, const struct panel_tile *x, vec *sum) {
#ifdef VEC_DOT
    const int settle = p->fours == 1 || x->streams == 4;
#else
    const int settle = 1;
#endif
    UNROLL
    for (size_t j = 0; j < x->live * x->streams; j++) UNROLL
    for (size_t i = 0; i < p->sums; i++) {
        sum[j * p->sums + i] = v_zero();
        if (settle) v_settle(&sum[j * p->sums + i]);
    }
}

ALWAYS_INLINE void panel_sums(const struct tern_call *c, const struct panel *p, const struct panel_tile *x,
                              vec *sum) {
    const size_t columns = 4 * p->fours, groups = (c->w.k + columns - 1) / columns;
    const uint8_t *w = panel_stream(c, p, x->stream);
    struct panel_place at = {w, w + x->ahead, x->q};
    panel_clear(p, x, sum);
#ifdef VEC_DOT
    panel_groups(p, x, at, groups, sum);
#else
    for (size_t g = 0; g < groups; g += p->flush) {
        vec acc[PANEL_SUMS];
        panel_clear(p, x, acc);
        at = panel_groups(p, x, at, tern_min(groups - g, p->flush), acc);
        UNROLL
        for (size_t j = 0; j < x->live * x->streams; j++) UNROLL
        for (size_t i = 0; i < p->sums; i++)
            sum[j * p->sums + i] = v_widen(sum[j * p->sums + i], acc[j * p->sums + i]);
    }
#endif
}

ALWAYS_INLINE void panel_multiply(const struct tern_call *c, const struct panel *p, struct panel_tile x) {
    vec sum[PANEL_SUMS];
    panel_sums(c, p, &x, sum);
    UNROLL
    for (size_t j = 0; j < x.live; j++) {
        const vec bias = v_ints(c->x->sum[x.t + j]);
        int32_t *y = (int32_t *)c->y + (x.t + j) * c->ldy;
        UNROLL
        for (size_t s = 0; s < x.streams; s++) {
            vec *of = sum + (j * x.streams + s) * p->sums;
            const size_t row = panel_row(p, x.stream + s);
            p->finish(of);
            UNROLL
            for (size_t f = 0; f < p->fields; f++) {
                if (row + 16 * f >= x.end) break;
                const vec sum_of_trits =
                    v_sra32(v_sub32(of[f], v_shl32(bias, p->scaled)), p->scaled); /* exact */
                v_store_some(y + row + 16 * f, x.end - row - 16 * f, sum_of_trits);
            }
        }
    }
}

/* Streams from row0 to row1. */
ALWAYS_INLINE size_t panel_streams(const struct panel *p, size_t row) {
    return (row + p->rows - 1) / p->rows * VEC_STREAMS;
}

/* One token. `most` streams side by side while there are as many, then two, then one: they are independent
 * sums that share the broadcast activations. `limit`, a constant, is how many the registers hold. */
ALWAYS_INLINE void panel_gemv(const struct tern_call *c, size_t row0, size_t row1, struct panel p,
                              size_t most, size_t limit) {
    struct panel_tile x = {.stream = row0 / p.rows * VEC_STREAMS,
                           .end = row1,
                           .q = c->x->q,
                           .tokens = 1,
                           .live = 1,
                           .ahead = (size_t)c->param[TERN_P_PREFETCH]};
    const size_t end = panel_streams(&p, row1);
    if (limit >= 4 && most >= 4)
        for (x.streams = 4; x.stream + 4 <= end; x.stream += 4) panel_multiply(c, &p, x);
    if (limit >= 2 && most >= 2)
        for (x.streams = 2; x.stream + 2 <= end; x.stream += 2) panel_multiply(c, &p, x);
    for (x.streams = 1; x.stream < end; x.stream++) panel_multiply(c, &p, x);
}

/* Several tokens, `tokens` at a time; the preparation packed their activations for that. Tokens that are left
 * over are a tile of their own for every size, so those that are not there cost nothing. */
ALWAYS_INLINE void panel_gemm(const struct tern_call *c, size_t row0, size_t row1, struct panel p,
                              size_t tokens) {
    const size_t n = c->x->n, block = tern_round_up(c->w.k, 4 * p.fours) * tokens;
    const size_t end = panel_streams(&p, row1);
    for (size_t s = row0 / p.rows * VEC_STREAMS; s < end; s++) {
        struct panel_tile x = {.stream = s, .streams = 1, .end = row1, .q = c->shared, .tokens = tokens};
        for (x.live = tokens; x.t + tokens <= n; x.t += tokens, x.q += block) panel_multiply(c, &p, x);
        UNROLL
        for (size_t live = 1; live < tokens; live++)
            if (n - x.t == live) {
                x.live = live;
                panel_multiply(c, &p, x);
            }
    }
}

#endif
