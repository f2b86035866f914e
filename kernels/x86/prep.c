/* What the x86 kernels want done to the activations first. */
#include "kernels/x86/prep.h"

#include "base/memory.h"
#include "base/pool.h"
#include "kernels/flush.h"
#include "kernels/prep/lut.h"

#include <string.h>

static size_t code_bytes(const struct tern_call *c) {
    (void)c;
    return TERN_FLUSH_512 * 5 * 32;
}

const struct tern_prep tern_prep_codes = {tern_prep_no_bytes, code_bytes, tern_prep_no_work, 0};

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

const struct tern_prep tern_prep_pair128 = {pair_bytes, tern_prep_no_bytes, pair_run, 0};

static size_t wide_bytes(const struct tern_call *c) {
    return c->x->n * tern_round_up(c->w.k, 64) * sizeof(int16_t);
}

static void wide_run(const struct tern_call *c, size_t worker, size_t workers) {
    const size_t columns = tern_round_up(c->w.k, 64), blocks = columns / 64;
    size_t from, to;
    tern_share(c->x->n * blocks, 1, worker, workers, &from, &to);
    for (size_t i = from; i < to; i++) {
        const int8_t *q = c->x->q + i / blocks * c->x->stride + i % blocks * 64;
        int16_t *out = (int16_t *)c->shared + i * 64;
        for (size_t j = 0; j < 64; j++) out[j] = q[j];
    }
}

const struct tern_prep tern_prep_wide = {wide_bytes, tern_prep_no_bytes, wide_run, 0};

/* t24, one token: the activations as the lanes of a narrow last panel lie, at most four times. */
static size_t spread_bytes(const struct tern_call *c) {
    return 4 * tern_round_up(c->w.k, 64);
}

const struct tern_prep tern_prep_spread = {tern_prep_no_bytes, spread_bytes, tern_prep_no_work, 0};

/* `bytes` of tables per `unit` columns. */
#define TABLES(name, unit, bytes)                                                                            \
    static size_t name##_bytes(const struct tern_call *c) {                                                  \
        return tern_lut_block(c, unit) / (unit) * (bytes);                                                   \
    }                                                                                                        \
    const struct tern_prep tern_prep_tables_##name = {tern_prep_no_bytes, name##_bytes, tern_prep_no_work, 1};

TABLES(g3w, 9, 4 * 192) /* up to four tokens together */
TABLES(g5, 20, 1024)
