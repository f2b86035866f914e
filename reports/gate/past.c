#include "reports/gate/past.h"

#include "measure/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tern_estimate tern_gate_now(const struct tern_gate_row *r) {
    double *all = malloc((2 * r->values + 1) * sizeof *all);
    if (!all) return (struct tern_estimate){.median = NAN, .ci_lo = NAN, .ci_hi = NAN};
    memcpy(all, r->base, r->values * sizeof *all);
    memcpy(all + r->values, r->candidate, r->values * sizeof *all);
    const struct tern_estimate e = tern_estimate_of(all, 2 * r->values);
    free(all);
    return e;
}

static void cannot_tell(struct tern_gate_row *r, const char *why) {
    r->verdict = TERN_GATE_CANNOT_TELL;
    snprintf(r->why, sizeof r->why, "%s", why);
}

void tern_gate_judge_past(struct tern_gate_row *r, const double *before, size_t runs, double now,
                          double again, double threshold) {
    const double limit = log1p(threshold);
    double *sorted = malloc((runs + 1) * sizeof *sorted);
    r->seen = (struct tern_location){NAN, NAN, NAN, NAN, runs};
    r->floor = NAN;
    r->suspected = 0;
    if (!sorted || !(now > 0)) {
        free(sorted);
        cannot_tell(r, "not measured");
        return;
    }
    memcpy(sorted, before, runs * sizeof *sorted);
    tern_sort(sorted, runs);
    const double least = runs ? sorted[0] : NAN, most = runs ? sorted[runs - 1] : NAN;
    const double median = tern_median_sorted(sorted, runs);
    free(sorted);
    r->seen.centre = log(now / median);
    r->seen.lo = log(now / most), r->seen.hi = log(now / least);
    r->floor = fmax(log(most / median), log(median / least));
    if (runs < TERN_GATE_PAST_LEAST) {
        char why[96];
        snprintf(why, sizeof why, "%zu earlier run%s; %d are needed, and this one counts from now on", runs,
                 runs == 1 ? "" : "s", TERN_GATE_PAST_LEAST);
        cannot_tell(r, why);
        return;
    }
    const int slower = r->seen.centre > limit, slowest = now > most;
    r->verdict = r->seen.centre < -limit && now < least ? TERN_GATE_FASTER : TERN_GATE_OK;
    if (!slower) return;
    if (!slowest)
        cannot_tell(r, "slower than the median of the earlier runs, but not than each of them");
    else if (isnan(again))
        r->suspected = 1, cannot_tell(r, "slower than each earlier run; not measured again");
    else if (log(again / median) > limit && again > most)
        r->suspected = 1, r->verdict = TERN_GATE_REGRESSION;
    else
        r->suspected = 1, cannot_tell(r, "slower than each earlier run, but not when it was measured again");
}
