/* One token by files as they are: every layout at every level. A source of a level includes its vec_<isa>.h first. */
#ifndef TERN_KERNELS_ARM_FILES_GEMV_H
#define TERN_KERNELS_ARM_FILES_GEMV_H

#include "kernels/arm/files/bits.h"
#include "kernels/arm/files/columns.h"
#include "kernels/arm/files/fields.h"
#include "kernels/arm/files/fours.h"
#include "kernels/arm/files/fractions.h"

#define ROWS(rows, tile) row_tiles(c, row0, row1, row_tile_of(c, rows, 1, 0), tile)

#define FILES_GEMV(isa)                                                                                      \
    TERN_RUN(gemv_i2s_i8_r4k128__##isa, ROWS(4, tile_i2s))                                                   \
    TERN_RUN(gemv_i2sarm_i8_r4k64__##isa, ROWS(4, tile_i2sarm))                                              \
    TERN_RUN(gemv_i2s4_i8_r4k16__##isa, columns_i2s4(c, row0, row1))                                         \
    TERN_RUN(gemv_tq10_i8_r4k256__##isa, ROWS(4, tile_tq10))                                                 \
    TERN_RUN(gemv_tq20_i8_r4k256__##isa, ROWS(4, tile_tq20))                                                 \
    TERN_RUN(gemv_q10_i8_r4k128__##isa, ROWS(BIT_ROWS, tile_q10))                                            \
    TERN_RUN(gemv_q20g64_i8_r4k64__##isa, ROWS(4, tile_q20g64))                                              \
    TERN_RUN(gemv_q20g128_i8_r4k128__##isa, ROWS(4, tile_q20g128))                                           \
    TERN_RUN(gemv_iq2bn_i8_r4k64__##isa, ROWS(4, tile_iq2bn))                                                \
    TERN_RUN(gemv_iq2bnr4_i8_r4k16__##isa, fours_gemv(c, row0, row1))                                        \
    TERN_RUN(gemv_hfu8_i8_r4k16__##isa, columns_hfu8(c, row0, row1))

#endif
