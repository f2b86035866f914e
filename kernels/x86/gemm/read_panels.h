/* Readers of row panels (formats/memory/panel.h, r16.h, t5.h): a register of weights becomes `fields` registers
 * of codes, field f holding rows 16 f further down; in r16 columns 4 f further on. */
#ifndef TERN_KERNELS_X86_GEMM_READ_PANELS_H
#define TERN_KERNELS_X86_GEMM_READ_PANELS_H

#include "kernels/formats/memory/e80.h"
#include "kernels/formats/memory/panel.h"
#include "kernels/formats/memory/r16.h"
#include "kernels/formats/memory/t5.h"
#include "kernels/x86/gemm/digits.h"
#include "kernels/x86/gemm/quads.h"

struct panel_layout {
    size_t rows, fields;       /* of a panel */
    size_t bytes, group, part; /* from panel to panel, group to group, register to register of a group */
    void (*unpack)(const uint8_t *at, vec *code);
};

ALWAYS_INLINE void read_panel(const struct tern_call *c, struct panel_layout p, size_t row, size_t first,
                              size_t count, struct quads out) {
    const uint8_t *w = (const uint8_t *)c->w.data + row / p.rows * p.bytes + first * p.group;
    for (size_t q = 0; q < count; q++, w += p.group, out.at += out.step) {
        _mm_prefetch((const char *)(w + READ_AHEAD), _MM_HINT_T0);
        UNROLL
        for (size_t part = 0; part < QUAD / VEC_BYTES; part++) {
            vec code[8];
            p.unpack(w + part * p.part, code);
            UNROLL
            for (size_t f = 0; f < p.fields; f++) v_store(out.at + f * out.pitch + part * VEC_BYTES, code[f]);
        }
    }
}

