/* Which runs of a series were disturbed, as far as their records tell.
 *
 * - A run with the flag `dirty` was measured while the machine did other work, and a second try was no
 *   better.
 * - A run whose samples spread much more than those of the runs around it was disturbed by something that
 *   the system does not report, such as a neighbour on the same core of the host.
 *
 * Both are left out of the search for changes, as MongoDB leaves out days with a noisy canary (Daly et al.,
 * ICPE 2020). A run is compared with the runs around it, because code may itself make times vary. When most
 * runs there are wide, wide is normal for this series. */
#ifndef TERN_REPORTS_CHANGES_NOISE_H
#define TERN_REPORTS_CHANGES_NOISE_H

#include "measure/records/record.h"

#include <stddef.h>

enum tern_disturbance {
    TERN_RUN_CLEAN,
    TERN_RUN_DIRTY, /* the command that measured set this flag */
    TERN_RUN_WIDE,  /* its interval is 3 times as wide as usual around it, or it alone is unstable */
    TERN_RUN_AMID,  /* half or more of the three runs before it and the three after it are disturbed */
};

struct tern_run_evidence {
    int dirty, unstable;
    double width; /* of the 95 % interval, as a share of the median; NaN: not known */
};

/* What one record tells about its run. */
struct tern_run_evidence tern_run_evidence_of(const struct tern_record *r);
/* Judges n runs, given in the order of time. 0 when out of memory. */
int tern_runs_judge(const struct tern_run_evidence *v, size_t n, enum tern_disturbance *out);

#endif
