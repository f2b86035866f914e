/* t5 (1.667 bpw, three rows in five bits; packed by formats/memory/t5.c) on AVX2: pshufb gives each 16-bit lane
 * the ten bits of two codes, a multiplication aligns them.
 *
 * Codes 2m and 2m+1 of sixteen begin at bit 10*m, at most 6 bits into a byte, so the 16 bits from that byte
 * hold both. The 27 codes need two 16-entry look-ups (of code + 112, whose top bit clears the upper eleven,
 * and of code - 16, whose top bit clears the lower sixteen), which give three 2-bit digits. Per 20 bytes = 96
 * weights: 2 loads, 16 operations, 3 vpmaddubsw, 3 add. Field 1 stays unshifted. */
#ifndef TERN_KERNELS_X86_PANELS_T5_AVX2_H
#define TERN_KERNELS_X86_PANELS_T5_AVX2_H

#include "kernels/formats/memory/t5.h"
#include "kernels/x86/panels/panel.h"

enum { T5_STEP = 2 * 8 * 128 }; /* largest pair of products: of field 1, four times too large */
_Static_assert(TERN_FLUSH_2048 *T5_STEP <= TERN_INT16_LEAST, "t5: int16 sums");

enum { T5_HALF = 20 }; /* bytes of eight lanes */

/* Three 2-bit digits per byte. */
ALWAYS_INLINE vec t5_digits(const uint8_t *at) {
    const __m128i low = _mm_loadu_si128((const __m128i *)at),
                  high = _mm_loadu_si128((const __m128i *)(at + 10));
    const vec two = _mm256_setr_epi8(0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 7, 7, 8, 8, 9, 0, 1, 1, 2, 2, 3, 3, 4,
                                     5, 6, 6, 7, 7, 8, 8, 9);
    const vec up = _mm256_setr_epi16(64, 16, 4, 1, 64, 16, 4, 1, 64, 16, 4, 1, 64, 16, 4, 1);
    const vec pair = v_mul16(v_look16(_mm256_set_m128i(high, low), two), up);
    const vec odd = v_and(v_shr16(pair, 3), v_words(0x1f00));
    const vec even = v_and(v_shr16(pair, 6), v_words(0x001f));
    const vec code = v_or(odd, even);
    const vec first = _mm256_setr_epi8(0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12,
                                       0x14, 0x15, 0x16, 0x18, 0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09,
                                       0x0a, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x18);
    const vec second =
        _mm256_setr_epi8(0x19, 0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a, 0, 0, 0, 0, 0,
                         0x19, 0x1a, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x29, 0x2a, 0, 0, 0, 0, 0);
    return v_or(v_look16(first, v_add8(code, v_bytes(112))), v_look16(second, v_sub8(code, v_bytes(16))));
}

ALWAYS_INLINE void t5_load(const uint8_t *at, vec *state) {
    *state = t5_digits(at);
}

ALWAYS_INLINE vec t5_field(const vec *x, size_t f) {
    return f < 2 ? v_and(*x, v_bytes(3 << 2 * f)) : v_and(v_shr16(*x, 4), v_bytes(3));
}

ALWAYS_INLINE void t5_finish(vec *sum) {
    sum[1] = v_sra32(sum[1], 2);
}

ALWAYS_INLINE void t5_unpack(const uint8_t *at, vec *code) {
    const vec x = t5_digits(at);
    UNROLL
    for (unsigned f = 0; f < 3; f++) v_store(code + f, v_and(v_shr16(x, 2 * f), v_bytes(3)));
}

ALWAYS_INLINE struct panel t5_panel(const struct tern_call *c, size_t flush) {
    return (struct panel){.rows = TERN_T5_ROWS,
                          .bytes = tern_t5_panel(c->w.k),
                          .group = TERN_T5_GROUP,
                          .stream = T5_HALF,
                          .fours = 1,
                          .operands = 3,
                          .sums = 3,
                          .fields = 3,
                          .load = t5_load,
                          .operand = t5_field,
                          .finish = t5_finish,
                          .flush = flush,
                          .unpack = t5_unpack};
}

#endif