#define PANEL_READER(name, panel_rows, panel_fields, panel_bytes, panel_group, panel_part)                   \
    static void read_##name(const struct tern_call *c, size_t row, size_t first, size_t count,               \
                            struct quads out) {                                                              \
        const struct panel_layout p = {panel_rows,  panel_fields, panel_bytes(c->w.k),                       \
                                       panel_group, panel_part,   unpack_##name};                            \
        read_panel(c, p, row, first, count, out);                                                            \
    }                                                                                                        \
    static const struct reader reader_##name = {.rows = panel_rows, .unit = 1, .read = read_##name};

/* p64: four fields of two bits. */
ALWAYS_INLINE void unpack_p64(const uint8_t *at, vec *code) {
    const vec x = v_load(at);
    UNROLL
    for (unsigned f = 0; f < 4; f++) code[f] = v_and(v_shr16(x, 2 * f), v_bytes(3));
}
PANEL_READER(p64, 64, 4, tern_panel_bytes, TERN_PANEL_GROUP, VEC_BYTES)

/* b128: eight bits; a 1 is +1, code 2. */
ALWAYS_INLINE void unpack_b128(const uint8_t *at, vec *code) {
    const vec x = v_load(at);
    code[0] = v_and(v_add8(x, x), v_bytes(2));
    UNROLL
    for (unsigned f = 1; f < 8; f++) code[f] = v_and(v_shr16(x, f - 1), v_bytes(2));
}
PANEL_READER(b128, 128, 8, tern_panel_bytes, TERN_PANEL_GROUP, VEC_BYTES)

/* m80: five digits of a byte. */
ALWAYS_INLINE void unpack_m80(const uint8_t *at, vec *code) {
    five_digits(v_load(at), code);
}
PANEL_READER(m80, 80, 5, tern_panel_bytes, TERN_PANEL_GROUP, VEC_BYTES)

/* e80: quadrant and c < 64, or (quadrant 3) 17 * fifth + c - 64. */
#if defined(__AVX512VBMI__)
ALWAYS_INLINE void unpack_e80(const uint8_t *at, vec *code) {
    const vec x = v_load(at);
    const __mmask64 escaped = _mm512_cmpge_epu8_mask(x, v_bytes(0xc0));
    const vec plain = _mm512_permutexvar_epi8(x, v_load(tern_e80_plain));
    const vec four = _mm512_mask_permutexvar_epi8(plain, escaped, x, v_load(tern_e80_escape));
    const vec fifth = _mm512_mask_permutexvar_epi8(x, escaped, x, v_load(tern_e80_fifth));
    UNROLL
    for (unsigned f = 0; f < 4; f++) code[f] = v_and(v_shr16(four, 2 * f), v_bytes(3));
    code[4] = v_and(v_shr16(fifth, 6), v_bytes(3));
}
#elif VEC_BITS == 256
ALWAYS_INLINE void unpack_e80(const uint8_t *at, vec *code) {
    const vec x = v_load(at), low = v_and(x, v_bytes(63));
    const vec escaped = _mm256_cmpeq_epi8(_mm256_max_epu8(x, v_bytes(0xc0)), x);
    vec rest;
    const vec fifth = digit_of(low, 17, digit_17, &rest);
    code[4] = _mm256_blendv_epi8(v_and(v_shr16(x, 6), v_bytes(3)), fifth, escaped);
    four_digits(_mm256_blendv_epi8(low, v_add8(rest, v_bytes(64)), escaped), code);
}
#endif
#if defined(__AVX512VBMI__) || VEC_BITS == 256
PANEL_READER(e80, 80, 5, tern_panel_bytes, TERN_PANEL_GROUP, VEC_BYTES)
#endif

/* t5: codes of five bits, three digits each; kernels/x86/panels says how they are cut. */
#if defined(__AVX512VBMI__)
ALWAYS_INLINE void unpack_t5(const uint8_t *at, vec *code) {
    static const uint64_t spread[8] = {0x0403020100, 0x0908070605, 0x0e0d0c0b0a, 0x131211100f,
                                       0x1817161514, 0x1d1c1b1a19, 0x2221201f1e, 0x2726252423};
    const vec five = _mm512_permutexvar_epi8(v_load(spread), v_load(at));
    const vec cut = _mm512_multishift_epi64_epi8(_mm512_set1_epi64(0x231e19140f0a0500), five);
    three_digits(v_and(cut, v_bytes(31)), code);
}
PANEL_READER(t5, TERN_T5_ROWS, 3, tern_t5_panel, TERN_T5_GROUP, 0)
#elif VEC_BITS == 256
ALWAYS_INLINE void unpack_t5(const uint8_t *at, vec *code) {
    const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)at);
    const __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(at + 10));
    _Alignas(16) static const uint8_t two[16] = {0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 7, 7, 8, 8, 9};
    const vec up = _mm256_set1_epi64x(0x0001000400100040);
    const vec pair = v_mul16(v_look16(_mm256_set_m128i(high, low), v_table(two)), up);
    const vec odd = v_and(v_shr16(pair, 3), v_words(0x1f00)), even = v_and(v_shr16(pair, 6), v_words(0x001f));
    three_digits(v_or(odd, even), code);
}
PANEL_READER(t5, TERN_T5_ROWS, 3, tern_t5_panel, TERN_T5_GROUP, 20)
#endif

/* r16: a group is sixteen columns of sixteen rows, field f columns 4 f .. 4 f + 3. */
static void read_r16(const struct tern_call *c, size_t row, size_t first, size_t count, struct quads out) {
    const uint8_t *w = (const uint8_t *)c->w.data + row / TERN_R16_ROWS * tern_r16_panel(c->w.k) +
                       first / 4 * TERN_R16_GROUP;
    for (size_t q = 0; q < count; q += 4, w += TERN_R16_GROUP, out.at += 4 * out.step) {
        _mm_prefetch((const char *)(w + READ_AHEAD), _MM_HINT_T0);
        UNROLL
        for (size_t part = 0; part < QUAD; part += VEC_BYTES) {
            const vec x = v_load(w + part);
            UNROLL
            for (unsigned f = 0; f < 4; f++)
                v_store(out.at + f * out.step + part, v_and(v_shr16(x, 2 * f), v_bytes(3)));
        }
    }
}
static const struct reader reader_r16 = {.rows = TERN_R16_ROWS, .unit = 4, .read = read_r16};

#endif
