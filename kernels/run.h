/* How a source defines the run function of a variant: one line, so that the type is said once. */
#ifndef TERN_KERNELS_RUN_H
#define TERN_KERNELS_RUN_H

#include "kernels/variant.h"

/* TERN_RUN(name, statement): the statement sees the call `c`, the rows `row0` and `row1`, and the thread's
 * scratch `local`. */
#define TERN_RUN(name, ...)                                                                                  \
    tern_run_fn name;                                                                                        \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        (void)local;                                                                                         \
        __VA_ARGS__;                                                                                         \
    }

#endif
