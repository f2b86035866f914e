/* The phases of a problem. Its candidates are screened, then searched (or recorded as a table); the final
 * decides and ends in the verdict; then the baselines are timed. A file calls only functions that stand below
 * its own in this header. */
#ifndef TERN_TUNER_CONTEST_PHASES_H
#define TERN_TUNER_CONTEST_PHASES_H

#include "tuner/contest/contest.h"
#include "tuner/contest/final.h"

/* problem.c: takes one problem through all its phases until `ends`, and fills the outcome (already zeroed,
 * task set). An error ends the whole run; a problem that cannot be measured is an outcome with a reason. */
enum tern_status tern_contest_run(struct tern_session *s, const struct tern_task *task, double ends,
                                  struct tern_outcome *out, struct tern_error *e);

/* screen.c: what a search starts from, parallel to the space. */
struct tern_screening {
    struct tern_candidate_point *place;
    double *guess; /* NULL when the effort or the strategy wants none */
    double *least; /* what reading the weights takes */
};
/* Free also after a failure. TERN_INCONCLUSIVE when stopped. */
enum tern_status tern_screen(struct tern_contest *c, struct tern_screening *out, struct tern_error *e);
void tern_screening_free(struct tern_screening *s);
/* For tern_search: ctx is the contest. */
enum tern_bound tern_screen_bound(void *ctx, size_t candidate, double ns);

/* In place of a search: every candidate in every round, written to the table that the options name. */
enum tern_status tern_contest_table(struct tern_contest *c, const struct tern_candidate_point *place,
                                    struct tern_outcome *out, struct tern_error *e);

/* Appends the search's record to the options' file; c->trace has followed it. `seconds` that it took, NaN
 * when some of it came from a journal. */
enum tern_status tern_contest_record_search(const struct tern_contest *c, const struct tern_found *f,
                                            double seconds, struct tern_error *e);

/* final.c: the end of a search, final and verdict. */
enum tern_status tern_contest_final(struct tern_contest *c, const struct tern_found *f,
                                    struct tern_outcome *out, struct tern_error *e);

/* After the final: baselines that it had no place for, as far as there is time. Adds standings. */
enum tern_status tern_contest_baselines(struct tern_contest *c, const struct tern_found *f,
                                        struct tern_outcome *out, struct tern_error *e);

/* layouts.c: the best candidate of each layout that the plan of a model may choose and that is not among the `n`
 * members of the final yet, into member[n...]; the new count. For one token those near the best; for several tokens
 * those that were near the best with one. */
size_t tern_contest_add_layouts(const struct tern_contest *c, const struct tern_found *f, size_t *member,
                                size_t n);

/* From the final to the outcome: standings, shares of the ceilings, the wisdom entries. `roles` gives for every
 * candidate of the final its member; the ceilings' places are 0 when absent. */
struct tern_final_roles {
    const size_t *member;
    size_t f16, i2s, read, int8; /* candidates of the final; 0: none */
    size_t challengers;
};
void tern_verdict(struct tern_contest *c, const struct tern_final *d, const struct tern_final_roles *roles,
                  struct tern_outcome *out);
/* By rising median; one too many is left out. */
void tern_outcome_insert(struct tern_outcome *out, const struct tern_leader *st);

/* The winners of the problem with all thread counts of the run in the same rounds: which count is best, into
 * their entries of wisdom. Nothing happens with fewer than two, without time, or for another objective. */
enum tern_status tern_contest_threads(struct tern_session *s, const struct tern_problem *p,
                                      struct tern_error *e);

#endif
