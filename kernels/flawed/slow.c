#include "kernels/flawed/slow.h"

#include "base/memory.h"

void tern_run_slower(const char *base, tern_run_fn *run, size_t percent, const struct tern_call *c,
                     size_t row0, size_t row1, void *local) {
    const struct tern_variant *v = tern_variant_named(base);
    const size_t share = ((row1 - row0) * percent + 50) / 100;
    const size_t again = tern_min((share + v->row_step / 2) / v->row_step * v->row_step, row1 - row0);
    run(c, row0, row1, local);
    if (again) run(c, row0, row0 + again, local);
}

TERN_SLOW(gemm_p64_i8_r1k1_slow3__scalar, gemm_p64_i8_r1k1__scalar, 3)
TERN_SLOW(gemm_p64_i8_r1k1_slow5__scalar, gemm_p64_i8_r1k1__scalar, 5)
