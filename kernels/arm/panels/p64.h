/* p64 and p64t (2.0 bpw, four rows per byte; packed by formats/memory/p64.c, p64t.c).
 *
 * Prefix masks, whose sums telescope. Per register of 64 weights:
 *   p64t            1 load, 3 and, 4 sdot: a byte is signed, and the longest prefix by itself
 *   p64 by sdot     1 load, 3 and, 1 shift, 4 sdot: the longest prefix would be a negative byte, so the fourth digit is shifted
 *                   down
 *   p64 by usdot    1 load, 3 and, 4 usdot
 * Sums may wrap, and the differences that are shifted down, by up to 6, are at most 64 * 2 * 128 * K (p64t: 64 * 128 * K): they
 * fit up to TERN_K_MAX. */
#ifndef TERN_KERNELS_ARM_PANELS_P64_H
#define TERN_KERNELS_ARM_PANELS_P64_H

#include "kernels/arm/panels/panel.h"

/* x & 3, x & 15, x & 63, x */
ALWAYS_INLINE int p64_mask(size_t f) {
    return (4 << 2 * f) - 1;
}

ALWAYS_INLINE vec p64_prefix(vec *x, size_t f, const vec *mask) {
    return f < 3 ? v_and(*x, mask[f]) : *x;
}

/* Sums of the prefixes of `count` 2-bit fields -> sums of the fields. Exact: every difference is a multiple. */
ALWAYS_INLINE void p64_telescope(vec *sum, unsigned count) {
    UNROLL
    for (unsigned f = count - 1; f > 0; f--) sum[f] = v_sra32(v_sub32(sum[f], sum[f - 1]), 2 * f);
}

ALWAYS_INLINE struct panel p64_panel(const struct tern_call *c) {
    return (struct panel){.rows = 64,
                          .bytes = tern_panel_bytes(c->w.k),
                          .fours = 1,
                          .operands = 4,
                          .sums = 4,
                          .fields = 4,
                          .constants = 3,
                          .constant = p64_mask};
}

/* The top digit is balanced, so no sum of the activations is in it. */
ALWAYS_INLINE void p64t_finish(vec *sum, vec bias) {
    p64_telescope(sum, 4);
    panel_unbias(sum, 3, bias);
}

ALWAYS_INLINE struct panel p64t_dot(const struct tern_call *c) {
    struct panel p = p64_panel(c);
    p.operand = p64_prefix;
    p.finish = p64t_finish;
    return p;
}

#if defined(VEC_MIXED)
ALWAYS_INLINE void p64_mixed_finish(vec *sum, vec bias) {
    p64_telescope(sum, 4);
    panel_unbias(sum, 4, bias);
}

ALWAYS_INLINE struct panel p64_mixed(const struct tern_call *c) {
    struct panel p = p64_panel(c);
    p.operand = p64_prefix;
    p.finish = p64_mixed_finish;
    p.dot_lane = v_mixed_dot_lane;
    return p;
}
#else
ALWAYS_INLINE vec p64_last_shifted(vec *x, size_t f, const vec *mask) {
    return f < 3 ? p64_prefix(x, f, mask) : v_shr8(*x, 6);
}

ALWAYS_INLINE void p64_finish(vec *sum, vec bias) {
    p64_telescope(sum, 3);
    panel_unbias(sum, 4, bias);
}

ALWAYS_INLINE struct panel p64_dot(const struct tern_call *c) {
    struct panel p = p64_panel(c);
    p.operand = p64_last_shifted;
    p.finish = p64_finish;
    return p;
}
#endif

#endif
