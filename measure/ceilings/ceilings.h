/* Ceilings: what the hardware allows, as work functions that can be interleaved with the kernels they judge.
 *
 * A ceiling measured once at the start of a run is worthless on a shared machine; so each is offered as a
 * `tern_work_fn` for the sampler, with the amount of work that one call does. */
#ifndef TERN_MEASURE_CEILINGS_CEILINGS_H
#define TERN_MEASURE_CEILINGS_CEILINGS_H

#include "base/pool.h"
#include "base/status.h"
#include "measure/statistics.h"

#include <stddef.h>
#include <stdint.h>

enum tern_ceiling_kind {
    TERN_CEILING_READ,    /* read bandwidth of `bytes`: sums them with the widest loads */
    TERN_CEILING_INT8,    /* u8 x s8 multiply-add peak: vpdpbusd where usable, else vpmaddubsw+vpmaddwd, else
                             scalar */
    TERN_CEILING_MADDUBS, /* vpmaddubsw + vpaddw peak (AVX2) */
    TERN_CEILING_FMA      /* f32 fused multiply-add peak */
};

struct tern_ceiling;

/* Prepares a ceiling for all workers of `pool` (each reads its own share; peaks run on every worker).
 * `usable` limits the instructions. `bytes` is the total buffer of READ, ignored by the others.
 * TERN_UNSUPPORTED when the instruction family is not usable here. */
enum tern_status tern_ceiling_new(enum tern_ceiling_kind kind, size_t bytes, uint32_t usable,
                                  struct tern_pool *pool, struct tern_ceiling **out, struct tern_error *e);
void tern_ceiling_free(struct tern_ceiling *c);

/* "vpdpbusd zmm", "read zmm" ... */
const char *tern_ceiling_name(const struct tern_ceiling *c);
/* Work of one call over all workers: bytes read, or multiply-adds done. */
double tern_ceiling_work(const struct tern_ceiling *c);
/* For the sampler: ctx is the struct tern_ceiling. */
void tern_ceiling_run(void *ctx, uint64_t calls);

/* A share of a ceiling: achieved rate / rate of the ceiling, from the paired ratio of times `r` (time of the
 * kernel / time of the ceiling in the same round) and the work that one call of each does. Never clipped: a
 * ceiling that a kernel exceeds is broken, and is shown so. */
struct tern_ceiling_fraction {
    double median, lo, hi; /* lo and hi: the ends of the 95 % interval; NaN when there is none */
    int broken;            /* the whole interval lies above 1 */
};
struct tern_ceiling_fraction tern_ceiling_share(const struct tern_ratio *r, double kernel_work,
                                                double ceiling_work);

/* What the achieved bytes per second say about the regime that a measurement claims. `of_memory` is the share
 * of the cold read ceiling of the same threads. */
enum tern_regime_fit {
    TERN_FIT_UNKNOWN,   /* no interval, or no ceiling */
    TERN_FIT_SHOWN,     /* hot: faster than memory can deliver. cold: not faster */
    TERN_FIT_NOT_SHOWN, /* hot, but memory could have delivered as fast: the numbers prove nothing */
    TERN_FIT_BROKEN     /* cold, but faster than the read ceiling: not cold, or a broken ceiling */
};
enum tern_regime_fit tern_regime_fit_of(int cold, const struct tern_ceiling_fraction *of_memory);
/* "unknown", "shown", "not shown", "faster than the read ceiling" */
const char *tern_regime_fit_name(enum tern_regime_fit f);

#endif
