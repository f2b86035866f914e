/* b128 (1 bit per weight, -1 or +1, eight rows per byte; packed by formats/memory/b128.c): W1A8.
 *
 * sum(w * a) = 2 * sum(bit * a) - sum(a).
 *
 * With dot products: prefix masks x & 1, x & 3, .. x & 127, x against one activation; the eight sums
 * telescope. Per register of 8 * VEC_BYTES weights: 1 load, 7 and, and per token 1 broadcast and 8 vpdpbusd.
 * Sums may wrap from K = 65,794 on, but their differences, which are shifted down by up to 7, are at most
 * 128 * 128 * K: they fit up to TERN_K_MAX.
 *
 * Without: single-bit masks 1, 2, 4, 8 on the byte and on the byte shifted by 4: 1 load, 1 shift, 8 and, 8
 * vpmaddubsw, 8 add. */
#ifndef TERN_KERNELS_X86_PANELS_B128_H
#define TERN_KERNELS_X86_PANELS_B128_H

#include "kernels/x86/panels/panel.h"

enum { B128_STEP = 2 * 8 * 128 }; /* largest pair of products of a single bit */
_Static_assert(TERN_FLUSH_2048 *B128_STEP <= TERN_INT16_LEAST, "b128: int16 sums");

ALWAYS_INLINE vec b128_prefix(const vec *x, size_t f) {
    return f < 7 ? v_and(*x, v_bytes((2 << f) - 1)) : *x;
}

ALWAYS_INLINE vec b128_bit(const vec *x, size_t f) {
    return v_and(f < 4 ? *x : v_shr16(*x, 4), v_bytes(1 << f % 4));
}

ALWAYS_INLINE void b128_finish_prefixes(vec *sum) {
    UNROLL
    for (unsigned f = 8; f-- > 0;) {
        const vec bits = f ? v_sra32(v_sub32(sum[f], sum[f - 1]), f) : sum[0];
        sum[f] = v_add32(bits, bits);
    }
}

ALWAYS_INLINE void b128_finish_bits(vec *sum) {
    UNROLL
    for (unsigned f = 0; f < 8; f++) {
        const vec bits = v_sra32(sum[f], f % 4);
        sum[f] = v_add32(bits, bits);
    }
}

/* Codes 0 and 2. */
ALWAYS_INLINE void b128_unpack(const uint8_t *at, vec *code) {
    const vec x = v_load(at);
    v_store(code, v_and(v_add8(x, x), v_bytes(2)));
    UNROLL
    for (unsigned f = 1; f < 8; f++) v_store(code + f, v_and(v_shr16(x, f - 1), v_bytes(2)));
}

ALWAYS_INLINE struct panel b128_panel(const struct tern_call *c, size_t flush) {
    return (struct panel){.rows = 128,
                          .bytes = tern_panel_bytes(c->w.k),
                          .group = TERN_PANEL_GROUP,
                          .stream = VEC_BYTES,
                          .fours = 1,
                          .operands = 8,
                          .sums = 8,
                          .fields = 8,
                          .load = panel_load_bytes,
#ifdef VEC_DOT
                          .operand = b128_prefix,
                          .finish = b128_finish_prefixes,
#else
                          .operand = b128_bit,
                          .finish = b128_finish_bits,
#endif
                          .flush = flush,
                          .unpack = b128_unpack};
}

#endif
