/* Register tiles, a micro-kernel: codes times activations, four columns at a time.
 *
 * A tile is TILE_HIGH row tiles x up to six tokens. Per quad, with dot products: 4 loads of codes, 6 broadcasts,
 * 24 vpdpbusd into 24 of 32 registers. Without, and with 16 registers: 2 loads, 6 broadcasts, 12 vpmaddubsw, 12
 * vpaddw into 12 of them.
 *
 * Loops, from the outside in:
 *
 *     row block   whole tiles of rows
 *     chunk       columns: decoded once for all tokens, into L1 or L2
 *     row tiles   TILE_HIGH together
 *     tokens      up to six together, all of about the same number
 *
 * Sums of later chunks are added to what y holds. Bounds: |int32 sum| <= 2 * 128 * K; without dot products a pair
 * of products is at most 2 * 2 * 128 = 512 and TILE_CHUNK of them are added before they are widened. */
#ifndef TERN_KERNELS_X86_GEMM_TILE_H
#define TERN_KERNELS_X86_GEMM_TILE_H

#include "kernels/flush.h"
#include "kernels/x86/gemm/prep.h"
#include "kernels/x86/gemm/quads.h"

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

/* Rows `row` to `end` x tokens `token` to `token` + live. */
struct tile {
    const uint8_t *codes; /* row tiles side by side */
    size_t step;          /* bytes from quad to quad */
    const int8_t *q;      /* activations: [quad][live][4] */
    size_t quads, row, end, token;
    int first; /* of the chunks: y holds nothing yet */
};

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
ALWAYS_INLINE void tile_fetch(const struct tern_call *c, const struct tile *x, size_t high, size_t live) {
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

ALWAYS_INLINE void tile_store(const struct tern_call *c, const struct tile *x, vec acc[6][TILE_SUMS],
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

ALWAYS_INLINE void tile_multiply(const struct tern_call *c, const struct tile *x, size_t high, size_t live) {
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
    static void tile_##high##x##live(const struct tern_call *c, const struct tile *x) {                      \
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

static void (*const tile_of[TILE_HIGH][6])(const struct tern_call *, const struct tile *) = {
    TILE_NAMES(1),
#if VEC_BITS == 512
    TILE_NAMES(2),
    TILE_NAMES(3),
    TILE_NAMES(4),
#endif
};

/* All tokens against a chunk of rows row .. end: `quads` quads from `first` on. */
static void tile_chunk(const struct tern_call *c, struct quads codes, size_t first, size_t quads, size_t row,
                       size_t end) {
    const size_t n = c->x->n, all = quads_of(c->w.k), tiles = fours_tiles(n);
    struct tile x = {.step = codes.step, .quads = quads, .end = end, .first = first == 0};
    for (x.row = row; x.row < end; x.row += TILE_HIGH * QUAD_ROWS) {
        const size_t high = tern_min(TILE_HIGH, (end - x.row + QUAD_ROWS - 1) / QUAD_ROWS);
        x.codes = codes.at + (x.row - row) / QUAD_ROWS * codes.pitch;
        for (size_t t = 0; t < tiles; t++) {
            const size_t live = fours_token(n, t + 1) - fours_token(n, t);
            x.token = fours_token(n, t);
            x.q = (const int8_t *)c->shared + (x.token * all + first * live) * 4;
            tile_of[high - 1][live - 1](c, &x);
        }
    }
}

static void tile_gemm(const struct tern_call *c, size_t row0, size_t row1, uint8_t *codes,
                      const struct reader *reader) {
#ifdef VEC_DOT
    const size_t most = tern_min(tile_block(c), quads_of(c->w.k));
#else
    const size_t most = TILE_CHUNK;
#endif
    const struct tile_room room = tile_room(reader->rows, reader->unit, TILE_HIGH, most);
    const size_t quads = quads_of(c->w.k);
    struct quads out = {codes, QUAD, room.rows / QUAD_ROWS * QUAD};
    for (size_t row = row0; row < row1; row += room.rows) {
        const size_t end = tern_min(row + room.rows, row1);
        for (size_t first = 0; first < quads; first += room.chunk) {
            const size_t count = tern_min(room.chunk, quads - first);
            for (size_t r = row; r < end; r += reader->rows) {
                out.at = codes + (r - row) / QUAD_ROWS * QUAD;
                reader->read(c, r, first, tern_round_up(count, reader->unit), out);
            }
            out.at = codes;
            tile_chunk(c, out, first, count, row, end);
        }
    }
}

#endif
