/* b128 (1 bit per weight, -1 or +1, eight rows per byte; packed by formats/memory/b128.c): W1A8.
 *
 * sum(w * a) = 2 * sum(bit * a) - sum(a).
 *
 * With dot products: prefix masks x & 1, x & 3, .. x & 127, whose sums telescope. The eighth prefix is the byte itself, as a
 * signed number: x - 256 * (bit 7), so its difference to the seventh is -128 * bit. Per register of 128 weights: 1 load, 7 and,
 * 8 sdot. Sums may wrap; the differences are at most 128 * 128 * K, which fits up to TERN_K_MAX.
 *
 * Without: single-bit masks 1, 2, 4, 8 on the byte and on the byte shifted by 4: 1 load, 1 shift, 8 and, 16 smlal. */
#ifndef TERN_KERNELS_ARM_PANELS_B128_H
#define TERN_KERNELS_ARM_PANELS_B128_H

#include "kernels/arm/panels/panel.h"

enum {
    B128_STEP = 4 * 8 * 128
}; /* largest step of int16: four products of a single bit, one for each group of columns */
_Static_assert(TERN_FLUSH_4096 *B128_STEP <= TERN_INT16_LEAST, "b128: int16 sums");

ALWAYS_INLINE int b128_prefix_mask(size_t f) {
    return (2 << f) - 1;
}

ALWAYS_INLINE vec b128_prefix(vec *x, size_t f, const vec *mask) {
    return f < 7 ? v_and(*x, mask[f]) : *x;
}

ALWAYS_INLINE int b128_bit_mask(size_t f) {
    return 1 << f;
}

ALWAYS_INLINE vec b128_bit(vec *x, size_t f, const vec *mask) {
    if (f == 4) *x = v_shr8(*x, 4);
    return v_and(*x, mask[f % 4]);
}

ALWAYS_INLINE void b128_finish_prefixes(vec *sum, vec bias) {
    UNROLL
    for (unsigned f = 8; f-- > 0;) {
        const vec bits = f == 7 ? v_sra32(v_sub32(sum[6], sum[7]), 7)
                         : f    ? v_sra32(v_sub32(sum[f], sum[f - 1]), f)
                                : sum[0];
        sum[f] = v_sub32(v_add32(bits, bits), bias);
    }
}

ALWAYS_INLINE void b128_finish_bits(vec *sum, vec bias) {
    UNROLL
    for (unsigned f = 0; f < 8; f++) {
        const vec bits = v_sra32(sum[f], f % 4);
        sum[f] = v_sub32(v_add32(bits, bits), bias);
    }
}

ALWAYS_INLINE struct panel b128_panel(const struct tern_call *c, size_t flush) {
    return (struct panel){.rows = 128,
                          .bytes = tern_panel_bytes(c->w.k),
                          .fours = 1,
                          .operands = 8,
                          .sums = 8,
                          .fields = 8,
                          .flush = flush,
#ifdef VEC_DOT
                          .constants = 7,
                          .constant = b128_prefix_mask,
                          .operand = b128_prefix,
                          .finish = b128_finish_prefixes
#else
                          .constants = 4,
                          .constant = b128_bit_mask,
                          .operand = b128_bit,
                          .finish = b128_finish_bits
#endif
    };
}

#endif
