/* GEMM = layout x micro-kernel: every reader times every micro-kernel of a level.
 *
 * A reader is one entry of a list, a micro-kernel one line; the sources of the levels make functions of their
 * product, the registry its variants.
 *
 *     TERN_READERS_<level>(kernel, ON)    kernel(ON, format, row step, K step) of every reader of the level
 *     TERN_<kernel>(ON, format, ..)       ON(columns of TERN_VARIANT)
 *
 * Readers of a level are compiled with its flags; those that need VBMI are of the level avx512vbmi only. */
#ifndef TERN_KERNELS_X86_PRODUCT_H
#define TERN_KERNELS_X86_PRODUCT_H

#define TERN_READERS_SSSE3(kernel, ON) kernel(ON, g2, 64, 1) kernel(ON, g3, 64, 1) kernel(ON, g4, 64, 1)

#define TERN_READERS_AVX2(kernel, ON)                                                                        \
    kernel(ON, p64, 64, 1) kernel(ON, p64t, 64, 1) kernel(ON, r16, 16, 1) kernel(ON, e80, 80, 1)             \
        kernel(ON, b80, 80, 1) kernel(ON, m80, 80, 1) kernel(ON, t5, 48, 1) kernel(ON, g2, 64, 1)            \
            kernel(ON, g3, 64, 1) kernel(ON, g4, 64, 1) kernel(ON, g5, 64, 1) kernel(ON, i2s, 16, 128)       \
                kernel(ON, planes, 16, 1) kernel(ON, bin1, 16, 1) kernel(ON, b128, 128, 1)

#define TERN_READERS_AVX512BW(kernel, ON)                                                                    \
    kernel(ON, p64, 64, 1) kernel(ON, p64t, 64, 1) kernel(ON, r16, 16, 1) kernel(ON, b80, 80, 1)             \
        kernel(ON, m80, 80, 1) kernel(ON, g2, 64, 1) kernel(ON, g3, 64, 1) kernel(ON, g3w, 64, 1)            \
            kernel(ON, g4, 64, 1) kernel(ON, g5, 64, 1) kernel(ON, i2s, 16, 128) kernel(ON, planes, 16, 1)   \
                kernel(ON, bin1, 16, 1) kernel(ON, b128, 128, 1)

#define TERN_READERS_AVX512VBMI(kernel, ON)                                                                  \
    kernel(ON, e80, 80, 1) kernel(ON, t5, 48, 1) kernel(ON, t24, 192, 1)

/* Vec-LUT (veclut.h). */
#define TERN_VECLUT_SSSE3(ON, format, rows, columns)                                                         \
    ON(gemm_##format##_i8_r1k4n8_veclut__ssse3, GEMM, I8, format, SSSE3, rows, columns, 2, TOKENS_MAX, 6, 1, \
       veclut8, veclut)
#define TERN_VECLUT_AVX2(ON, format, rows, columns)                                                          \
    ON(gemm_##format##_i8_r1k4n16_veclut__avx2, GEMM, I8, format, AVX2, rows, columns, 9, TOKENS_MAX, 15, 1, \
       veclut16, veclut)
#define TERN_VECLUT_AVX512BW(ON, format, rows, columns)                                                      \
    ON(gemm_##format##_i8_r1k4n32_veclut__avx512bw, GEMM, I8, format, AVX512BW, rows, columns, 17,           \
       TOKENS_MAX, 23, 1, veclut32, veclut)
#define TERN_VECLUT_AVX512VBMI(ON, format, rows, columns)                                                    \
    ON(gemm_##format##_i8_r1k4n32_veclut__avx512vbmi, GEMM, I8, format, AVX512VBMI, rows, columns, 17,       \
       TOKENS_MAX, 23, 1, veclut32, veclut)

/* Register tiles (tile.h). */
#define TERN_TILE_AVX2(ON, format, rows, columns)                                                            \
    ON(gemm_##format##_i8_r16k4n6_tile__avx2, GEMM, I8, format, AVX2, rows, columns, 2, TOKENS_MAX, 14, 1,   \
       fourspairs, none)
#define TERN_TILE_AVXVNNI(ON, format, rows, columns)                                                         \
    ON(gemm_##format##_i8_r16k4n6_tile__avxvnni, GEMM, I8, format, AVXVNNI, rows, columns, 2, TOKENS_MAX,    \
       14, 1, fours, block)
#define TERN_TILE_AVX512BW(ON, format, rows, columns)                                                        \
    ON(gemm_##format##_i8_r64k4n6_tile__avx512bw, GEMM, I8, format, AVX512BW, rows, columns, 2, TOKENS_MAX,  \
       22, 1, fourspairs, none)
#define TERN_TILE_AVX512VNNI(ON, format, rows, columns)                                                      \
    ON(gemm_##format##_i8_r64k4n6_tile__avx512vnni, GEMM, I8, format, AVX512VNNI, rows, columns, 2,          \
       TOKENS_MAX, 30, 1, fours, block)
#define TERN_TILE_AVX512VBMI(ON, format, rows, columns)                                                      \
    ON(gemm_##format##_i8_r64k4n6_tile__avx512vbmi, GEMM, I8, format, AVX512VBMI, rows, columns, 2,          \
       TOKENS_MAX, 30, 1, fours, block)

/* What the sources of the levels do with a variant's columns. */
#define VECLUT_RUN(name, op, act, format, ...)                                                               \
    TERN_RUN(name, tern_veclut_gemm(c, row0, row1, local, &reader_##format, &veclut_kernel))
#define TILE_RUN(name, op, act, format, ...)                                                                 \
    TERN_RUN(name, tern_tile_gemm(c, row0, row1, local, &reader_##format, &tile_kernel))

#endif
