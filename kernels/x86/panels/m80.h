/* m80 (1.6 bpw, five rows per byte in base 3; packed by formats/memory/m80.c): quotients by reciprocal
 * multiplication.
 *
 * With x = 256 * odd + even in each 16-bit lane and r_n = ceil(2^16 / 3^n), (even * r_n) >> 16 = even / 3^n,
 * and the high byte of (x * r_n) >> 16 is odd / 3^n for n = 1, 2; the quotients by 27 and 81 follow from the
 * one by 9 in the same way. Exact for every pair of bytes 0..242: with t the low byte,
 * t + 3^n * x * (r_n - 2^16 / 3^n) / 2^16 stays below 256 in each of these steps (t <= 242 in the first two,
 * x < 6,912 in the others).
 *
 * With dot products, per register of 5 * VEC_BYTES weights: 1 load, 13 operations for the quotients, and per
 * token 1 broadcast and 5 vpdpbusd. A quotient is at most 242, so |sum| <= 242 * 128 * K < 2^31 for
 * K < 69,327; three times a sum may wrap, but the difference, a row's sum of codes, is small, and wrapping
 * subtraction finds it.
 *
 * Without, vpmaddubsw saturates above 127 * 2 codes' worth: the three lowest rows are turned into digits (3
 * operations each), the quotients by 27 and 81 are small enough as they are. */
#ifndef TERN_KERNELS_X86_PANELS_M80_H
#define TERN_KERNELS_X86_PANELS_M80_H

#include "kernels/x86/panels/panel.h"

enum { R3 = 21846, R9 = 7282, R27 = 2428, R81 = 810 };

enum { M80_STEP = 2 * 8 * 128 }; /* largest pair of products: of quotients by 27 */
_Static_assert(TERN_FLUSH_2048 *M80_STEP <= TERN_INT16_LEAST, "m80: int16 sums");

/* x / 3^n for n = 0..4: 8 vpmulhuw, 1 and, 4 merges (two operations each before AVX-512). */
ALWAYS_INLINE void m80_quotients(vec x, vec q[5]) {
    const vec even = v_and(x, v_words(0x00ff));
    const vec odd9 = v_mul_high16(x, v_words(R9));
    q[0] = x;
    q[1] = v_and_or(v_words(0xff00), v_mul_high16(x, v_words(R3)), v_mul_high16(even, v_words(R3)));
    q[2] = v_and_or(v_words(0xff00), odd9, v_mul_high16(even, v_words(R9)));
    q[3] = v_and_or(v_words(0xff00), v_mul_high16(odd9, v_words(R3)), v_mul_high16(even, v_words(R27)));
    q[4] = v_and_or(v_words(0xff00), v_mul_high16(odd9, v_words(R9)), v_mul_high16(even, v_words(R81)));
}

/* quotient - 3 * next quotient: the digit, 0..2. */
ALWAYS_INLINE vec m80_digit(vec quotient, vec next) {
    return v_sub8(quotient, v_add8(next, v_add8(next, next)));
}

ALWAYS_INLINE void m80_digits(vec x, vec d[5]) {
    vec q[5];
    m80_quotients(x, q);
    UNROLL
    for (size_t f = 0; f < 4; f++) d[f] = m80_digit(q[f], q[f + 1]);
    d[4] = q[4];
}

ALWAYS_INLINE void m80_unpack(const uint8_t *at, vec *code) {
    vec d[5];
    m80_digits(v_load(at), d);
    UNROLL
    for (size_t f = 0; f < 5; f++) v_store(code + f, d[f]);
}

/* Sums of quotients from quotient `first` on -> sums of digits. */
ALWAYS_INLINE void m80_telescope(vec *sum, size_t first) {
    UNROLL
    for (size_t f = first; f < 4; f++)
        sum[f] = v_sub32(sum[f], v_add32(sum[f + 1], v_add32(sum[f + 1], sum[f + 1])));
}

#ifdef VEC_DOT
ALWAYS_INLINE void m80_load(const uint8_t *at, vec *u) {
    m80_quotients(v_load(at), u);
}

ALWAYS_INLINE void m80_finish(vec *sum) {
    m80_telescope(sum, 0);
}
#else
ALWAYS_INLINE void m80_load(const uint8_t *at, vec *u) {
    m80_quotients(v_load(at), u);
    UNROLL
    for (size_t f = 0; f < 3; f++) u[f] = m80_digit(u[f], u[f + 1]);
}

ALWAYS_INLINE void m80_finish(vec *sum) {
    m80_telescope(sum, 3);
}
#endif

ALWAYS_INLINE struct panel m80_panel(const struct tern_call *c, size_t flush) {
    return (struct panel){.rows = 80,
                          .bytes = tern_panel_bytes(c->w.k),
                          .group = TERN_PANEL_GROUP,
                          .stream = VEC_BYTES,
                          .fours = 1,
                          .operands = 5,
                          .sums = 5,
                          .fields = 5,
                          .load = m80_load,
                          .operand = panel_operand,
                          .finish = m80_finish,
                          .flush = flush,
                          .unpack = m80_unpack};
}

#endif
