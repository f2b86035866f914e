/* Test-only build (-Dbroken_variant=true): right variants that are slower than another one by a known share, because
 * they compute that share of their rows twice. The drills of the gate and of the tuner use them. */
#ifndef TERN_KERNELS_VERIFY_SLOW_H
#define TERN_KERNELS_VERIFY_SLOW_H

#include "kernels/variant.h"

/* Runs the variant named `base`, whose function is `run`, and `percent` of the rows once more. */
void tern_run_slower(const char *base, tern_run_fn *run, size_t percent, const struct tern_call *c,
                     size_t row0, size_t row1, void *local);

#define TERN_SLOW(name, base, percent)                                                                       \
    tern_run_fn name, base;                                                                                  \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        tern_run_slower(#base, base, percent, c, row0, row1, local);                                         \
    }

#endif
