#include "reports/changes/levels.h"

#include <math.h>

enum { USUAL_RUNS = 5, SHORT_HISTORY = 16 };
static const double least = 3;

struct range {
    double lo, hi;
};

static struct range range_of(const double *y, size_t n) {
    struct range r = {y[0], y[0]};
    for (size_t i = 1; i < n; i++) r.lo = fmin(r.lo, y[i]), r.hi = fmax(r.hi, y[i]);
    return r;
}

/* With so many runs on either side; 0 when there are fewer, or when they do not lie apart. */
static double distance(const double *y, size_t from, size_t at, size_t to, size_t runs) {
    if (at < from + runs || at + runs > to) return 0;
    const struct range a = range_of(y + at - runs, runs), b = range_of(y + at, runs);
    const double gap = fmax(a.lo - b.hi, b.lo - a.hi);
    return gap > 0 ? gap / fmax(a.hi - a.lo, b.hi - b.lo) : 0;
}

double tern_levels_apart(const double *y, size_t from, size_t at, size_t to, size_t all) {
    const double d = distance(y, from, at, to, all < SHORT_HISTORY ? TERN_LEVEL_RUNS : USUAL_RUNS);
    return d >= least ? d : 0;
}
