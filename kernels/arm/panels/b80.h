/* b80 (1.6 bpw, five rows per byte as a signed fraction; packed by formats/memory/b80.c, explained in b80.h there).
 *
 * Multiplying a byte by 3 moves the next digit out at its top, and with S_n the sum of the n-th product row f is
 * (3 * S_f - S_(f+1)) / 256: no digit is extracted and no sum of the activations subtracted. Per register of 80 weights: 1
 * load, 5 multiplications, 6 sdot; or 10 additions, for cores that multiply bytes on one pipe only. Sums may wrap; 256 * row
 * fits for K <= TERN_B80_K_MAX. */
#ifndef TERN_KERNELS_ARM_PANELS_B80_H
#define TERN_KERNELS_ARM_PANELS_B80_H

#include "kernels/arm/panels/panel.h"
#include "kernels/formats/memory/b80.h"

ALWAYS_INLINE int b80_factor(size_t i) {
    (void)i;
    return 3;
}

/* asm, because compilers make a shift and an add of the product, and spill. */
ALWAYS_INLINE vec b80_multiplied(vec *x, size_t n, const vec *three) {
    if (n) __asm__("mul %0.16b, %0.16b, %1.16b" : "+w"(*x) : "w"(*three));
    return *x;
}

ALWAYS_INLINE vec b80_added(vec *x, size_t n, const vec *none) {
    (void)none;
    vec twice;
    if (n) {
        __asm__("add %0.16b, %1.16b, %1.16b" : "=w"(twice) : "w"(*x));
        __asm__("add %0.16b, %0.16b, %1.16b" : "+w"(*x) : "w"(twice));
    }
    return *x;
}

ALWAYS_INLINE void b80_finish(vec *sum, vec bias) {
    (void)bias;
    const vec three = v_ints(3);
    UNROLL
    for (size_t f = 0; f < 5; f++) sum[f] = v_sra32(v_sub32(v_mul32(sum[f], three), sum[f + 1]), 8);
}

ALWAYS_INLINE struct panel b80_panel(const struct tern_call *c) {
    return (struct panel){.rows = 80,
                          .bytes = tern_panel_bytes(c->w.k),
                          .fours = 1,
                          .operands = 6,
                          .sums = 6,
                          .fields = 5,
                          .constants = 1,
                          .constant = b80_factor,
                          .operand = b80_multiplied,
                          .finish = b80_finish};
}

ALWAYS_INLINE struct panel b80_adding(const struct tern_call *c) {
    struct panel p = b80_panel(c);
    p.constants = 0;
    p.operand = b80_added;
    return p;
}

#endif
