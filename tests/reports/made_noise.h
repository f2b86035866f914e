/* Noise of made-up histories, and when a change is where it was planted. */
#ifndef TERN_TESTS_REPORTS_MADE_NOISE_H
#define TERN_TESTS_REPORTS_MADE_NOISE_H

#include "base/random.h"

#include <math.h>
#include <stddef.h>

enum { POINTS = 100, NEAR = 3 }; /* runs of a history; how many a change may be off */

static inline double normal(struct tern_random *r) {
    return sqrt(-2 * log(1 - tern_random_unit(r))) * cos(6.283185307179586 * tern_random_unit(r));
}

static inline double between(struct tern_random *r, double lo, double hi) {
    return lo + (hi - lo) * tern_random_unit(r);
}

/* With a tail: one run in seven is slower, one in fifty much. */
static inline double noise(struct tern_random *r, double sigma) {
    double e = sigma * normal(r);
    if (tern_random_unit(r) < 0.15) e -= 2 * sigma * log(1 - tern_random_unit(r));
    if (tern_random_unit(r) < 0.02) e += between(r, 0.05, 0.3);
    return e;
}

static inline int near(size_t a, size_t b) {
    return (a > b ? a - b : b - a) <= NEAR;
}

#endif
