/* Ranks from wisdom. */
#ifndef TERN_TUNER_WISDOM_RANKS_GATHER_H
#define TERN_TUNER_WISDOM_RANKS_GATHER_H

#include "tuner/wisdom/ranks/ranks.h"

/* Makes ranks of what wisdom measured on machine `m`: the winner, the second and the default of each entry about
 * time with one thread or all of them. Entries of other code than this build's are left out, and so are entries of
 * a race unless `races`. A variant that a problem of its class has not measured counts there as slow as the slowest
 * that was. The caller frees *out. */
enum tern_status tern_ranks_gather(const struct tern_wisdom *w, const struct tern_machine *m, int races,
                                   struct tern_ranks *out, struct tern_error *e);

/* Replaces the lines of *into that were measured with the same instruction sets as those of `from`, keeps its
 * others, and takes name and date over. */
enum tern_status tern_ranks_update(struct tern_ranks *into, const struct tern_ranks *from,
                                   struct tern_error *e);

#endif
