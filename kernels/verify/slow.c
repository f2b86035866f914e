/* Test-only build (-Dbroken_variant=true): right variants that are slower than another by a known share,
 * because they compute that share of their rows twice. The gate and the tuner are tried on them. */
#include "kernels/variant.h"

#include "base/memory.h"

static void slower(const char *name, tern_run_fn *run, size_t percent, const struct tern_call *c, size_t row0,
                   size_t row1, void *local) {
    const struct tern_variant *v = tern_variant_named(name);
    const size_t share = ((row1 - row0) * percent + 50) / 100;
    const size_t again = tern_min((share + v->row_step / 2) / v->row_step * v->row_step, row1 - row0);
    run(c, row0, row1, local);
    if (again) run(c, row0, row0 + again, local);
}

#define SLOW(name, base, percent)                                                                            \
    tern_run_fn name, base;                                                                                  \
    void name(const struct tern_call *c, size_t row0, size_t row1, void *local) {                            \
        slower(#base, base, percent, c, row0, row1, local);                                                  \
    }

SLOW(gemm_p64_i8_r1k1_slow3__scalar, gemm_p64_i8_r1k1__scalar, 3)
SLOW(gemm_p64_i8_r1k1_slow5__scalar, gemm_p64_i8_r1k1__scalar, 5)
#ifdef TERN_HAVE_X86
SLOW(gemv_i2s_i8_r1k128_slow3__avx2, gemv_i2s_i8_r1k128__avx2, 3)
SLOW(gemv_i2s_i8_r1k128_slow5__avx2, gemv_i2s_i8_r1k128__avx2, 5)
SLOW(gemv_p64_i8_r64k4_slow3__avx2, gemv_p64_i8_r64k4__avx2, 3)
#endif
