/* The loop of all GEMV kernels on row panels. A family (r16.h, p64.h, ..) says how a register of weights becomes operands, and
 * what rows their sums stand for; the loop is here, once.
 *
 * The includer has included the vec_<isa>.h of its registers. A register holds four of the sixteen 32-bit lanes of a row panel,
 * so a group of a panel is four registers, which are streams of their own:
 *
 *     stream   0         1         2         3           4
 *              panel 0   panel 0   panel 0   panel 0     panel 1
 *              rows 0-3  rows 4-7  rows 8-11 rows 12-15  rows 0-3
 *
 * The step of the loop is sixteen columns, one register of activations; a product takes four of them by the number of their lane.
 * Sums are int32 where the level has a dot product (VEC_DOT), else int16 in two registers that are widened every `flush` steps.
 * Results are exact: a family proves that no sum overflows. */
#ifndef TERN_KERNELS_ARM_PANELS_PANEL_H
#define TERN_KERNELS_ARM_PANELS_PANEL_H

#include "kernels/flush.h"
#include "kernels/formats/memory/panel.h"
#include "kernels/prep/prep.h"
#include "kernels/run.h"

enum {
    VEC_STREAMS = 512 / VEC_BITS, /* of a panel */
    VEC_ROWS = VEC_BITS / 32,     /* 32-bit lanes */
    PANEL_STEP = 16,              /* columns */
    PANEL_CONSTANTS = 7,
    PANEL_SUMS = 24, /* at most, of a tile: 32 registers less operands, masks and activations */
#ifdef VEC_DOT
    PANEL_HALVES = 1
#else
    PANEL_HALVES = 2 /* registers of int16 for the products of a register */
#endif
};

/* A family. Function pointers and sizes are constants that vanish when the loop is inlined. */
struct panel {
    /* Where the weights lie. */
    size_t rows;  /* of a panel */
    size_t bytes; /* from panel to panel */
    size_t
        fours; /* fours of columns in a group of TERN_PANEL_GROUP bytes: 1, or 4 whose operands meet four activations in turn */
    /* How a register of weights is multiplied. */
    size_t operands; /* s8 operands of a register */
    size_t sums;     /* of a stream; operand i adds to sum i % sums */
    size_t fields;   /* rows of a lane: field f holds rows 16 f further down */
    size_t flush;    /* steps that int16 sums hold; unused where there is VEC_DOT */
    /* Masks and factors. They are made before the loop and hidden from the compiler, which would make some of them anew in the
     * loop, each time. */
    size_t constants;
    int (*constant)(size_t i); /* each a byte, in all lanes */
    /* Operand i of the weights x with the constants m; asked for in order, so that x may become what the next is made of. */
    vec (*operand)(vec *x, size_t i, const vec *m);
#ifdef VEC_DOT
    vec (*dot_lane)(vec acc, vec u, vec x, size_t l); /* NULL: v_dot_lane */
#endif
    void (*finish)(vec *sum,
                   vec bias); /* int32 sums of operands -> fields, less the sum of the activations */
};

/* Sums of codes (trit + 1) are sums of trits and a bias. */
ALWAYS_INLINE void panel_unbias(vec *sum, unsigned count, vec bias) {
    UNROLL
    for (unsigned f = 0; f < count; f++) sum[f] = v_sub32(sum[f], bias);
}

/* `streams` streams from number `stream` on. */
struct panel_tile {
    size_t stream, streams, end; /* rows from `end` on are not stored */
    size_t ahead;                /* of the weights, to prefetch */
    vec constant[PANEL_CONSTANTS];
};

/* Where a group's weights and activations are, and what to prefetch. */
struct panel_place {
    const uint8_t *w, *ahead;
    const int8_t *q;
};

ALWAYS_INLINE size_t panel_offset(const struct panel *p, size_t s) {
    return s / VEC_STREAMS * p->bytes + s % VEC_STREAMS * VEC_BYTES;
}

/* Adds the products of operand u and the activations in lane l of x. */
ALWAYS_INLINE void panel_add(const struct panel *p, vec u, vec x, size_t l, vec *acc) {
#ifdef VEC_DOT
    *acc = p->dot_lane ? p->dot_lane(*acc, u, x, l) : v_dot_lane(*acc, u, x, l);
#else
    (void)p;
    const vec four = v_lane32(x, l);
    acc[0] = v_mad_low(acc[0], u, four);
    acc[1] = v_mad_high(acc[1], u, four);
#endif
}

/* int32 sums + what panel_add made. */
ALWAYS_INLINE vec panel_widen(vec sum, const vec *acc) {
#ifdef VEC_DOT
    return v_add32(sum, *acc);
#else
    return v_add32(sum, v_pairs32(v_widen(v_zero(), acc[0]), v_widen(v_zero(), acc[1])));
#endif
}

