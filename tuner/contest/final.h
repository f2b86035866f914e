/* The final: the default against its challengers, with an A/A control in the same rounds.
 *
 * Candidate 0 is the default. Candidate 1 is its twin, the very same thing once more: what separates those
 * two is noise. A challenger is shown to be faster by the rule that all comparisons share
 * (measure/sampling/floor.h): the whole 95 % sign-test interval of its paired ratio lies below 1, and further
 * from 1 than the A/A floor.
 *
 * Otherwise it is a tie. The challenger is still used if its whole interval is below 1. If it is not, nothing
 * separates the two, and the default, which is what an untuned engine would use, is kept. */
#ifndef TERN_TUNER_CONTEST_FINAL_H
#define TERN_TUNER_CONTEST_FINAL_H

#include "tuner/search/strategies.h"

#define TERN_FINAL_DEFAULT      0
#define TERN_FINAL_TWIN         1
#define TERN_FINAL_CHALLENGER   2 /* the first one */
#define TERN_FINAL_ROUNDS_LEAST 6 /* for a 95 % interval */

struct tern_final {
    size_t count, rounds, room;
    double *ns; /* [candidate * room + round]; NaN: not in this round */
    struct tern_estimate *estimate;
    struct tern_ratio *ratio; /* time over the default's */
    double floor;             /* tern_floor_of the twin's ratio; NaN below 6 rounds */
    size_t winner;            /* a candidate: the default or a challenger */
    int tie;      /* the default and the best challenger could not be told apart; either may be the winner */
    int complete; /* final_min rounds were done */
};

/* The `s->count` candidates are the default, its twin, `challengers` challengers, and then any observers
 * (baselines, ceilings). Observers never win; after the first final_min rounds they take part in every fourth
 * round only. Uses s->round, s->go and s->effort. With fewer than 6 rounds nothing is significant, and the
 * result is not complete. TERN_INCONCLUSIVE when the default or every round failed. */
enum tern_status tern_final_run(const struct tern_search *s, size_t challengers, struct tern_final *out,
                                struct tern_error *e);
void tern_final_free(struct tern_final *d);

/* Ratio of two candidates over the final's rounds: time of a over time of b. */
struct tern_ratio tern_final_ratio(const struct tern_final *d, size_t a, size_t b);

#endif
