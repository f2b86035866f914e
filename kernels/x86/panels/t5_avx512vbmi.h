/* t5 (1.667 bpw, three rows in five bits; packed by formats/memory/t5.c): vpermb gives each qword its five
 * bytes, vpmultishiftqb cuts eight codes.
 *
 * The codes' upper three bits are bits of their neighbours; a look-up by vpermb ignores the top two of them,
 * and its tables hold each of the 32 entries twice to ignore the third. Per 40 bytes = 192 weights: 1 load
 * (unaligned), 5 operations, and per token 1 broadcast and 3 vpdpbusd. Two ways to the three rows:
 *   fields     one look-up gives three 2-bit digits; prefix masks & 3 and & 15 (and runs on two ports of an
 *              Intel core, vpermb on one); a byte is at most 42.
 *   quotients  code & 31, and look-ups of code / 3 and code / 9, which telescope by three; at most 26.
 * Overflow: |sum| <= 42 * 128 * K < 2^31 for K < 399,457. */
#ifndef TERN_KERNELS_X86_PANELS_T5_AVX512VBMI_H
#define TERN_KERNELS_X86_PANELS_T5_AVX512VBMI_H

#include "kernels/formats/memory/t5.h"
#include "kernels/x86/panels/panel.h"

/* clang-format off */
#define T5_TWICE(...) {__VA_ARGS__, __VA_ARGS__}
static const uint8_t t5_fields[64] = T5_TWICE(
    0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x18,
    0x19, 0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f);
static const uint8_t t5_thirds[64] = T5_TWICE(
    0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 9, 9);
static const uint8_t t5_ninths[64] = T5_TWICE(
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3);
static const uint8_t t5_spread[64] = {
     0,  1,  2,  3,  4, 0, 0, 0,  5,  6,  7,  8,  9, 0, 0, 0, 10, 11, 12, 13, 14, 0, 0, 0, 15, 16, 17, 18, 19, 0, 0, 0,
    20, 21, 22, 23, 24, 0, 0, 0, 25, 26, 27, 28, 29, 0, 0, 0, 30, 31, 32, 33, 34, 0, 0, 0, 35, 36, 37, 38, 39, 0, 0, 0};
/* clang-format on */

ALWAYS_INLINE vec t5_codes(const uint8_t *at) {
    const vec five = _mm512_permutexvar_epi8(v_load(t5_spread), v_load(at));
    return _mm512_multishift_epi64_epi8(_mm512_set1_epi64(0x231e19140f0a0500), five);
}

/* Prefixes of the three digits. */
ALWAYS_INLINE void t5_load_fields(const uint8_t *at, vec *u) {
    u[2] = _mm512_permutexvar_epi8(t5_codes(at), v_load(t5_fields));
    u[1] = v_and(u[2], v_bytes(15));
    u[0] = v_and(u[2], v_bytes(3));
}

ALWAYS_INLINE void t5_finish_fields(vec *sum) {
    panel_telescope(sum, 3);
}

ALWAYS_INLINE void t5_load_quotients(const uint8_t *at, vec *u) {
    const vec code = t5_codes(at);
    u[0] = v_and(code, v_bytes(31));
    u[1] = _mm512_permutexvar_epi8(code, v_load(t5_thirds));
    u[2] = _mm512_permutexvar_epi8(code, v_load(t5_ninths));
}

ALWAYS_INLINE void t5_finish_quotients(vec *sum) {
    sum[0] = v_sub32(sum[0], v_mul32(sum[1], v_ints(3)));
    sum[1] = v_sub32(sum[1], v_mul32(sum[2], v_ints(3)));
}

ALWAYS_INLINE void t5_unpack(const uint8_t *at, vec *code) {
    vec u[3];
    t5_load_fields(at, u);
    v_store(code, u[0]);
    v_store(code + 1, v_and(v_shr16(u[2], 2), v_bytes(3)));
    v_store(code + 2, v_shr16(v_and(u[2], v_bytes(0x30)), 4));
}

ALWAYS_INLINE struct panel t5_panel(const struct tern_call *c) {
    return (struct panel){.rows = TERN_T5_ROWS,
                          .bytes = tern_t5_panel(c->w.k),
                          .group = TERN_T5_GROUP,
                          .fours = 1,
                          .operands = 3,
                          .sums = 3,
                          .fields = 3,
                          .load = t5_load_fields,
                          .operand = panel_operand,
                          .finish = t5_finish_fields,
                          .unpack = t5_unpack};
}

ALWAYS_INLINE struct panel t5_quotients(const struct tern_call *c) {
    struct panel p = t5_panel(c);
    p.load = t5_load_quotients;
    p.finish = t5_finish_quotients;
    return p;
}

#endif
