#include "kernels/prep/lut.h"

#include "base/memory.h"

size_t tern_lut_block(const struct tern_call *c, size_t unit) {
    const size_t all = tern_round_up(c->w.k, unit), want = (size_t)c->param[TERN_LUT_KBLOCK];
    return want ? tern_min(all, tern_max(unit, want / unit * unit)) : all;
}
