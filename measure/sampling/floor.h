/* The A/A floor: the difference that a comparison shows between a thing and itself, here and now.
 *
 * A ratio counts as a difference when two conditions hold: its whole 95 % interval lies on one side of 1, and
 * it lies further from 1 than the floor. The first condition alone would call a tenth of a percent a winner. */
#ifndef TERN_MEASURE_SAMPLING_FLOOR_H
#define TERN_MEASURE_SAMPLING_FLOOR_H

#include "base/status.h"
#include "measure/sampling/sampler.h"

#include <stddef.h>

/* The floor where no A/A run could be made: a difference below 5 % is then not believed. */
#define TERN_FLOOR_UNKNOWN 0.05

struct tern_floor {
    double share;             /* 0.004: ratios from 1/1.004 to 1.004 are noise. NaN: n below 6 */
    struct tern_ratio null;   /* the A/A ratio itself; its true value is 1 */
    double clock_share;       /* what one step of the clock is of the shortest sample */
    int biased;               /* the A/A interval excludes 1: something treats the two places differently */
    struct tern_estimate est; /* of the thing that was compared with itself */
};

/* Compares `a` with itself by tern_compare. `o` are the options of the comparison that the floor is for,
 * because a floor holds for samples of the same length and number only. `twin` may be NULL (the very same
 * work and ctx), or the same work on another copy of its data, so that luck of allocation counts as noise
 * too. TERN_INCONCLUSIVE when fewer than 6 rounds could be used. */
enum tern_status tern_aa_floor(const struct tern_alternative *a, const struct tern_alternative *twin,
                               const struct tern_sampler_options *o, struct tern_floor *out,
                               struct tern_error *e);

/* The floor from an A/A ratio: how far its 95 % interval reaches from 1, as a share. For those who collect
 * their own rounds. NaN below 6 rounds. */
double tern_floor_of(const struct tern_ratio *null);

enum tern_difference {
    TERN_DIFFERENCE_OPEN, /* the interval crosses an end of the floor, or n < 6: not decided */
    TERN_DIFFERENCE_NONE, /* the interval lies within the floor: equal for all that can be seen here */
    TERN_DIFFERENCE_FASTER,
    TERN_DIFFERENCE_SLOWER
};

/* The verdict on a ratio (time / time of the base) over a floor (a share; NaN: TERN_FLOOR_UNKNOWN). The near
 * end of the interval must lie beyond the floor. */
enum tern_difference tern_difference_of(const struct tern_ratio *r, double floor);

#endif
