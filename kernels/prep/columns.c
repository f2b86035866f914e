/* Activations as column panels, for register tiles of several tokens. */
#include "kernels/prep/prep.h"

#include "base/memory.h"
#include "base/pool.h"

#include <string.h>

size_t tern_columns_bytes(const struct tern_call *c, size_t nr, size_t unit) {
    return (c->x->n + nr - 1) / nr * tern_round_up(c->w.k, unit) * nr;
}

void tern_columns_run(const struct tern_call *c, size_t worker, size_t workers, size_t nr, size_t unit) {
    const size_t groups = tern_round_up(c->w.k, unit) / 4, blocks = (c->x->n + nr - 1) / nr;
    size_t from, to;
    tern_share(blocks, 1, worker, workers, &from, &to);
    for (size_t t = from * nr; t < to * nr; t++) {
        char *out = (char *)c->shared + (t / nr * groups * nr + t % nr) * 4;
        const int8_t *q = c->x->q + t * c->x->stride;
        for (size_t g = 0; g < groups; g++, out += nr * 4) {
            if (t < c->x->n)
                memcpy(out, q + 4 * g, 4);
            else
                memset(out, 0, 4);
        }
    }
}

#define COLUMNS(name, nr, unit)                                                                              \
    static size_t name##_bytes(const struct tern_call *c) {                                                  \
        return tern_columns_bytes(c, nr, unit);                                                              \
    }                                                                                                        \
    static void name##_run(const struct tern_call *c, size_t worker, size_t workers) {                       \
        tern_columns_run(c, worker, workers, nr, unit);                                                      \
    }                                                                                                        \
    const struct tern_prep tern_prep_##name = {name##_bytes, tern_prep_no_bytes, name##_run, 0};

COLUMNS(cols1, 1, 4)
COLUMNS(cols3, 3, 4)
COLUMNS(cols4, 4, 4)
COLUMNS(cols6, 6, 4)
COLUMNS(cols2k16, 2, 16)
COLUMNS(cols6k16, 6, 16)
