/* The kinds of byte look-up: where the codes and tables of a kind lie, and one look-up. */
#ifndef TERN_KERNELS_X86_LUT_LOOK_UP_H
#define TERN_KERNELS_X86_LUT_LOOK_UP_H

#include "kernels/flush.h"
#include "kernels/formats/memory/group.h"
#include "kernels/prep/lut.h"
#include "kernels/x86/lut/build.h"

enum lut_kind {
    PAIRS,        /* g2, shuffle_epi8 */
    TRIPLES,      /* g3, shuffle_epi8 and signs */
    PAIR_WORDS,   /* g2, unpacked to int16 as TL1 does */
    TRIPLE_WORDS, /* g3, unpacked to int16 as TL2 does */
    FOURS,        /* g4, vpermi2b */
    FIVES         /* g5, vpermi2b and signs */
};

/* Bytes that are added before a widening: four low digits, high digits of three quads (SIGNED: 128 and two). */
_Static_assert(4 * (RADIX - 1) <= TERN_BYTE_MOST && 3 * 4 * (4 * 5) <= TERN_BYTE_MOST,
               "digits: sums in bytes");
_Static_assert(128 + 4 * LUT_BIAS <= TERN_BYTE_MOST && 128 + 2 * 4 * (2 * 3) <= TERN_BYTE_MOST,
               "signed digits: sums in bytes");

ALWAYS_INLINE size_t group_columns(enum lut_kind f) {
    return f == FIVES ? 5 : f == FOURS ? 4 : f == PAIRS || f == PAIR_WORDS ? 2 : 3;
}

ALWAYS_INLINE int is_triple(enum lut_kind f) {
    return f == TRIPLES || f == TRIPLE_WORDS;
}

ALWAYS_INLINE int is_words(enum lut_kind f) {
    return f == PAIR_WORDS || f == TRIPLE_WORDS;
}

ALWAYS_INLINE size_t quad_columns(enum lut_kind f) {
    return 4 * group_columns(f);
}

/* Quads of a row; those of g3 come in twos. */
ALWAYS_INLINE size_t all_quads(enum lut_kind f, size_t k) {
    return is_triple(f) ? 2 * (tern_g3_panel_bytes(k) / TERN_G3_CHUNK)
                        : tern_group_quads(k, group_columns(f));
}

ALWAYS_INLINE size_t panel_bytes(enum lut_kind f, size_t k) {
    return f == FIVES     ? tern_g5_panel_bytes(k)
           : f == FOURS   ? tern_g4_panel_bytes(k)
           : is_triple(f) ? tern_g3_panel_bytes(k)
                          : tern_g2_panel_bytes(k);
}

/* Where the codes of a quad begin in a panel. */
ALWAYS_INLINE size_t quad_at(enum lut_kind f, size_t quad) {
    return f == FIVES || f == FOURS ? quad * 4 * TERN_GROUP_ROWS
           : is_triple(f)           ? quad / 2 * TERN_G3_CHUNK + quad % 2 * 2 * TERN_GROUP_ROWS
                                    : quad * 2 * TERN_GROUP_ROWS;
}

ALWAYS_INLINE size_t quad_table_bytes(enum lut_kind f) {
    return f == FIVES || f == FOURS ? 4 * 256 : 4 * 32;
}

/* What a quad adds to a 16-bit sum besides the entries. SIGNED bytes start from 128 instead. */
ALWAYS_INLINE unsigned quad_bias(enum lut_kind f) {
    if (is_words(f)) return 0;
    if (f == TRIPLES) return 128 + 128 * RADIX / 2; /* high bytes widen every second quad */
    return 4 * (unsigned)(LUT_BIAS_PER_COLUMN * group_columns(f) + LUT_BIAS);
}

/* The signs of a chunk of g3, seen from the codes of its first or second quad. */
ALWAYS_INLINE size_t sign_line(int odd_quad) {
    return (odd_quad ? 2 : 4) * TERN_GROUP_ROWS;
}

/* Entry bytes of group j of a quad for one register of rows at w. */
ALWAYS_INLINE void look_up(enum lut_kind f, const uint8_t *w, int odd_quad, int j, const uint8_t *tab,
                           vec *lo, vec *hi) {
    if (f == FOURS || f == FIVES) {
#if defined(__AVX512VBMI__)
        __m512i x = _mm512_load_si512(w + j * TERN_GROUP_ROWS);
        v_settle(&x); /* one load, and a copy that costs nothing, instead of two loads */
        *lo = _mm512_permutex2var_epi8(_mm512_load_si512(tab), x, _mm512_load_si512(tab + 64));
        *hi = _mm512_permutex2var_epi8(_mm512_load_si512(tab + 128), x, _mm512_load_si512(tab + 192));
        if (f == FOURS) return;
        const __mmask64 negative = _mm512_movepi8_mask(x);
        *lo = _mm512_mask_sub_epi8(*lo, negative, _mm512_set1_epi8(RADIX - 1), *lo);
        *hi = _mm512_mask_sub_epi8(*hi, negative, _mm512_set1_epi8(20), *hi);
#endif
        return;
    }
    const vec x = v_load(w + j / 2 * TERN_GROUP_ROWS), nibble = v_bytes(15);
    const vec index = v_and(j % 2 ? v_shr16(x, 4) : x, nibble);
    *lo = v_look16(v_table(tab), index);
    *hi = v_look16(v_table(tab + 16), index);
    if (f != TRIPLES) return;
    const vec signs = v_load(w + sign_line(odd_quad));
    *lo = v_negate8_where(*lo, signs, 4 * odd_quad + j);
    *hi = v_negate8_where(*hi, signs, 4 * odd_quad + j);
}

#endif
