/* Byte-shuffle look-up on SSSE3: 16 rows per register; the smallest machine with a table in a register. */
#include "kernels/x86/vec_ssse3.h"

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

LUT_GEMV(gemv_g2_i8_r16k16__ssse3, lut2_ssse3, octet_family(2, build2))
LUT_GEMV(gemv_g3_i8_r16k24__ssse3, lut3_ssse3, octet_family(3, build3))
LUT_GEMV(gemv_b64_i8_r16k32__ssse3, lutbits_ssse3, octet_family(4, build4))
