/* From the sums of a register tile to results: sixteen rows of a token in four registers. */
#ifndef TERN_KERNELS_ARM_GEMM_STORE_H
#define TERN_KERNELS_ARM_GEMM_STORE_H

#include "kernels/arm/vec_neon.h"
#include "kernels/gemm/tile.h"

enum { TILE_PARTS = QUAD / VEC_BYTES, TILE_LANES = QUAD_ROWS / TILE_PARTS };

/* Zeros that the compiler must not take for one and the same. */
ALWAYS_INLINE void tile_clear(vec *acc, size_t count) {
    UNROLL
    for (size_t i = 0; i < count; i++) {
        acc[i] = v_zero();
        v_settle(&acc[i]);
    }
}

/* Asks for the results that the sums will be added to. */
ALWAYS_INLINE void tile_fetch(const struct tern_call *c, const struct gemm_tile *x, size_t live) {
    UNROLL
    for (size_t j = 0; j < live; j++) v_prefetch((const int32_t *)c->y + (x->token + j) * c->ldy + x->row);
}

/* Token j of the tile. */
ALWAYS_INLINE void tile_store(const struct tern_call *c, const struct gemm_tile *x, size_t j,
                              const vec acc[TILE_PARTS]) {
    int32_t *y = (int32_t *)c->y + (x->token + j) * c->ldy + x->row, part[QUAD_ROWS];
    const size_t live = tern_min(x->end - x->row, QUAD_ROWS);
    const vec bias = v_ints(-c->x->sum[x->token + j]);
    int32_t *to = y;
    if (live < QUAD_ROWS) {
        to = part;
        memcpy(part, y, live * sizeof *y);
    }
    UNROLL
    for (size_t i = 0; i < TILE_PARTS; i++, to += TILE_LANES)
        v_store(to, v_add32(x->first ? bias : v_load(to), acc[i]));
    if (live < QUAD_ROWS) memcpy(y, part, live * sizeof *y);
}

/* A tile function for each number of tokens, once for all readers. */
#define TILE(live)                                                                                           \
    static void tile_##live(const struct tern_call *c, const struct gemm_tile *x) {                          \
        tile_multiply(c, x, live);                                                                           \
    }
#define TILES                                                                                                \
    TILE(1)                                                                                                  \
    TILE(2)                                                                                                  \
    TILE(3)                                                                                                  \
    TILE(4)                                                                                                  \
    TILE(5)                                                                                                  \
    TILE(6)                                                                                                  \
    static void tile_run(const struct tern_call *c, const struct gemm_tile *x, size_t high, size_t live) {   \
        static void (*const of[6])(const struct tern_call *, const struct gemm_tile *) = {                   \
            tile_1, tile_2, tile_3, tile_4, tile_5, tile_6};                                                 \
        (void)high;                                                                                          \
        of[live - 1](c, x);                                                                                  \
    }

#endif
