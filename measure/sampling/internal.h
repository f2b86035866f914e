/* The timing loop with its clock as an argument, so that tests can bring a clock that obeys them. */
#ifndef TERN_MEASURE_SAMPLING_INTERNAL_H
#define TERN_MEASURE_SAMPLING_INTERNAL_H

#include "measure/sampling/sampler.h"

struct tern_sampler_clock {
    uint64_t (*now_ns)(void *ctx);
    void *ctx;
    double resolution_ns;
    double (*ghz)(void *ctx); /* core frequency now; NULL: not known */
};

/* The clock of this machine, without a probe of the frequency. */
struct tern_sampler_clock tern_real_clock(void);

/* tern_compare with this clock. */
enum tern_status tern_compare_by(const struct tern_sampler_clock *clock, const struct tern_alternative *alt,
                                 size_t count, const struct tern_sampler_options *o,
                                 struct tern_comparison *out, struct tern_error *e);

/* tern_round with this clock; *overhead (may be NULL) gets what was subtracted from each sample. */
int tern_round_by(const struct tern_sampler_clock *clock, struct tern_alternative *alt, const size_t *which,
                  size_t count, size_t number, const struct tern_sampler_options *o, double *ns,
                  double *joules, double *overhead);

/* Nanoseconds of one call, roughly: the first call is a warm-up and thrown away, unless `hasty` and it lasts
 * half an epoch by itself. */
double tern_rough_ns(const struct tern_sampler_clock *clock, const struct tern_alternative *a,
                     const struct tern_sampler_options *o, int hasty);

/* tern_common_calls with this clock. */
uint64_t tern_common_calls_by(const struct tern_sampler_clock *clock, const double *ns, size_t count,
                              double epoch_seconds);

#endif
