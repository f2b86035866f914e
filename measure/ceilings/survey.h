/* The survey of ceilings: read bandwidth of each level of memory and the multiply-add peak of each
 * instruction family, at several thread counts. For a person and for plots; a comparison measures its own
 * ceilings beside the kernels. */
#ifndef TERN_MEASURE_CEILINGS_SURVEY_H
#define TERN_MEASURE_CEILINGS_SURVEY_H

#include "measure/ceilings/ceilings.h"
#include "measure/machine/machine.h"
#include "measure/statistics.h"

#include <stddef.h>

struct tern_ceiling_row {
    const char *op;    /* "read", "int8", "maddubs" or "fma" */
    const char *level; /* of a reading: "L1", "L2", "LLC" or "DRAM"; else "" */
    const char *name;  /* of the loop: "read zmm", "vpdpbusd zmm"; "" when not measured */
    size_t threads;
    size_t bytes;            /* buffer of a reading over all threads, else 0 */
    int capped;              /* the buffer is smaller than it should be to be cold */
    double work;             /* of one call, in bytes or multiply-adds */
    const char *unit;        /* "GB/s" or "GMAC/s" */
    struct tern_estimate ns; /* per call; n == 0: not measured */
    double rate, rate_lo,
        rate_hi; /* work/ns at the median and at the ends of its 95 % interval; NaN when not known */
    double ghz;  /* core frequency during these rounds, estimated (median of the probes); NaN: not known */
    const char *why_not; /* reason when not measured, else NULL */
};
/* Strings and the row are valid during the call only. Non-zero ends the survey. */
typedef int (*tern_ceiling_row_fn)(void *ctx, const struct tern_ceiling_row *row, double done);

/* Measures all rows for each of threads[0..count), each at most m->cpus, and hands them over one by one;
 * `done` goes from 0 to 1. Workers are pinned to m->cpu[]. Takes about `seconds` (0: 2) per thread count. */
enum tern_status tern_ceiling_survey(const struct tern_machine *m, const size_t *threads, size_t count,
                                     double seconds, tern_ceiling_row_fn fn, void *ctx, struct tern_error *e);

/* Bytes to read with `threads` workers so that level 1..3 (L1, L2, last level) or 4 (DRAM) serves them; 0
 * when the caches are not known or not distinct enough, with *why. */
size_t tern_ceiling_survey_bytes(const struct tern_machine *m, int level, size_t threads, int *capped,
                                 const char **why);

#endif
