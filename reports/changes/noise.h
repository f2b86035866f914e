/* Which runs of a series were disturbed, by what their records say of it.
 *
 * A run whose record carries `dirty` was measured while the machine was busy with something else, and stayed
 * so when it was tried again. A run whose own samples lie much wider apart than those of the runs around it
 * was disturbed by something that the system did not tell: a neighbour on the same core of the host. Neither
 * takes part in the search for changes, as days with a noisy canary do not at MongoDB (Daly et al., ICPE
 * 2020). "Around it" means that code which itself makes times vary is not put down to the machine: once most
 * of the runs there are wide, wide is what this series is. */
#ifndef TERN_REPORTS_CHANGES_NOISE_H
#define TERN_REPORTS_CHANGES_NOISE_H

#include "measure/records/record.h"

#include <stddef.h>

enum tern_disturbance {
    TERN_RUN_CLEAN,
    TERN_RUN_DIRTY, /* flagged so by the command that measured */
    TERN_RUN_WIDE,  /* its interval is 3 times as wide as is usual around it, or only it is unstable */
    TERN_RUN_AMID,  /* half or more of the three before and the three behind it are one of these */
};

struct tern_run_evidence {
    int dirty, unstable;
    double width; /* of the 95 % interval, as a share of the median; NaN: not known */
};

/* What one record says. */
struct tern_run_evidence tern_run_evidence_of(const struct tern_record *r);
/* Judges n runs, in the order of time. 0 when out of memory. */
int tern_runs_judge(const struct tern_run_evidence *v, size_t n, enum tern_disturbance *out);

#endif
