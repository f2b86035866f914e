/* The lists that variants are made of: files as they are, and GEMM = layout x micro-kernel, every reader times
 * every micro-kernel.
 *
 * A reader is one entry of a list, a micro-kernel one line; the sources of the levels make functions of their
 * product, the registry its variants.
 *
 *     TERN_READERS(kernel, ON)     kernel(ON, format, row step, K step, N min) of every reader
 *     TERN_<kernel>(ON, format, ..)       ON(columns of TERN_VARIANT)
 *
 * Readers need no level: they are compiled once, for all. N min is 1 where the layout has no kernel of its own for one
 * token. */
#ifndef TERN_KERNELS_ARM_PRODUCT_H
#define TERN_KERNELS_ARM_PRODUCT_H

/* Layouts in memory, and those of files. */
#define TERN_READERS_MEMORY(kernel, ON)                                                                      \
    kernel(ON, p64, 64, 1, 2) kernel(ON, p64t, 64, 1, 2) kernel(ON, r16, 16, 1, 2) kernel(ON, e80, 80, 1, 1) \
        kernel(ON, m80, 80, 1, 1) kernel(ON, b80, 80, 1, 2) kernel(ON, t5, 48, 1, 1)                         \
            kernel(ON, g2, 64, 1, 2) kernel(ON, g3, 64, 1, 1) kernel(ON, g4, 64, 1, 1)                       \
                kernel(ON, g5, 64, 1, 1) kernel(ON, planes, 16, 1, 2) kernel(ON, bin1, 16, 1, 2)             \
                    kernel(ON, b128, 128, 1, 2)

#define TERN_READERS_FILE(kernel, ON)                                                                        \
    kernel(ON, i2s, 16, 128, 2) kernel(ON, i2sarm, 16, 64, 2) kernel(ON, i2s4, 16, 16, 2)                    \
        kernel(ON, tl1, 16, 4, 2) kernel(ON, tq10, 16, 256, 2) kernel(ON, tq20, 16, 256, 2)                  \
            kernel(ON, q10, 16, 128, 2) kernel(ON, q20g64, 16, 64, 2) kernel(ON, q20g128, 16, 128, 2)        \
                kernel(ON, iq1bn, 16, 64, 1) kernel(ON, iq2bn, 16, 64, 2) kernel(ON, iq2bnr4, 16, 64, 2)     \
                    kernel(ON, hfu8, 16, 16, 2)

#define TERN_READERS(kernel, ON) TERN_READERS_MEMORY(kernel, ON) TERN_READERS_FILE(kernel, ON)

/* One token by files as they are (files/): kernel(ON, format, tile, row step, K step, preparation) of every layout. */
#define TERN_FILES(kernel, ON)                                                                               \
    kernel(ON, i2s, r4k128, 1, 128, none) kernel(ON, i2sarm, r4k64, 1, 64, none)                             \
        kernel(ON, i2s4, r4k16, 4, 16, none) kernel(ON, tq10, r4k256, 1, 256, none)                          \
            kernel(ON, tq20, r4k256, 1, 256, none) kernel(ON, q10, r4k128, 1, 128, apart8)                   \
                kernel(ON, q20g64, r4k64, 1, 64, apart4) kernel(ON, q20g128, r4k128, 1, 128, apart4)         \
                    kernel(ON, iq2bn, r4k64, 1, 64, none) kernel(ON, iq2bnr4, r4k16, 4, 64, none)            \
                        kernel(ON, hfu8, r4k16, 1, 16, none)

#define TERN_FILE_NEON(ON, format, tile, rows, columns, prep)                                                \
    ON(gemv_##format##_i8_##tile##__neon, GEMV, I8, format, NEON, rows, columns, 1, 1, 10, 1, prep, prefetch)
#define TERN_FILE_DOTPROD(ON, format, tile, rows, columns, prep)                                             \
    ON(gemv_##format##_i8_##tile##__dotprod, GEMV, I8, format, DOTPROD, rows, columns, 1, 1, 20, 1, prep,    \
       prefetch)

/* Vec-LUT (gemm/veclut.c). */
#define TERN_VECLUT8_NEON(ON, format, rows, columns, tokens)                                                 \
    ON(gemm_##format##_i8_r8k4n8_veclut__neon, GEMM, I8, format, NEON, rows, columns, 2, TOKENS_MAX, 8, 1,   \
       veclut8, veclut)
#define TERN_VECLUT16_NEON(ON, format, rows, columns, tokens)                                                \
    ON(gemm_##format##_i8_r8k4n16_veclut__neon, GEMM, I8, format, NEON, rows, columns, 9, TOKENS_MAX, 14, 1, \
       veclut16, veclut)

/* Register tiles (gemm/tile_<level>.c). */
#define TERN_TILE_NEON(ON, format, rows, columns, tokens)                                                    \
    ON(gemm_##format##_i8_r16k4n3_tile__neon, GEMM, I8, format, NEON, rows, columns, tokens, TOKENS_MAX, 9,  \
       1, fourswords, none)
#define TERN_TILE_DOTPROD(ON, format, rows, columns, tokens)                                                 \
    ON(gemm_##format##_i8_r16k4n6_tile__dotprod, GEMM, I8, format, DOTPROD, rows, columns, tokens,           \
       TOKENS_MAX, 19, 1, fours, block)
#define TERN_TILE_SVE(ON, format, rows, columns, tokens)                                                     \
    ON(gemm_##format##_i8_r16k4n6_tile__sve, GEMM, I8, format, SVE, rows, columns, tokens, TOKENS_MAX, 18,   \
       1, fours, block)
#define TERN_TILE_I8MM(ON, format, rows, columns, tokens)                                                    \
    ON(gemm_##format##_i8_r16k8n6_tile__i8mm, GEMM, I8, format, I8MM, rows, columns, 2, TOKENS_MAX, 30, 1,   \
       eights, block)

/* What a source does with a variant's columns. */
#define FILE_RUN(name, op, act, format, ...) TERN_RUN(name, rows_##format(c, row0, row1))
#define TILE_RUN(name, op, act, format, ...)                                                                 \
    TERN_RUN(name, tern_tile_gemm(c, row0, row1, local, &tern_reader_##format, &tile_kernel))
#define TILE_SVE_RUN(name, op, act, format, ...)                                                             \
    TERN_RUN(name, multiply(c, row0, row1, local, &tern_reader_##format))
#define VECLUT8_RUN(name, op, act, format, ...)                                                              \
    TERN_RUN(name, tern_veclut_gemm(c, row0, row1, local, &tern_reader_##format, &veclut_kernel8))
#define VECLUT16_RUN(name, op, act, format, ...)                                                             \
    TERN_RUN(name, tern_veclut_gemm(c, row0, row1, local, &tern_reader_##format, &veclut_kernel16))

#endif
