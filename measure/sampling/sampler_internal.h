/* The sampler with its clock as an argument, so that tests can bring a clock that obeys them. */
#ifndef TERN_MEASURE_SAMPLING_SAMPLER_INTERNAL_H
#define TERN_MEASURE_SAMPLING_SAMPLER_INTERNAL_H

#include "measure/sampling/sampler.h"

struct tern_sampler_clock {
    uint64_t (*now_ns)(void *ctx);
    void *ctx;
    double resolution_ns;
    double (*ghz)(void *ctx); /* core frequency now; NULL: not known */
};

/* tern_compare with this clock. */
enum tern_status tern_compare_by(const struct tern_sampler_clock *clock, const struct tern_alternative *alt,
                                 size_t count, const struct tern_sampler_options *o,
                                 struct tern_comparison *out, struct tern_error *e);

#endif
