/* The comparison: how long several alternatives take, and how they compare, on a machine that drifts.
 *
 * Rounds visit the alternatives in a random cyclic Latin-square order (ABBA for two); each round gives ln(t_i
 * / t_0); the estimate is the median of those, with the exact, distribution-free sign-test interval. One
 * number of calls serves all alternatives, unless the options say otherwise. Source of the method:
 * nanobench's compare(), checkasm's statistics. */
#ifndef TERN_MEASURE_SAMPLING_SAMPLER_H
#define TERN_MEASURE_SAMPLING_SAMPLER_H

#include "measure/sampling/round.h"
#include "measure/statistics.h"

/* Results of one comparison of `count` alternatives. Element [round * count + i] of a list belongs to
 * alternative i. */
struct tern_comparison {
    size_t count, rounds;
    uint64_t calls;     /* per sample: the same for all, or the least where each keeps its own */
    double overhead_ns; /* subtracted from each sample: clock and call */
    double *sample;     /* ns per unit of work; NaN: could not be taken */
    double *joules;     /* per unit of work; NULL when no energy was asked for */
    struct tern_estimate *estimate;
    struct tern_ratio *ratio; /* against alternative 0 */
    uint64_t seed;            /* of the order, so that it can be printed */
    size_t warmup_rounds;     /* done and thrown away */
    int warm;                 /* 0: it did not settle, within 10 rounds or a tenth of the budget */
    /* Core frequency, probed around every round: median over the rounds, and the number of rounds in which it
     * was more than 5 % below that. They are counted and kept. NaN and 0: not known, or not asked for. */
    double ghz;
    size_t slow_rounds;
};

/* Measures. count >= 1; `o` may be NULL. On success the caller frees with tern_comparison_free. Ends after
 * the current round when it is told to stop; TERN_INCONCLUSIVE when that is before the first one.
 *
 * The common number of calls is that of tern_common_calls; with own_calls every alternative's is found by
 * itself, or taken as given. To settle means: two warm-up rounds in a row took the same time within 2 %. */
enum tern_status tern_compare(const struct tern_alternative *alt, size_t count,
                              const struct tern_sampler_options *o, struct tern_comparison *out,
                              struct tern_error *e);
void tern_comparison_free(struct tern_comparison *c);

/* The samples of alternative i, one of each round, into out[0..rounds). */
void tern_comparison_samples(const struct tern_comparison *c, size_t i, double *out);

#endif
