/* Effort: how hard a tuner looks. It is part of the evidence that wisdom keeps, because what was found with
 * more effort satisfies a request with less. */
#ifndef TERN_TUNER_WISDOM_EFFORT_H
#define TERN_TUNER_WISDOM_EFFORT_H

#include <stddef.h>

struct tern_effort {
    const char *name;
    size_t rounds_first, rounds_max; /* of the race: before the first cut; at most */
    double drop;                     /* slower than the best by this factor: out */
    double drop_guess;               /* the same before any round, by the rough guess */
    size_t final_min, final_max;     /* rounds of the final */
    size_t groups;                   /* whose parameters are explored, at most */
};
/* "quick", "normal", "thorough"; NULL when unknown. */
const struct tern_effort *tern_effort_named(const char *name);
/* Larger for more effort; -1 when unknown. */
int tern_effort_rank(const char *name);

#endif
