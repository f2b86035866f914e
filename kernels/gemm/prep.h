/* What the GEMMs that are a product of reader and micro-kernel want done first, and their parameters. Internal
 * to the gemm folders. */
#ifndef TERN_KERNELS_GEMM_PREP_H
#define TERN_KERNELS_GEMM_PREP_H

#include "base/memory.h"
#include "kernels/flush.h"
#include "kernels/prep/prep.h"

/* Vec-LUT. Shared: activations turned so that the 8, 16 or 32 tokens of a tile lie side by side, int16:
 * [N / T][veclut_columns(K)][T]; zero where there is no token or no column. */
extern const struct tern_prep tern_prep_veclut8, tern_prep_veclut16, tern_prep_veclut32;

/* rows: that share a table; tokens: that share decoded weights. */
extern const struct tern_space tern_space_veclut;
enum { TERN_VECLUT_ROWS = 0, TERN_VECLUT_TOKENS = 1 };

enum {
    VECLUT_CHUNK =
        TERN_FLUSH_ENTRIES(4) / 8 * 8, /* quads between two flushes, at most: seven passes of eight */
    VECLUT_READ_ROWS = 192,            /* the most rows that any reader decodes together */
    /* Bytes from row tile to row tile of decoded codes. An odd number of
     * quads: powers of two would put all row tiles on the same lines of L1. */
    VECLUT_PITCH = (VECLUT_CHUNK + 1) * 64
};

/* Columns of the turned activations: K, and what the last pass reads beyond it. */
static inline size_t veclut_columns(size_t k) {
    return tern_round_up(k, 8) + 32;
}

/* Quads of a chunk for a reader of `unit` quads. */
static inline size_t veclut_chunk(size_t unit) {
    return VECLUT_CHUNK / unit * unit;
}

/* Where things lie in a thread's scratch: bytes from its beginning. */
struct veclut_room {
    size_t rows, tokens; /* of a block, at most */
    size_t codes, offsets, sum, wide, tables, bytes;
};

/* For tiles of `tokens` tokens. */
struct veclut_room veclut_room(const struct tern_call *c, size_t tokens);

/* Register tiles. Shared: activations as tiles of up to six tokens, of about the same number each:
 * [tile][quad][tokens of the tile][4]; `eights`: [tile][pair of quads][tokens of the tile, made even][8], zero where
 * there is no token or column. Scratch: decoded codes; `pairs`, `words`: of chunks that 16-bit sums of pairs of
 * products, or of products, allow. Memory may be read up to a register beyond the last activation. */
extern const struct tern_prep tern_prep_fours, tern_prep_fourspairs, tern_prep_fourswords, tern_prep_eights;

enum {
    FOURS_TOKENS = 6,
    TILE_CHUNK = TERN_FLUSH_512, /* quads that 16-bit sums of pairs hold */
    TILE_WORDS = TERN_FLUSH_256, /* quads that 16-bit sums of products hold */
    FOURS_UNIT = 16,             /* the most quads that any reader decodes together */
    FOURS_ROWS = 320             /* the most rows of a block */
};

static inline size_t fours_tiles(size_t n) {
    return (n + FOURS_TOKENS - 1) / FOURS_TOKENS;
}

/* The first token of a tile. */
static inline size_t fours_token(size_t n, size_t tile) {
    return tile * n / fours_tiles(n);
}

/* Bytes from the first activation to those of a tile; `unit` quads lie together: 1, or 2 (eights). */
static inline size_t fours_tile(size_t k, size_t unit, size_t tile) {
    return tile * FOURS_TOKENS * tern_round_up(k, 4 * unit);
}

/* Columns decoded together, in quads: the parameter `block` of tern_space_block. */
static inline size_t fours_block(const struct tern_call *c) {
    return (size_t)c->param[0] / 4;
}

struct tile_room {
    size_t rows, chunk; /* rows and quads of a block */
};

/* For a reader of `rows` rows and `unit` quads, `high` row tiles together and `most` quads in a chunk. */
static inline struct tile_room tile_room(size_t rows, size_t unit, size_t high, size_t most) {
    struct tile_room r = {.rows = rows, .chunk = tern_max(most / unit, 1) * unit};
    while (r.rows % (16 * high)) r.rows += rows;
    return r;
}

#endif
