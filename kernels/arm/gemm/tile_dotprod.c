/* Register tiles of sdot: 16 rows x 6 tokens. Per quad 4 loads of codes, 2 of activations, which a product takes by the number of
 * their lane, and 24 sdot into 24 of 32 registers. |sum| <= 2 * 128 * K < 2^31. */
#include "kernels/arm/vec_dotprod.h"

#include "kernels/arm/gemm/readers.h"
#include "kernels/arm/gemm/store.h"
#include "kernels/run.h"

ALWAYS_INLINE void tile_step(vec (*acc)[TILE_PARTS], const uint8_t *codes, const int8_t *q, size_t live) {
    vec u[TILE_PARTS], a[2];
    a[0] = v_load(q);
    if (live > 4) a[1] = v_load(q + VEC_BYTES);
    UNROLL
    for (size_t i = 0; i < TILE_PARTS; i++) u[i] = v_load(codes + i * VEC_BYTES);
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t i = 0; i < TILE_PARTS; i++) acc[j][i] = v_dot_lane(acc[j][i], u[i], a[j / 4], j % 4);
}

ALWAYS_INLINE void tile_multiply(const struct tern_call *c, const struct gemm_tile *x, size_t live) {
    vec acc[FOURS_TOKENS][TILE_PARTS];
    const uint8_t *codes = x->codes;
    const int8_t *q = x->q;
    tile_clear(acc[0], live * TILE_PARTS);
    tile_fetch(c, x, live);
    for (size_t n = x->quads; n > 0; n--, codes += x->step, q += 4 * live) tile_step(acc, codes, q, live);
    UNROLL
    for (size_t j = 0; j < live; j++) tile_store(c, x, j, acc[j]);
}

TILES

static const struct tile_kernel tile_kernel = {1, 1, 0, tile_run, NULL};

TERN_READERS(TERN_TILE_DOTPROD, TILE_RUN)
