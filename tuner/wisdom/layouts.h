/* The layout of the weights of one shape. Decode and prefill share one packed copy, and the layout that is best
 * for the one may be slow for the other. The choice weighs both with the mix. */
#ifndef TERN_TUNER_WISDOM_LAYOUTS_H
#define TERN_TUNER_WISDOM_LAYOUTS_H

#include "tuner/wisdom/wisdom.h"

#define TERN_MAX_LAYOUTS 32

/* What one token costs with the best variants of a layout. */
struct tern_layout_time {
    const struct tern_format *format;
    double decode_ns, prefill_ns; /* NaN: not known */
};

/* Weighted time of one prompt token and one generated token; NaN when one that has a weight is not known. */
double tern_layout_cost(const struct tern_layout_time *t, const struct tern_mix *mix);
/* Another layout than the default's must promise to cost no more than this of it: the two were not in the same
 * rounds everywhere, and what noise can make is no reason to leave the default. */
#define TERN_LAYOUT_GAIN 0.98

/* The place of the least cost, or `fallback` where nothing costs so much less; it is also the answer when no cost is
 * known. */
size_t tern_layout_choose(const struct tern_layout_time *t, size_t count, size_t fallback,
                          const struct tern_mix *mix);

/* What wisdom knows of the layouts for a shape: winners, the best of a layout, and the defaults that winners
 * beat. `prefill` tells the token count that matters; times of all layouts are of one measured count, the
 * nearest to it. Returns how many there are, at most TERN_MAX_LAYOUTS. */
size_t tern_layout_times(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *decode,
                         const struct tern_problem *prefill, struct tern_layout_time *out);

/* The layout of the plan, by w->mix. `prefill` is NULL when there is none. The layout of the untuned plan is always among
 * the candidates when its times are known, so a plan is never slower than that by its own figures. Where the
 * times do not suffice, the layout of decode's winner. NULL: wisdom does not know the shape. */
const struct tern_format *tern_layout_for(const struct tern_wisdom *w, uint32_t usable,
                                          const struct tern_problem *decode,
                                          const struct tern_problem *prefill);

#endif
