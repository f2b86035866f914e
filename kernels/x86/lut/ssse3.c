/* Byte-shuffle look-up on SSSE3: 16 rows per register; the smallest machine with a table in a register. */
#include "kernels/x86/vec_ssse3.h"

#include "kernels/x86/lut/digits.h"

static inline void build2(const int8_t *q, size_t count, uint8_t *out) {
    build_groups(2, DIGITS, q, count, out);
}

static inline void build2words(const int8_t *q, size_t count, uint8_t *out) {
    build_groups(2, WORDS, q, count, out);
}

static inline void build3(const int8_t *q, size_t count, uint8_t *out) {
    build_groups(3, SIGNED, q, count, out);
}

LUT_GEMV(gemv_g2_i8_r16k8__ssse3, lut2_ssse3, PAIRS, build2)
LUT_GEMV(gemv_g2_i8_r16k8_words__ssse3, lut2words_ssse3, PAIR_WORDS, build2words)
LUT_GEMV(gemv_g3_i8_r16k24__ssse3, lut3_ssse3, TRIPLES, build3)
