/* Byte-shuffle look-up on AVX-512BW: 64 rows per register, signs as masks. */
#include "kernels/x86/vec_avx512.h"

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

LUT_GEMV(gemv_g2_i8_r64k16__avx512bw, lut2_avx512bw, octet_family(2, build2))
LUT_GEMV(gemv_g3_i8_r64k24__avx512bw, lut3_avx512bw, octet_family(3, build3))
LUT_GEMV(gemv_b64_i8_r64k32__avx512bw, lutbits_avx512bw, octet_family(4, build4))