/* A group of 64 bytes: its operands meet lane l of x, or (fours) lanes 0 to 3 in turn. */
ALWAYS_INLINE void panel_group(const struct panel *p, const struct panel_tile *t, struct panel_place at,
                               vec x, size_t l, vec *acc) {
    v_prefetch(at.ahead);
    UNROLL
    for (size_t s = 0; s < t->streams; s++) {
        vec w = v_load(at.w + s * VEC_BYTES);
        UNROLL
        for (size_t i = 0; i < p->operands; i++)
            panel_add(p, p->operand(&w, i, t->constant), x, p->fours == 4 ? i : l,
                      acc + (s * p->sums + i % p->sums) * PANEL_HALVES);
    }
}

ALWAYS_INLINE struct panel_place panel_next(const struct panel *p, struct panel_place at) {
    at.w += TERN_PANEL_GROUP;
    at.ahead += TERN_PANEL_GROUP;
    at.q += 4 * p->fours;
    return at;
}

/* `steps` steps of sixteen columns from `at` on. */
ALWAYS_INLINE struct panel_place panel_steps(const struct panel *p, const struct panel_tile *t,
                                             struct panel_place at, size_t steps, vec *acc) {
    for (size_t i = 0; i < steps; i++) {
        vec x = v_load(at.q);
        v_settle(&x); /* one load, not one for each lane */
        UNROLL
        for (size_t l = 0; l < 4 / p->fours; l++) {
            panel_group(p, t, at, x, l, acc);
            at = panel_next(p, at);
        }
    }
    return at;
}

/* Zeros that gcc 12 must not take for one and the same, or it copies sums about in the loop. */
ALWAYS_INLINE void panel_clear(vec *sum, size_t count) {
    UNROLL
    for (size_t i = 0; i < count; i++) {
        sum[i] = v_zero();
        v_settle(&sum[i]);
    }
}

ALWAYS_INLINE void panel_sums(const struct tern_call *c, const struct panel *p, const struct panel_tile *t,
                              vec *sum) {
    const size_t groups = (c->w.k + 4 * p->fours - 1) / (4 * p->fours), steps = groups * p->fours / 4;
    const size_t count = t->streams * p->sums;
    const uint8_t *w = (const uint8_t *)c->w.data + panel_offset(p, t->stream);
    struct panel_place at = {w, w + t->ahead, c->x->q};
    vec acc[PANEL_SUMS];
#ifdef VEC_DOT
    vec *const last = sum;
    panel_clear(sum, count);
    at = panel_steps(p, t, at, steps, sum);
#else
    vec *const last = acc;
    panel_clear(sum, count);
    for (size_t i = 0; i < steps; i += p->flush) {
        panel_clear(acc, count * PANEL_HALVES);
        at = panel_steps(p, t, at, tern_min(steps - i, p->flush), acc);
        UNROLL
        for (size_t j = 0; j < count; j++) sum[j] = panel_widen(sum[j], acc + j * PANEL_HALVES);
    }
#endif
    if (p->fours == 4 || groups == 4 * steps) return;
    if (last == acc) panel_clear(acc, count * PANEL_HALVES);
    for (size_t g = 4 * steps; g < groups; g++) { /* at most three groups of four columns */
        panel_group(p, t, at, v_four(at.q), 0, last);
        at = panel_next(p, at);
    }
    if (last == acc) UNROLL
    for (size_t j = 0; j < count; j++) sum[j] = panel_widen(sum[j], acc + j * PANEL_HALVES);
}

ALWAYS_INLINE void panel_multiply(const struct tern_call *c, const struct panel *p, struct panel_tile t) {
    vec sum[PANEL_SUMS];
    UNROLL
    for (size_t i = 0; i < p->constants; i++) {
        t.constant[i] = v_bytes(p->constant(i));
        v_settle(&t.constant[i]);
    }
    panel_sums(c, p, &t, sum);
    const vec bias = v_ints(c->x->sum[0]);
    UNROLL
    for (size_t s = 0; s < t.streams; s++) {
        vec *of = sum + s * p->sums;
        const size_t stream = t.stream + s;
        const size_t row = stream / VEC_STREAMS * p->rows + stream % VEC_STREAMS * VEC_ROWS;
        p->finish(of, bias);
        UNROLL
        for (size_t f = 0; f < p->fields; f++) {
            if (row + 16 * f >= t.end) break;
            v_store_some((int32_t *)c->y + row + 16 * f, t.end - row - 16 * f, of[f]);
        }
    }
}

/* `streams` streams side by side: 1, 2 or 4, as many as the registers hold the sums of. */
ALWAYS_INLINE void panel_gemv(const struct tern_call *c, size_t row0, size_t row1, struct panel p,
                              size_t streams) {
    struct panel_tile t = {.stream = row0 / p.rows * VEC_STREAMS,
                           .streams = streams,
                           .end = row1,
                           .ahead = (size_t)c->param[TERN_P_PREFETCH]};
    const size_t end = (row1 + p.rows - 1) / p.rows * VEC_STREAMS;
    for (; t.stream < end; t.stream += streams) panel_multiply(c, &p, t);
}

#endif
