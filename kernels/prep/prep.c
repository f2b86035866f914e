#include "kernels/prep/prep.h"

#include "base/memory.h"

size_t tern_prep_no_bytes(const struct tern_call *c) {
    (void)c;
    return 0;
}

void tern_prep_no_work(const struct tern_call *c, size_t worker, size_t workers) {
    (void)c, (void)worker, (void)workers;
}

const struct tern_prep tern_prep_none = {tern_prep_no_bytes, tern_prep_no_bytes, tern_prep_no_work, 0};

static size_t one_row(const struct tern_call *c) {
    return tern_round_up((c->w.k + 512) * sizeof(float), TERN_CACHE_LINE);
}

const struct tern_prep tern_prep_row = {tern_prep_no_bytes, one_row, tern_prep_no_work, 0};
