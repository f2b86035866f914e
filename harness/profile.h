/* Where a step's time goes, per operation, from a clock that each worker reads for itself. Off unless it is
 * asked for: a reading costs some tens of nanoseconds, and there are some twenty in a layer. */
#ifndef TERN_HARNESS_PROFILE_H
#define TERN_HARNESS_PROFILE_H

#include "measure/clock.h"

#include <stdint.h>

enum tern_operation {
    TERN_SPENT_NORM,     /* factors of the norms; of unquantised activations the whole norm */
    TERN_SPENT_QUANTISE, /* activations times norm, to int8 */
    TERN_SPENT_TABLES,   /* what a kernel makes of the activations first: tables of look-up kernels, planes */
    TERN_SPENT_MULTIPLY, /* the integer products of the linear layers; of dense layers also what follows */
    TERN_SPENT_EPILOGUE, /* their results to f32: scaled, added or gated */
    TERN_SPENT_ROPE,     /* queries and keys rotated (and normed), keys and values rounded to the cache */
    TERN_SPENT_SCORES,   /* queries times keys */
    TERN_SPENT_SOFTMAX,
    TERN_SPENT_GATHER, /* weighted sums of values, spans merged */
    TERN_SPENT_HEAD,   /* last norm and output matrix */
    TERN_SPENT_WAIT,   /* barriers */
    TERN_SPENT_OTHER,  /* embedding rows, angles */
    TERN_OPERATIONS
};

/* "multiply"; and the larger piece that it is a part of, "linear": linear, attention, norm, head, wait and other
 * follow each other in the order above. */
const char *tern_spent_name(enum tern_operation o);
const char *tern_spent_group(enum tern_operation o);

/* Of the seconds of each operation those of the linear layers: quantising, tables, products, epilogues, and all
 * barriers, although some belong to attention. */
double tern_spent_linear(const double spent[TERN_OPERATIONS]);

struct tern_profile {
    int on;
    uint64_t mark, spent_ns[TERN_OPERATIONS];
};

static inline void tern_profile_begin(struct tern_profile *p) {
    if (p->on) p->mark = tern_now_ns();
}

/* What came since the last reading belongs to `o`. */
static inline void tern_profile_lap(struct tern_profile *p, enum tern_operation o) {
    if (!p->on) return;
    const uint64_t now = tern_now_ns();
    p->spent_ns[o] += now - p->mark;
    p->mark = now;
}

/* `ns` of what was called `from` belongs to `to`. */
static inline void tern_profile_move(struct tern_profile *p, enum tern_operation from, enum tern_operation to,
                                     uint64_t ns) {
    p->spent_ns[from] -= ns;
    p->spent_ns[to] += ns;
}

#endif
