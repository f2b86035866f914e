/* r16 (2.0 bpw, rows in lanes, four columns of a row per byte; packed by formats/memory/r16.c): fields are masked, not shifted.
 *
 * Without dot products, per register of 64 weights: 1 load, 1 shift, 4 and, 8 smlal. Fields 0 and 2 add to one sum, fields 1 and
 * 3, four times too large, to another. A step adds two products of codes up to 2 << 2 to an int16 lane. */
#ifndef TERN_KERNELS_ARM_PANELS_R16_H
#define TERN_KERNELS_ARM_PANELS_R16_H

#include "kernels/arm/panels/panel.h"
#include "kernels/formats/memory/r16.h"

enum { R16_HALF_STEP = 2 * (8 * 128) }; /* largest step of int16 */
_Static_assert(TERN_FLUSH_2048 *R16_HALF_STEP <= TERN_INT16_LEAST, "r16: int16 sums");

ALWAYS_INLINE vec r16_half_shifted(vec *x, size_t f) {
    if (f == 2) *x = v_shr8(*x, 4);
    return v_and(*x, v_bytes(f % 2 ? 12 : 3));
}

ALWAYS_INLINE void r16_half_finish(vec *sum, vec bias) {
    sum[0] = v_sub32(v_add32(sum[0], v_sra32(sum[1], 2)), bias);
}

ALWAYS_INLINE struct panel r16_half(const struct tern_call *c, size_t flush) {
    return (struct panel){.rows = TERN_R16_ROWS,
                          .bytes = tern_r16_panel(c->w.k),
                          .fours = 4,
                          .operands = 4,
                          .sums = 2,
                          .fields = 1,
                          .flush = flush,
                          .operand = r16_half_shifted,
                          .finish = r16_half_finish};
}

#endif
