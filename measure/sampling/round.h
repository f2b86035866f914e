/* The timing loop: a round takes one sample of every alternative, in a new order each time.
 *
 * Every time that tern compares or remembers comes from here: the comparison (sampling/sampler.h), the A/A
 * floor, the ceilings, the tuner's races and finals, `tern bench`, the gate and its workers, the end-to-end
 * tests. They differ in what one sample is and in how rounds are put together; the options say it, and
 * docs/measuring.md lists the values in use. */
#ifndef TERN_MEASURE_SAMPLING_ROUND_H
#define TERN_MEASURE_SAMPLING_ROUND_H

#include "base/status.h"
#include "measure/energy/energy.h"
#include "measure/work.h"

#include <stddef.h>
#include <stdint.h>

/* One thing that is timed. */
struct tern_alternative {
    const char *name;
    tern_work_fn work; /* NULL, and no `sample` either: its samples are NaN */
    void *ctx;
    double per;     /* work of one call, in any unit: samples are ns per unit of it. 0: 1, ns per call */
    uint64_t calls; /* in one sample; 0: found before the first sample, which then lasts about one epoch */
    /* Takes the sample in place of `work`, where somebody else holds the clock (a process of the gate): ns
     * per call, NaN when it could not be taken. `calls` is then never searched for; 0 means 1. */
    double (*sample)(void *ctx, uint64_t calls);
};

/* Which rounds are thrown away at the start of a comparison. */
enum tern_warmup {
    TERN_WARMUP_SETTLE, /* until two in a row take the same time; none when a call of each fills an epoch */
    TERN_WARMUP_ONE,
    TERN_WARMUP_NONE
};

/* How samples, rounds and comparisons are taken. Everything 0 is a good default. */
struct tern_sampler_options {
    /* A sample. */
    double epoch_seconds;       /* aimed duration; 0: 1 ms */
    double warm_share;          /* this share of the calls runs untimed before each sample, and brings back
                                    what others have displaced from the caches */
    unsigned tries;             /* a sample is repeated when the system took the processor away during it, at
                                    most so often in all; 0: it is never repeated */
    struct tern_energy *energy; /* joules of each sample are read as well; NULL: only time */
    struct tern_error *no_joules; /* gets the reason when joules could not be read; may be NULL */

    /* A round. */
    uint64_t seed;            /* of the order */
    const volatile int *stop; /* may be NULL; non-zero: end as soon as possible */

    /* A comparison (sampling/sampler.h); a single round does not look at these. */
    int own_calls; /* each alternative keeps its own number of calls per sample; 0: one for all */
    enum tern_warmup warmup;
    size_t rounds_min;     /* 0: 7 */
    size_t rounds_max;     /* 0: 52 */
    double budget_seconds; /* end after this much once rounds_min are done; 0: no limit */
    int frequency;         /* probe the core's frequency around every round, which takes some 30 us */
};

/* One round over alt[which[i]], i < count; `which` NULL: all of alt[0..count). ns[i] gets the sample of
 * which[i], the cost of reading the clock subtracted, per unit of work. joules[i] (may be NULL) gets the
 * energy per unit of work, NaN when it is not known. `number` is the round's number, for the order. A number
 * of calls that is 0 is found first, and kept. Returns 1, or 0 when *stop became non-zero: nothing in ns
 * counts then. */
int tern_round(struct tern_alternative *alt, const size_t *which, size_t count, size_t number,
               const struct tern_sampler_options *o, double *ns, double *joules);

/* One sample alone, for a process that is asked for it: ns per unit of work. */
double tern_sample(const struct tern_alternative *a, const struct tern_sampler_options *o);

/* The number of calls that makes the slowest of `count` alternatives fill the epoch, when one call of each
 * takes about ns[i]. It is raised until the fastest one's sample lasts 1000 steps of the clock, but the
 * slowest one's no longer than 100 epochs. At least 1. */
uint64_t tern_common_calls(const double *ns, size_t count, double epoch_seconds);

/* An epoch as long as one call of `a`, but within the two limits: samples of equal length are hit by
 * interruptions alike, so a kernel is timed for as long as the ceiling it is compared with. */
double tern_matched_epoch(const struct tern_alternative *a, double least_seconds, double most_seconds);

/* Fills order[0..count) with row `round` of a random cyclic Latin square for this seed. */
void tern_latin_order(uint64_t seed, size_t round, size_t count, size_t *order);

#endif
