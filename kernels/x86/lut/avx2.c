/* Byte-shuffle look-up on AVX2: 32 rows per register. */
#include "kernels/x86/vec_avx2.h"

#include "kernels/x86/lut/loops.h"

static inline void build2(const int8_t *q, size_t count, uint8_t *out) {
    build_groups(2, q, count, out);
}

static inline void build3(const int8_t *q, size_t count, uint8_t *out) {
    build_groups(3, q, count, out);
}

static inline void build4(const int8_t *q, size_t count, uint8_t *out) {
    build_groups(4, q, count, out);
}

LUT_GEMV(gemv_g2_i8_r32k16__avx2, lut2_avx2, octet_family(2, build2))
LUT_GEMV(gemv_g3_i8_r32k24__avx2, lut3_avx2, octet_family(3, build3))
LUT_GEMV(gemv_b64_i8_r32k32__avx2, lutbits_avx2, octet_family(4, build4))
