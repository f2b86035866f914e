/* b80 (1.6 bpw, five rows per byte as a fraction; packed by formats/memory/b80.c): dot products of the fraction and of
 * what tripling leaves of it, from which the digits fall out at the end.
 *
 * With dot products, per register of 5 * VEC_BYTES weights: 1 load, 1 xor, 10 adds of bytes, and per token 1
 * broadcast and 6 vpdpbusd. Sums may wrap; 3 * S_f - S_(f+1) is 256 * (row + A), A the sum of the activations, and
 * once 256 * A is taken off, what is left fits for K <= TERN_B80_K_MAX (formats/memory/b80.h).
 *
 * Without, the bytes would have to become digits first, 2 adds, 2 comparisons and 2 subtractions for each row: 38
 * operations with the products, where m80 has 36 and look-up of triples 16 for as many weights. So there is only a
 * reader for GEMM. */
#ifndef TERN_KERNELS_X86_PANELS_B80_H
#define TERN_KERNELS_X86_PANELS_B80_H

#include "kernels/formats/memory/b80.h"
#include "kernels/x86/panels/panel.h"

/* A fraction less its first digit. */
ALWAYS_INLINE vec b80_next(vec x) {
    return v_add8(v_add8(x, x), x);
}

/* Digits of signed fractions: the first is 1 from -42/256 on, and 2 from 43/256 on. */
ALWAYS_INLINE void b80_unpack(const uint8_t *at, vec *code) {
    vec x = v_load(at);
    UNROLL
    for (size_t f = 0; f < 5; f++, x = b80_next(x))
        v_store(code + f, v_one_more8(v_one_more8(v_zero(), x, v_bytes(-43)), x, v_bytes(42)));
}

#ifdef VEC_DOT
ALWAYS_INLINE void b80_load(const uint8_t *at, vec *u) {
    u[0] = v_xor(v_load(at), v_bytes(0x80));
    UNROLL
    for (size_t n = 1; n < 6; n++) u[n] = b80_next(u[n - 1]);
}

ALWAYS_INLINE void b80_finish(vec *sum) {
    UNROLL
    for (size_t f = 0; f < 5; f++) sum[f] = v_sub32(v_add32(v_add32(sum[f], sum[f]), sum[f]), sum[f + 1]);
}
#endif

ALWAYS_INLINE struct panel b80_panel(const struct tern_call *c) {
    return (struct panel){.rows = 80,
                          .bytes = tern_panel_bytes(c->w.k),
                          .group = TERN_PANEL_GROUP,
                          .stream = VEC_BYTES,
                          .fours = 1,
                          .operands = 6,
                          .sums = 6,
                          .fields = 5,
                          .scaled = 8,
#ifdef VEC_DOT
                          .load = b80_load,
                          .operand = panel_operand,
                          .finish = b80_finish,
#endif
                          .unpack = b80_unpack};
}

#endif
