/* Register tiles, a micro-kernel: codes times activations, four columns at a time.
 *
 * A tile is TILE_HIGH row tiles x up to six tokens. Per quad, with dot products: 4 loads of codes, 6 broadcasts,
 * 24 vpdpbusd into 24 of 32 registers. Without, and with 16 registers: 2 loads, 6 broadcasts, 12 vpmaddubsw, 12
 * vpaddw into 12 of them.
 *
 * Bounds: |int32 sum| <= 2 * 128 * K; without dot products a pair
 * of products is at most 2 * 2 * 128 = 512 and TILE_CHUNK of them are added before they are widened. */
#ifndef TERN_KERNELS_X86_GEMM_TILE_H
#define TERN_KERNELS_X86_GEMM_TILE_H

#include "kernels/flush.h"
#include "kernels/gemm/tile.h"

enum {
    TILE_PARTS = QUAD / VEC_BYTES,       /* registers of a quad */
    TILE_LANES = QUAD_ROWS / TILE_PARTS, /* rows of a register */
    TILE_HIGH = VEC_BITS == 512 ? 4 : 1, /* row tiles together */
    TILE_SUMS = TILE_HIGH * TILE_PARTS
};
enum { TILE_STEP = 2 * 2 * 128 }; /* largest pair of products of codes */
_Static_assert(TILE_CHUNK *TILE_STEP <= TERN_INT16_MOST, "tiles: int16 sums");

/* Small tiles run into the next quad. */
#if defined(__clang__)
#define TILE_UNROLL _Pragma("clang loop unroll_count(2)")
#else
#define TILE_UNROLL _Pragma("GCC unroll 2")
#endif

ALWAYS_INLINE vec tile_add(vec acc, vec codes, vec four) {
#ifdef VEC_DOT
    return v_dot(acc, codes, four);
#else
    vec pairs;
    __asm__("vpmaddubsw %3, %2, %1\n\tvpaddw %1, %0, %0" : "+v"(acc), "=&v"(pairs) : "v"(codes), "v"(four));
    return acc;
#endif
}

ALWAYS_INLINE vec tile_widen(vec sum, vec acc) {
#ifdef VEC_DOT
    return v_add32(sum, acc);
#else
    return v_widen(sum, acc);
#endif
}

ALWAYS_INLINE void tile_clear(vec acc[6][TILE_SUMS], size_t high, size_t live) {
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t i = 0; i < high * TILE_PARTS; i++) acc[j][i] = v_zero();
}

/* Asks for the results that the sums will be added to. */
ALWAYS_INLINE void tile_fetch(const struct tern_call *c, const struct gemm_tile *x, size_t high,
                              size_t live) {
    UNROLL
    for (size_t j = 0; j < live; j++) UNROLL
    for (size_t i = 0; i < high; i++)
        _mm_prefetch((const char *)((const int32_t *)c->y + (x->token + j) * c->ldy + x->row + i * QUAD_ROWS),
                     _MM_HINT_T0);
}

/* One quad of every row tile. */
ALWAYS_INLINE void tile_step(vec acc[6][TILE_SUMS], const uint8_t *codes, const int8_t *q, size_t high,
                             size_t live) {
    vec u[TILE_SUMS];
    UNROLL
    for (size_t i = 0; i < high * TILE_PARTS; i++) u[i] = v_load(codes + i * VEC_BYTES);
    UNROLL
    for (size_t j = 0; j < live; j++) {
        const vec four = v_four(q + 4 * j);
        UNROLL
        for (size_t i = 0; i < high * TILE_PARTS; i++) acc[j][i] = tile_add(acc[j][i], u[i], four);
    }
}

/* To the results of one token, all rows or those before the end. */
ALWAYS_INLINE void tile_store_rows(int32_t *y, const vec *acc, size_t high, vec bias, int first) {
    UNROLL
    for (size_t i = 0; i < high * TILE_PARTS; i++) {
        int32_t *to = y + i * TILE_LANES;
        v_store(to, tile_widen(first ? bias : v_load(to), acc[i]));
    }
}

ALWAYS_INLINE void tile_store_some(int32_t *y, const vec *acc, size_t high, vec bias, int first,
                                   size_t rows) {
    UNROLL
    for (size_t i = 0; i < high * TILE_PARTS; i++) {
        if (rows <= i * TILE_LANES) return;
        int32_t *to = y + i * TILE_LANES;
        const size_t live = rows - i * TILE_LANES;
        v_store_some(to, live, tile_widen(first ? bias : v_load_some(to, live), acc[i]));
    }
}

ALWAYS_INLINE void tile_store(const struct tern_call *c, const struct gemm_tile *x, vec acc[6][TILE_SUMS],
                              size_t high, size_t live) {
    const int32_t *sum = c->x->sum + x->token;
    int32_t *y = (int32_t *)c->y + x->token * c->ldy + x->row;
    const size_t rows = x->end - x->row;
    UNROLL
    for (size_t j = 0; j < live; j++, y += c->ldy) {
        const vec bias = v_ints(-sum[j]);
        if (rows < high * QUAD_ROWS)
            tile_store_some(y, acc[j], high, bias, x->first, rows);
        else if (x->first)
            tile_store_rows(y, acc[j], high, bias, 1);
        else
            tile_store_rows(y, acc[j], high, bias, 0);
    }
}

ALWAYS_INLINE void tile_multiply(const struct tern_call *c, const struct gemm_tile *x, size_t high,
                                 size_t live) {
    vec acc[6][TILE_SUMS];
    const uint8_t *codes = x->codes;
    const int8_t *q = x->q;
    tile_clear(acc, high, live);
    tile_fetch(c, x, high, live);
    TILE_UNROLL
    for (size_t n = x->quads; n > 0; n--, codes += x->step, q += 4 * live)
        tile_step(acc, codes, q, high, live);
    tile_store(c, x, acc, high, live);
}

/* The code of every size, once for all readers. */
#define TILE(high, live)                                                                                     \
    static void tile_##high##x##live(const struct tern_call *c, const struct gemm_tile *x) {                 \
        tile_multiply(c, x, high, live);                                                                     \
    }
#define TILES(high) TILE(high, 1) TILE(high, 2) TILE(high, 3) TILE(high, 4) TILE(high, 5) TILE(high, 6)
#define TILE_NAMES(high)                                                                                     \
    { tile_##high##x1, tile_##high##x2, tile_##high##x3, tile_##high##x4, tile_##high##x5, tile_##high##x6 }

TILES(1)
#if VEC_BITS == 512
TILES(2)
TILES(3)
TILES(4)
#endif

static void (*const tile_of[TILE_HIGH][6])(const struct tern_call *, const struct gemm_tile *) = {
    TILE_NAMES(1),
#if VEC_BITS == 512
    TILE_NAMES(2),
    TILE_NAMES(3),
    TILE_NAMES(4),
#endif
};

static void tile_run(const struct tern_call *c, const struct gemm_tile *x, size_t high, size_t live) {
    tile_of[high - 1][live - 1](c, x);
}

#ifdef VEC_DOT
static const struct tile_kernel tile_kernel = {TILE_HIGH, 1, 0, tile_run, NULL};
#else
static const struct tile_kernel tile_kernel = {TILE_HIGH, 1, TILE_CHUNK, tile_run, NULL};
#endif

#endif
