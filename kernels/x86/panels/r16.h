/* r16 (2.0 bpw, rows in lanes, four columns of a row per byte; packed by formats/memory/r16.c): fields are
 * masked, not shifted.
 *
 * A register of 4 * VEC_BYTES weights meets four groups of activations in turn, field f the f-th.
 *
 * With dot products, per register and token: 1 load, 4 and, 4 broadcasts, 4 vpdpbusd; field f comes out 4^f
 * times too large, and is shifted down once, exactly, at the end. Overflow: the largest field is 2 << 6, so
 * |sum| <= K/4 * 128 * 128 < 2^31 for K < 524,288.
 *
 * Without, the fields reach vpmaddubsw in one of two ways:
 *   half    one shift by 4; fields 0 and 2 in one sum, fields 1 and 3, four times too large, in another.
 *           Per register and token 1 shift, 4 and, 4 vpmaddubsw, 4 add.
 *   shift   three shifts, one sum. 3 shifts, 4 and, 4 vpmaddubsw, 4 add. */
#ifndef TERN_KERNELS_X86_PANELS_R16_H
#define TERN_KERNELS_X86_PANELS_R16_H

#include "kernels/formats/memory/r16.h"
#include "kernels/x86/panels/panel.h"

/* Largest steps of int16: two pairs of products of codes up to 2 << 2, and four of plain codes. */
enum { R16_HALF_STEP = 2 * (2 * 8 * 128), R16_SHIFT_STEP = 4 * (2 * 2 * 128) };
_Static_assert(TERN_FLUSH_4096 *R16_HALF_STEP <= TERN_INT16_LEAST, "r16, half: int16 sums");
_Static_assert(TERN_FLUSH_2048 *R16_SHIFT_STEP <= TERN_INT16_LEAST, "r16, shift: int16 sums");

ALWAYS_INLINE struct panel r16_panel(const struct tern_call *c) {
    return (struct panel){.rows = TERN_R16_ROWS,
                          .bytes = tern_r16_panel(c->w.k),
                          .group = TERN_R16_GROUP,
                          .stream = VEC_BYTES,
                          .fours = 4,
                          .operands = 4,
                          .fields = 1,
                          .load = panel_load_bytes};
}

#ifdef VEC_DOT
ALWAYS_INLINE vec r16_masked(const vec *x, size_t f) {
    return v_and(*x, v_bytes(3 << 2 * f));
}

ALWAYS_INLINE void r16_finish(vec *sum) {
    UNROLL
    for (unsigned f = 1; f < 4; f++) sum[0] = v_add32(sum[0], v_sra32(sum[f], 2 * f));
}

ALWAYS_INLINE struct panel r16_dot(const struct tern_call *c) {
    struct panel p = r16_panel(c);
    p.sums = 4;
    p.operand = r16_masked;
    p.finish = r16_finish;
    return p;
}
#else
ALWAYS_INLINE vec r16_half_shifted(const vec *x, size_t f) {
    return v_and(f < 2 ? *x : v_shr16(*x, 4), v_bytes(f % 2 ? 12 : 3));
}

ALWAYS_INLINE void r16_half_finish(vec *sum) {
    sum[0] = v_add32(sum[0], v_sra32(sum[1], 2));
}

ALWAYS_INLINE struct panel r16_half(const struct tern_call *c, size_t flush) {
    struct panel p = r16_panel(c);
    p.sums = 2;
    p.operand = r16_half_shifted;
    p.finish = r16_half_finish;
    p.flush = flush;
    return p;
}

ALWAYS_INLINE vec r16_shifted(const vec *x, size_t f) {
    return v_and(v_shr16(*x, 2 * (unsigned)f), v_bytes(3));
}

ALWAYS_INLINE struct panel r16_shift(const struct tern_call *c, size_t flush) {
    struct panel p = r16_panel(c);
    p.sums = 1;
    p.operand = r16_shifted;
    p.finish = panel_sums_are_rows;
    p.flush = flush;
    return p;
}
#endif

#endif
