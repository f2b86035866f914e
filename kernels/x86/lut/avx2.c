/* Byte-shuffle look-up on AVX2: 32 rows per register. */
#include "kernels/x86/vec_avx2.h"

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

static inline void build3words(const int8_t *q, size_t count, uint8_t *out) {
    build_groups(3, WORDS, q, count, out);
}

LUT_GEMV(gemv_g2_i8_r32k8__avx2, lut2_avx2, PAIRS, build2)
LUT_GEMV(gemv_g2_i8_r32k8_words__avx2, lut2words_avx2, PAIR_WORDS, build2words)
LUT_GEMV(gemv_g3_i8_r32k24__avx2, lut3_avx2, TRIPLES, build3)
LUT_GEMV(gemv_g3_i8_r32k24_words__avx2, lut3words_avx2, TRIPLE_WORDS, build3words)
