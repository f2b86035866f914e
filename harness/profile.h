/* Where the time of a step goes, per operation. Each worker reads a clock for itself. The clocks are off
 * unless asked for: a reading costs some tens of nanoseconds, and there are about ten of them in a layer. */
#ifndef TERN_HARNESS_PROFILE_H
#define TERN_HARNESS_PROFILE_H

#include "measure/clock.h"

#include <stdint.h>

enum tern_operation {
    TERN_SPENT_LINEAR,    /* integer products and their conversion to f32 */
    TERN_SPENT_ATTENTION, /* rotation, cache, scores, softmax, values */
    TERN_SPENT_NORM,  /* norms and quantisation of activations, with the barrier inside when there are many
                         tokens */
    TERN_SPENT_HEAD,  /* last norm and output matrix */
    TERN_SPENT_WAIT,  /* barriers between the operations */
    TERN_SPENT_OTHER, /* embedding rows, angles */
    TERN_OPERATIONS
};

struct tern_profile {
    int on;
    uint64_t mark, spent_ns[TERN_OPERATIONS];
};

static inline void tern_profile_begin(struct tern_profile *p) {
    if (p->on) p->mark = tern_now_ns();
}

/* Adds the time since the last reading to operation `o`. */
static inline void tern_profile_lap(struct tern_profile *p, enum tern_operation o) {
    if (!p->on) return;
    const uint64_t now = tern_now_ns();
    p->spent_ns[o] += now - p->mark;
    p->mark = now;
}

#endif
