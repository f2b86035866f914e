#include "kernels/gemm/prep.h"

#include "base/pool.h"
#include "kernels/gemm/turn.h"

#include <string.h>

struct veclut_room veclut_room(const struct tern_call *c, size_t tokens) {
    struct veclut_room r = {
        .rows = tern_min((size_t)c->param[TERN_VECLUT_ROWS], tern_round_up(c->w.m, 16)),
        .tokens = tern_min((size_t)c->param[TERN_VECLUT_TOKENS], tern_round_up(c->x->n, tokens))};
    const size_t places = tern_max(r.rows, VECLUT_READ_ROWS);
    r.offsets = VECLUT_READ_ROWS / 16 * VECLUT_PITCH;
    r.sum = r.offsets + places * VECLUT_CHUNK * sizeof(uint16_t);
    r.wide = r.sum + tern_round_up(places * tokens * sizeof(int16_t), TERN_CACHE_LINE);
    r.tables = r.wide + places * r.tokens * sizeof(int32_t);
    r.bytes = r.tables + 8 * 81 * tokens * sizeof(int16_t);
    return r;
}

static void turn(const struct tern_call *c, size_t worker, size_t workers, size_t tokens) {
    static const int8_t nothing[8];
    const size_t columns = veclut_columns(c->w.k), n = c->x->n;
    const size_t eights = tern_round_up(n, tokens) / 8;
    size_t from, to;
    tern_share(eights * (columns / 8), 1, worker, workers, &from, &to);
    for (size_t i = from; i < to; i++) {
        const size_t t = i / (columns / 8) * 8, column = i % (columns / 8) * 8;
        int16_t *out = (int16_t *)c->shared + (t / tokens * columns + column) * tokens + t % tokens;
        const int8_t *q[8];
        for (size_t j = 0; j < 8; j++) /* rows of q are zero from K to a multiple of 8 and more */
            q[j] = t + j < n && column < c->w.k ? c->x->q + (t + j) * c->x->stride + column : nothing;
        turn_eight(q, out, tokens);
    }
}

#define VECLUT(tokens)                                                                                       \
    static size_t shared##tokens(const struct tern_call *c) {                                                \
        return tern_round_up(c->x->n, tokens) * veclut_columns(c->w.k) * sizeof(int16_t);                    \
    }                                                                                                        \
    static size_t local##tokens(const struct tern_call *c) {                                                 \
        return veclut_room(c, tokens).bytes;                                                                 \
    }                                                                                                        \
    static void run##tokens(const struct tern_call *c, size_t worker, size_t workers) {                      \
        turn(c, worker, workers, tokens);                                                                    \
    }                                                                                                        \
    const struct tern_prep tern_prep_veclut##tokens = {shared##tokens, local##tokens, run##tokens, 1};

VECLUT(8)
VECLUT(16)
VECLUT(32)

static const int block_rows[] = {640, 1280, 2560};
static const int together[] = {64, 128, 256};
static const struct tern_param veclut_params[] = {{"rows", block_rows, 3, 1}, {"tokens", together, 3, 1}};
static const struct tern_constraint rows_exist[] = {
    {"rows == 640 || rows < 2 * m", "more rows together than the matrix has"},
    {"tokens == 64 || tokens < 2 * n", "more tokens together than there are"}};

const struct tern_space tern_space_veclut = {veclut_params, 2, rows_exist, 2};

/* `unit` quads of activations lie together. */
static size_t tiles_bytes(const struct tern_call *c, size_t unit) {
    return fours_tile(c->w.k, unit, fours_tiles(c->x->n)) + TERN_CACHE_LINE;
}

static void tiles_run(const struct tern_call *c, size_t worker, size_t workers, size_t unit) {
    static const int8_t nothing[8];
    const size_t n = c->x->n, bytes = 4 * unit, units = (c->w.k + bytes - 1) / bytes;
    size_t from, to;
    tern_share(fours_tiles(n), 1, worker, workers, &from, &to);
    for (size_t tile = from; tile < to; tile++) {
        const size_t first = fours_token(n, tile), live = fours_token(n, tile + 1) - first;
        const size_t width = tern_round_up(live, unit);
        for (size_t j = 0; j < width; j++) {
            const int8_t *q = j < live ? c->x->q + (first + j) * c->x->stride : nothing;
            char *out = (char *)c->shared + fours_tile(c->w.k, unit, tile) + j * bytes;
            for (size_t i = 0; i < units; i++, q += j < live ? bytes : 0)
                memcpy(out + i * width * bytes, q, unit == 1 ? 4 : 8);
        }
    }
}

/* A chunk may be a unit longer than was asked for. */
static size_t codes_bytes(size_t most) {
    return FOURS_ROWS / 16 * (most + FOURS_UNIT) * 64;
}

static size_t block_local(const struct tern_call *c) {
    return codes_bytes(tern_min(fours_block(c), (c->w.k + 3) / 4));
}

static size_t pairs_local(const struct tern_call *c) {
    (void)c;
    return codes_bytes(TILE_CHUNK);
}

static size_t words_local(const struct tern_call *c) {
    (void)c;
    return codes_bytes(TILE_WORDS);
}

static size_t fours_bytes(const struct tern_call *c) {
    return tiles_bytes(c, 1);
}

static void fours(const struct tern_call *c, size_t worker, size_t workers) {
    tiles_run(c, worker, workers, 1);
}

static size_t eights_bytes(const struct tern_call *c) {
    return tiles_bytes(c, 2);
}

static void eights(const struct tern_call *c, size_t worker, size_t workers) {
    tiles_run(c, worker, workers, 2);
}

const struct tern_prep tern_prep_fours = {fours_bytes, block_local, fours, 0};
const struct tern_prep tern_prep_fourspairs = {fours_bytes, pairs_local, fours, 0};
const struct tern_prep tern_prep_fourswords = {fours_bytes, words_local, fours, 0};
const struct tern_prep tern_prep_eights = {eights_bytes, block_local, eights, 0};
