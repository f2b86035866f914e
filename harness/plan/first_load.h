/* What is known for the plan of a model: wisdom and ranks, and where they leave it open what a race at the first
 * load finds (tuner/first_load/race.h). */
#ifndef TERN_HARNESS_PLAN_FIRST_LOAD_H
#define TERN_HARNESS_PLAN_FIRST_LOAD_H

#include "harness/plan/plan.h"
#include "tuner/wisdom/ranks/ranks.h"

struct first_load {
    struct tern_wisdom known; /* the request's entries, with the ranks below; borrowed, never freed as such */
    struct tern_ranks link[2]; /* this micro-architecture's own, or a race's, and then the request's */
    struct tern_ranks raced;   /* owned */
    char note[256];            /* what was done, for the user; "": nothing */
};

/* Makes f->known for a request whose wisdom is not NULL. `folder` is where results of races are kept.
 *
 * A race is run when neither an entry nor this micro-architecture's ranks nor an earlier race decides decode and
 * prefill of the model's largest matrix. Small models are not raced: a good plan would not be noticed. A race that
 * fails leaves the request's wisdom as it is; a result that cannot be kept is used all the same. Both are told in
 * the note. */
void tern_first_load(const struct plan_request *r, const struct tern_machine *m, const char *folder,
                     struct first_load *f);
void tern_first_load_free(struct first_load *f);

#endif
