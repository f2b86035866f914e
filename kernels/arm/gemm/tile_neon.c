/* Register tiles of smlal: 16 rows x 3 tokens. Per quad 4 loads of codes, 3 broadcasts, 24 smlal into 24 of 32 registers of int16:
 * two rows, a lane for each of the four columns, which are added up when the sums are widened. A lane gains one product a quad, at
 * most 2 * 128. Six tokens whose activations lie together are two tiles. */
#include "kernels/arm/vec_neon.h"

#include "kernels/arm/gemm/readers.h"
#include "kernels/arm/gemm/store.h"
#include "kernels/run.h"

enum { HALVES = 2 * TILE_PARTS, TOGETHER = 3 };
_Static_assert(TILE_WORDS * 2 * 128 <= TERN_INT16_LEAST, "tiles: int16 sums");

/* acc + the products of the lower or upper half of u and a. asm, because gcc 12 copies the sums about. */
ALWAYS_INLINE vec tile_add(vec acc, vec u, vec a, int high) {
    if (high)
        __asm__("smlal2 %0.8h, %1.16b, %2.16b" : "+w"(acc) : "w"(u), "w"(a));
    else
        __asm__("smlal %0.8h, %1.8b, %2.8b" : "+w"(acc) : "w"(u), "w"(a));
    return acc;
}

/* Tokens `from` to `from` + live of the tile, of which there are `all`. */
ALWAYS_INLINE void tile_part(const struct tern_call *c, const struct gemm_tile *x, size_t from, size_t live,
                             size_t all) {
    vec acc[TOGETHER][HALVES];
    const uint8_t *codes = x->codes;
    const int8_t *q = x->q + 4 * from;
    tile_clear(acc[0], live * HALVES);
    for (size_t n = x->quads; n > 0; n--, codes += x->step, q += 4 * all) {
        vec a[TOGETHER];
        UNROLL
        for (size_t j = 0; j < live; j++) a[j] = v_four(q + 4 * j);
        UNROLL
        for (size_t i = 0; i < TILE_PARTS; i++) {
            const vec u = v_load(codes + i * VEC_BYTES);
            UNROLL
            for (size_t j = 0; j < live; j++) {
                acc[j][2 * i] = tile_add(acc[j][2 * i], u, a[j], 0);
                acc[j][2 * i + 1] = tile_add(acc[j][2 * i + 1], u, a[j], 1);
            }
        }
    }
    UNROLL
    for (size_t j = 0; j < live; j++) {
        vec sum[TILE_PARTS];
        UNROLL
        for (size_t i = 0; i < TILE_PARTS; i++)
            sum[i] = v_pairs32(v_widen(v_zero(), acc[j][2 * i]), v_widen(v_zero(), acc[j][2 * i + 1]));
        tile_store(c, x, from + j, sum);
    }
}

ALWAYS_INLINE void tile_multiply(const struct tern_call *c, const struct gemm_tile *x, size_t live) {
    tile_fetch(c, x, live);
    tile_part(c, x, 0, tern_min(live, TOGETHER), live);
    if (live > TOGETHER) tile_part(c, x, TOGETHER, live - TOGETHER, live);
}

TILES

static const struct tile_kernel tile_kernel = {1, 1, TILE_WORDS, tile_run, NULL};

TERN_READERS(TERN_TILE_NEON, TILE_RUN)
