#include "kernels/parts.h"

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

#define COLS(nr)                                                                                             \
    static size_t cols##nr##_bytes(const struct tern_call *c) {                                              \
        return cols_bytes(c, nr);                                                                            \
    }                                                                                                        \
    static void cols##nr##_run(const struct tern_call *c, size_t worker, size_t workers) {                   \
        cols_run(c, worker, workers, nr);                                                                    \
    }                                                                                                        \
    const struct tern_prep tern_prep_cols##nr = {cols##nr##_bytes, nothing, cols##nr##_run};

COLS(2)
COLS(4)
COLS(6)

const struct tern_space tern_space_none = {NULL, 0, NULL};

static const int prefetch_values[] = {0, 1024, 2048, 4096, 8192};
static const int panel_values[] = {1, 2, 4};

static const struct tern_param stream_params[] = {
    {"prefetch", prefetch_values, 5, 3},
    {"panels", panel_values, 3, 1},
};

const struct tern_space tern_space_prefetch = {stream_params, 1, NULL};

static const struct tern_param row_params[] = {
    {"prefetch", prefetch_values, 5, 3},
    {"rows", panel_values, 3, 0},
};

const struct tern_space tern_space_rows = {row_params, 2, NULL};

static int panels_valid(const int *param, size_t m, size_t k, size_t n, const char **why) {
    (void)k, (void)n;
    if ((size_t)param[TERN_P_PANELS] * 64 <= tern_round_up(m, 64)) return 1;
    *why = "more panels together than the matrix has";
    return 0;
}

const struct tern_space tern_space_panels = {stream_params, 2, panels_valid};
