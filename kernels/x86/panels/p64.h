/* p64 (2.0 bpw, four rows per byte; packed by formats/memory/p64.c).
 *
 * With dot products, prefix masks, per register of 4 * VEC_BYTES weights: 1 load, 3 and, and per token 1
 * broadcast and 4 vpdpbusd; the four sums telescope. A byte is at most 170, so sums may wrap from K = 98,690
 * on; but their differences, which are shifted down by up to 6, are at most 64 * 2 * 128 * K: they fit up to
 * TERN_K_MAX.
 *
 * Without, prefix masks would saturate vpmaddubsw (170 * 127 * 2 > 32,767), so each field is shifted down: 1
 * load, 3 shifts, 4 and, and per token 1 broadcast, 4 vpmaddubsw, 4 vpaddw. */
#ifndef TERN_KERNELS_X86_PANELS_P64_H
#define TERN_KERNELS_X86_PANELS_P64_H

#include "kernels/x86/panels/panel.h"

enum { P64_STEP = 2 * 2 * 128 }; /* largest pair of products of codes */
_Static_assert(TERN_FLUSH_512 *P64_STEP <= TERN_INT16_MOST, "p64: int16 sums");

/* x & 3, x & 15, x & 63, x */
ALWAYS_INLINE vec p64_prefix(const vec *x, size_t f) {
    return f < 3 ? v_and(*x, v_bytes((4 << 2 * f) - 1)) : *x;
}

ALWAYS_INLINE vec p64_field(const vec *x, size_t f) {
    return v_and(v_shr16(*x, 2 * (unsigned)f), v_bytes(3));
}

ALWAYS_INLINE void p64_finish(vec *sum) {
    panel_telescope(sum, 4);
}

ALWAYS_INLINE void p64_unpack(const uint8_t *at, vec *code) {
    const vec x = v_load(at);
    UNROLL
    for (size_t f = 0; f < 4; f++) v_store(code + f, p64_field(&x, f));
}

ALWAYS_INLINE struct panel p64_panel(const struct tern_call *c) {
    return (struct panel){.rows = 64,
                          .bytes = tern_panel_bytes(c->w.k),
                          .group = TERN_PANEL_GROUP,
                          .stream = VEC_BYTES,
                          .fours = 1,
                          .operands = 4,
                          .sums = 4,
                          .fields = 4,
                          .load = panel_load_bytes,
#ifdef VEC_DOT
                          .operand = p64_prefix,
                          .finish = p64_finish,
#else
                          .operand = p64_field,
                          .finish = panel_sums_are_rows,
#endif
                          .flush = TERN_FLUSH_512,
                          .unpack = p64_unpack};
}

#endif
