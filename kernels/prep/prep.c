#include "kernels/prep/prep.h"

#include "base/memory.h"
#include "base/pool.h"

#include <string.h>

static size_t nothing(const struct tern_call *c) {
    (void)c;
    return 0;
}

static void no_work(const struct tern_call *c, size_t worker, size_t workers) {
    (void)c, (void)worker, (void)workers;
}

const struct tern_prep tern_prep_none = {nothing, nothing, no_work};

static size_t one_row(const struct tern_call *c) {
    return tern_round_up((c->w.k + 512) * sizeof(float), TERN_CACHE_LINE);
}

const struct tern_prep tern_prep_row = {nothing, one_row, no_work};

static size_t code_bytes(const struct tern_call *c) {
    (void)c;
    return 63 * 5 * 32;
}

const struct tern_prep tern_prep_codes = {nothing, code_bytes, no_work};

static size_t pair_bytes(const struct tern_call *c) {
    return c->x->n * tern_round_up(c->w.k, 256);
}

static void pair_run(const struct tern_call *c, size_t worker, size_t workers) {
    const size_t blocks = (c->w.k + 255) / 256, all = c->x->n * blocks;
    size_t from, to;
    tern_share(all, 1, worker, workers, &from, &to);
    for (size_t i = from; i < to; i++) {
        const int8_t *q = c->x->q + i / blocks * c->x->stride + i % blocks * 256;
        int8_t *out = (int8_t *)c->shared + i * 256;
        for (size_t g = 0; g < 4; g++) {
            memcpy(out + 64 * g, q + 32 * g, 32);
            memcpy(out + 64 * g + 32, q + 128 + 32 * g, 32);
        }
    }
}

const struct tern_prep tern_prep_pair128 = {pair_bytes, nothing, pair_run};

static size_t cols_bytes(const struct tern_call *c, size_t nr) {
    return (c->x->n + nr - 1) / nr * ((c->w.k + 3) / 4) * nr * 4;
}

static void cols_run(const struct tern_call *c, size_t worker, size_t workers, size_t nr) {
    const size_t groups = (c->w.k + 3) / 4, blocks = (c->x->n + nr - 1) / nr;
    size_t from, to;
    tern_share(blocks, 1, worker, workers, &from, &to);
    for (size_t b = from; b < to; b++) {
        for (size_t j = 0; j < nr; j++) {
            char *out = (char *)c->shared + (b * groups * nr + j) * 4;
            const size_t t = b * nr + j;
            const int8_t *q = c->x->q + t * c->x->stride;
            for (size_t g = 0; g < groups; g++, out += nr * 4) {
                if (t < c->x->n)
                    memcpy(out, q + 4 * g, 4);
                else
                    memset(out, 0, 4);
            }
        }
    }
}

/* Codes of one block of K of an unpacked panel: `planes` bytes per lane and column. */
static size_t block_bytes(const struct tern_call *c, size_t planes) {
    const size_t groups = tern_min((size_t)c->param[TERN_P_BLOCK] / 4, (c->w.k + 3) / 4);
    return groups * planes * 64;
}

#define COLS(name, nr, local)                                                                                \
    static size_t name##_bytes(const struct tern_call *c) {                                                  \
        return cols_bytes(c, nr);                                                                            \
    }                                                                                                        \
    static void name##_run(const struct tern_call *c, size_t worker, size_t workers) {                       \
        cols_run(c, worker, workers, nr);                                                                    \
    }                                                                                                        \
    const struct tern_prep tern_prep_##name = {name##_bytes, local, name##_run};

static size_t block5_local(const struct tern_call *c) {
    return block_bytes(c, 5);
}

static size_t block6_local(const struct tern_call *c) {
    return block_bytes(c, 4);
}

/* t24: twelve planes, and whole chunks of up to sixteen groups. */
static size_t block6t24_local(const struct tern_call *c) {
    const size_t groups = tern_min((size_t)c->param[TERN_P_BLOCK] / 4, (c->w.k + 3) / 4);
    return tern_round_up(groups, 16) * 12 * 64;
}

/* t24, one token: the activations as the lanes of a narrow last panel lie, at most four times. */
static size_t spread_bytes(const struct tern_call *c) {
    return 4 * tern_round_up(c->w.k, 64);
}

const struct tern_prep tern_prep_spread = {nothing, spread_bytes, no_work};

COLS(cols2, 2, nothing)
COLS(cols4, 4, nothing)
COLS(cols6, 6, nothing)
COLS(block5, 5, block5_local)
COLS(block6, 6, block6_local)
COLS(block6t24, 6, block6t24_local)

const struct tern_space tern_space_none = {NULL, 0, NULL, 0};

static const int prefetch_values[] = {0, 1024, 2048, 4096, 8192};
static const int panel_values[] = {1, 2, 4};

static const struct tern_param stream_params[] = {
    {"prefetch", prefetch_values, 5, 3},
    {"panels", panel_values, 3, 0},
};

const struct tern_space tern_space_prefetch = {stream_params, 1, NULL, 0};

static const int far_values[] = {0, 4096, 6144, 8192};
static const struct tern_param far_param = {"prefetch", far_values, 4, 2};

const struct tern_space tern_space_prefetchfar = {&far_param, 1, NULL, 0};

static const struct tern_param row_params[] = {
    {"prefetch", prefetch_values, 5, 3},
    {"rows", panel_values, 3, 0},
};

const struct tern_space tern_space_rows = {row_params, 2, NULL, 0};

static const int block_values[] = {512, 1024, 2048, 4096};
static const struct tern_param block_params[] = {{"block", block_values, 4, 2}};

static const struct tern_constraint block_fits[] = {
    {"block < 2 * k", "a block of more than twice K is the same as one of K"}};

const struct tern_space tern_space_block = {block_params, 1, block_fits, 1};

static const struct tern_constraint panels_exist[] = {
    {"panels * 64 <= up(m, 64)", "more panels together than the matrix has"}};

const struct tern_space tern_space_panels = {stream_params, 2, panels_exist, 1};
