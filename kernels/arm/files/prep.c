#include "kernels/arm/files/prep.h"

#include "base/memory.h"
#include "base/pool.h"

enum { LANES = 16 };

static size_t apart_bytes(const struct tern_call *c) {
    return c->x->n * c->w.k;
}

/* K is a multiple of LANES * apart. */
static void apart_run(const struct tern_call *c, size_t worker, size_t workers, size_t apart) {
    const size_t block = LANES * apart, blocks = c->w.k / block;
    size_t from, to;
    tern_share(c->x->n * blocks, 1, worker, workers, &from, &to);
    for (size_t i = from; i < to; i++) {
        const int8_t *q = c->x->q + i / blocks * c->x->stride + i % blocks * block;
        int8_t *out = (int8_t *)c->shared + i * block;
        for (size_t j = 0; j < block; j++) out[j % apart * LANES + j / apart] = q[j];
    }
}

#define APART(apart)                                                                                         \
    static void run##apart(const struct tern_call *c, size_t worker, size_t workers) {                       \
        apart_run(c, worker, workers, apart);                                                                \
    }                                                                                                        \
    const struct tern_prep tern_prep_apart##apart = {apart_bytes, tern_prep_no_bytes, run##apart, 0};

APART(4)
APART(8)
