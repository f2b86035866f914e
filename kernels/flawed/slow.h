/* Test-only build (-Dbroken_variant=true): right variants that are slower than another one by a known share, because
 * they compute that share of their rows twice. The drills of the gate and of the tuner use them. */
#ifndef TERN_KERNELS_FLAWED_SLOW_H
#define TERN_KERNELS_FLAWED_SLOW_H

#include "base/memory.h"
#include "kernels/variant.h"

/* Runs the variant `base`, whose function is `run`, and `percent` of its rows once more. */
static inline void tern_run_slower(const char *base, tern_run_fn *run, size_t percent,
                                   const struct tern_call *c, size_t row0, size_t row1, void *local) {
    const size_t step = tern_variant_named(base)->row_step;
    const size_t share = ((row1 - row0) * percent + 50) / 100;
    const size_t again = tern_min((share + step / 2) / step * step, row1 - row0);
    run(c, row0, row1, local);
    if (again) run(c, row0, row0 + again, local);
}

#define TERN_SLOW(name, base, percent)                                                                       \
    tern_run_fn name, base;                                                                                  \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        tern_run_slower(#base, base, percent, c, row0, row1, local);                                         \
    }

#endif
