/* e80 (1.6 bpw, five rows per byte in base 3; packed by formats/memory/e80.c) with vpermb and vpdpbusd.
 *
 * Inner loop per 64 bytes = 320 weights: 1 load, 1 compare, 3 vpermb (2 masked), 3 and, and per token 1
 * broadcast and 5 vpdpbusd. Prefix bytes are at most 170 and the whole number at most 208: sums may wrap from
 * K = 80,660 on, but differences, which are shifted down by up to 6, fit up to TERN_K_MAX. */
#ifndef TERN_KERNELS_X86_PANELS_E80_AVX512VBMI_H
#define TERN_KERNELS_X86_PANELS_E80_AVX512VBMI_H

#include "kernels/formats/memory/e80.h"
#include "kernels/x86/panels/panel.h"

ALWAYS_INLINE __mmask64 e80_escaped(vec x) {
    return _mm512_cmpge_epu8_mask(x, v_bytes(0xc0));
}

/* Four 2-bit digits of a byte. vpermb ignores the top two bits of an index. */
ALWAYS_INLINE vec e80_four(vec x) {
    const vec plain = _mm512_permutexvar_epi8(x, v_load(tern_e80_plain));
    return _mm512_mask_permutexvar_epi8(plain, e80_escaped(x), x, v_load(tern_e80_escape));
}

/* The prefixes of the four digits, and the whole number 64*d4 + 27*d3 + 9*d2 + 3*d1 + d0, which is the byte
 * itself unless it was escaped. */
ALWAYS_INLINE void e80_load(const uint8_t *at, vec *u) {
    const vec x = v_load(at);
    u[3] = e80_four(x);
    u[4] = _mm512_mask_permutexvar_epi8(x, e80_escaped(x), x, v_load(tern_e80_whole));
    UNROLL
    for (size_t f = 0; f < 3; f++) u[f] = v_and(u[3], v_bytes((4 << 2 * f) - 1));
}

ALWAYS_INLINE void e80_finish(vec *sum) {
    panel_telescope(sum, 4);
    const vec s01 = v_add32(sum[0], v_mul32(sum[1], v_ints(3)));
    const vec s23 = v_mul32(v_add32(sum[2], v_mul32(sum[3], v_ints(3))), v_ints(9));
    sum[4] = v_sra32(v_sub32(sum[4], v_add32(s01, s23)), 6);
}

ALWAYS_INLINE void e80_unpack(const uint8_t *at, vec *code) {
    const vec x = v_load(at), four = e80_four(x);
    const vec fifth = _mm512_mask_permutexvar_epi8(x, e80_escaped(x), x, v_load(tern_e80_fifth));
    UNROLL
    for (unsigned f = 0; f < 4; f++) v_store(code + f, v_and(v_shr16(four, 2 * f), v_bytes(3)));
    v_store(code + 4, v_and(v_shr16(fifth, 6), v_bytes(3)));
}

ALWAYS_INLINE struct panel e80_panel(const struct tern_call *c) {
    return (struct panel){.rows = 80,
                          .bytes = tern_panel_bytes(c->w.k),
                          .group = TERN_PANEL_GROUP,
                          .fours = 1,
                          .operands = 5,
                          .sums = 5,
                          .fields = 5,
                          .load = e80_load,
                          .operand = panel_operand,
                          .finish = e80_finish,
                          .unpack = e80_unpack};
}

#endif
