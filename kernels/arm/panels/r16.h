/* r16 (2.0 bpw, rows in lanes, four columns of a row per byte; packed by formats/memory/r16.c): fields are masked, not shifted.
 *
 * With dot products, per register of 64 weights: 1 load, 3 and, 1 shift, 4 sdot. Fields 1 and 2 come out 4 and 16 times too large,
 * and are shifted down once, exactly, at the end; the fourth is shifted, as masked it would be negative. Overflow:
 * |sum| <= K/4 * 32 * 128 < 2^31.
 *
 * Without: 1 load, 1 shift, 4 and, 8 smlal. Fields 0 and 2 add to one sum, fields 1 and 3, four times too large, to another. A
 * step adds two products of codes up to 2 << 2 to an int16 lane. */
#ifndef TERN_KERNELS_ARM_PANELS_R16_H
#define TERN_KERNELS_ARM_PANELS_R16_H

#include "kernels/arm/panels/panel.h"
#include "kernels/formats/memory/r16.h"

/* 3, 12, 48 */
ALWAYS_INLINE int r16_mask(size_t f) {
    return 3 << 2 * f;
}

ALWAYS_INLINE struct panel r16_panel(const struct tern_call *c) {
    return (struct panel){.rows = TERN_R16_ROWS,
                          .bytes = tern_r16_panel(c->w.k),
                          .fours = 4,
                          .operands = 4,
                          .fields = 1,
                          .constant = r16_mask};
}

#ifdef VEC_DOT
ALWAYS_INLINE vec r16_masked(vec *x, size_t f, const vec *mask) {
    return f < 3 ? v_and(*x, mask[f]) : v_shr8(*x, 6);
}

ALWAYS_INLINE void r16_finish(vec *sum, vec bias) {
    sum[0] = v_add32(sum[0], v_add32(v_sra32(sum[1], 2), v_sra32(sum[2], 4)));
    panel_unbias(sum, 1, bias);
}

ALWAYS_INLINE struct panel r16_dot(const struct tern_call *c) {
    struct panel p = r16_panel(c);
    p.constants = 3;
    p.sums = 3; /* field 3 adds to the sum of field 0 */
    p.operand = r16_masked;
    p.finish = r16_finish;
    return p;
}
#else
enum { R16_HALF_STEP = 2 * (8 * 128) }; /* largest step of int16 */
_Static_assert(TERN_FLUSH_2048 *R16_HALF_STEP <= TERN_INT16_LEAST, "r16: int16 sums");

ALWAYS_INLINE vec r16_half_shifted(vec *x, size_t f, const vec *mask) {
    if (f == 2) *x = v_shr8(*x, 4);
    return v_and(*x, mask[f % 2]);
}

ALWAYS_INLINE void r16_half_finish(vec *sum, vec bias) {
    sum[0] = v_add32(sum[0], v_sra32(sum[1], 2));
    panel_unbias(sum, 1, bias);
}

ALWAYS_INLINE struct panel r16_half(const struct tern_call *c, size_t flush) {
    struct panel p = r16_panel(c);
    p.constants = 2;
    p.sums = 2;
    p.flush = flush;
    p.operand = r16_half_shifted;
    p.finish = r16_half_finish;
    return p;
}
#endif

#endif
