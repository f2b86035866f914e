/* Rounds: every entrant once, in a new order each time, so that drift of the machine falls on all alike.
 *
 * Unlike tern_compare, entrants keep their own number of calls per sample (a scalar kernel and a vector
 * kernel differ a hundredfold) and a round is the unit, so that a search can drop entrants between rounds. */
#ifndef TERN_TUNER_TRIAL_ROUND_H
#define TERN_TUNER_TRIAL_ROUND_H

#include "measure/energy/energy.h"
#include "measure/sampling/sampler.h"
#include "tuner/search/cost.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_ENERGY_EPOCH_NS 120e6 /* counters tick about every millisecond */

struct tern_entrant {
    tern_work_fn work;
    void *ctx;
    double per;     /* samples are divided by this: 1 gives ns per call */
    uint64_t calls; /* per sample; 0: found at the first sample, and that costs one more call */
};

/* For objectives that need energy: joules while `work` runs `calls` times; NaN when the source did not move.
 * NULL: only time counts. */
struct tern_meter {
    enum tern_objective objective;
    struct tern_energy *energy; /* NULL for the objective time */
};

/* One round over entrant[which[i]], i < count: ns[i] gets the sample of which[i]. `number` is the round's
 * number, for the order; `epoch_ns` the aimed duration of one sample. `meter` may be NULL: ns then are
 * nanoseconds, else the objective's cost, of samples no shorter than TERN_ENERGY_EPOCH_NS. Returns 1, or 0
 * when *stop (may be NULL) became non-zero: then nothing in ns counts. */
int tern_round(struct tern_entrant *entrant, const size_t *which, size_t count, uint64_t seed, size_t number,
               double epoch_ns, const struct tern_meter *meter, const volatile int *stop, double *ns);

#endif
