/* Lines, what Vec-LUT looks up with: the code d0 + 3 d1 + 9 d2 + 27 d3 of the four columns of a quad, a byte for each row, rows
 * side by side. */
#ifndef TERN_KERNELS_ARM_GEMM_LINES_H
#define TERN_KERNELS_ARM_GEMM_LINES_H

#include "kernels/arm/vec_neon.h"
#include "kernels/gemm/quads.h"

enum { CODE_ZERO = 40, CODES = 81 }; /* the code of four trits 0, and how many there are */

/* The codes of the sixteen rows of a quad. No byte overflows: 2 * 27 and in the end 80. */
ALWAYS_INLINE vec line_of_quad(const uint8_t *quad) {
    const vec weight = V_OF_U32(vdupq_n_u32(0x1b090301));
    vec x[4];
    UNROLL
    for (size_t i = 0; i < 4; i++) x[i] = vmulq_u8(v_load(quad + i * VEC_BYTES), weight);
    return vpaddq_u8(vpaddq_u8(x[0], x[1]), vpaddq_u8(x[2], x[3]));
}

/* The same from four columns. */
ALWAYS_INLINE vec line_of_columns(const vec column[4]) {
    vec code = column[3];
    UNROLL
    for (size_t i = 3; i-- > 0;) code = vmlaq_u8(column[i], code, v_bytes(3));
    return code;
}

#endif
