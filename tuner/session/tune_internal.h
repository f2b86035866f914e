/* What the files of the tuner share while tuning. Inside the tuner only. */
#ifndef TERN_TUNER_SESSION_TUNE_INTERNAL_H
#define TERN_TUNER_SESSION_TUNE_INTERNAL_H

#include "measure/sampling/sampler.h"
#include "tuner/search/tried.h"
#include "tuner/session/journal.h"
#include "tuner/session/tune.h"
#include "tuner/trial/bed.h"

/* How far a variant was from the best by its first guess, on the problems so far with one token or with
 * several; 0: not seen. What was hopeless there is not packed again for the next problem. */
enum { TERN_SCREENED = 512 };
struct tern_screen {
    double ratio[2][TERN_SCREENED]; /* [several tokens][place in the registry] */
};

struct tern_session {
    const struct tern_tune_options *o;
    struct tern_wisdom wisdom;
    struct tern_journal *journal;
    struct tern_bed bed;
    struct tern_energy *energy; /* NULL for the objective time */
    double started, ends;       /* seconds */
    struct tern_screen screen;
    size_t replayed;
    size_t finished; /* problems measured by this run: the first one may overdraw the budget to become a
                        result */
    char run[64];
};

/* Who takes part in a problem's rounds: candidates first, then the twin, baselines and ceilings. */
struct tern_member {
    const struct tern_variant *variant; /* NULL for a ceiling */
    int param[TERN_MAX_PARAMS];
    char name[256]; /* in the journal */
    struct tern_trial *trial;
    int failed; /* no trial could be built; never asked again */
};

enum { TERN_CONTEST_EXTRAS = 11 }; /* twin, two baselines, two ceilings, one to spare; five more baselines */
enum { TERN_RACE, TERN_DUEL };     /* places in `remembered` */

/* One problem under way. */
struct tern_contest {
    struct tern_session *s;
    const struct tern_task *task;
    struct tern_problem problem;
    char text[96];
    struct tern_team *team;
    struct tern_candidates space;
    size_t fallback; /* the default, a place in space.item */
    struct tern_member *member;
    struct tern_alternative *timed; /* parallel to member */
    size_t members;
    const char *phase;
    struct tern_tried *tried;
    size_t replayed_before; /* samples that the session had taken from the journal */
    const size_t *map;      /* number in the strategy -> member; NULL: the same */
    size_t remembered[2];   /* rounds of race and duel that the journal knows */
    int was_done;
    int by_cost;             /* rounds give what the objective makes of a sample, not its time */
    double epoch_seconds;    /* aimed duration of a sample */
    double read_ns, int8_ns; /* the ceilings' time per byte and multiply-add; NaN: not known */
    double started, search_ends, duel_ends, ends; /* seconds */
    char why_no_counters[256];                    /* "": none was refused so far */
    enum tern_status failure;                     /* of the journal: ends the run */
    struct tern_error error;
};

double tern_seconds_now(void);
void tern_session_warn(const struct tern_session *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Races and duels one problem until `ends`, and fills the outcome (already zeroed, task set). Statuses are
 * those that end the whole run; a problem that cannot be measured is an outcome with a reason. */
enum tern_status tern_contest_run(struct tern_session *s, const struct tern_task *task, double ends,
                                  struct tern_outcome *out, struct tern_error *e);

/* Round `number` of c->phase over members which[0..n): remembered or measured; a measured round is in the
 * journal before anybody sees it. `guess`: a rough guess instead of samples. 0: stopped, or the journal
 * failed. */
int tern_contest_round(struct tern_contest *c, size_t number, const size_t *which, size_t n, double *ns,
                       int guess);

/* Cycles, instructions and misses of a call of member i, which takes about `ns`, from a pass of its own at
 * the first request; NaN, and c->why_no_counters, where they cannot be counted. */
void tern_contest_count(struct tern_contest *c, size_t i, double ns, struct tern_guide_facts *f);

/* A new member with its parameters (NULL: initial ones); its number. */
size_t tern_contest_add(struct tern_contest *c, const struct tern_variant *v, const int *param,
                        const char *role);
/* Rough nanoseconds of one call of member i on one thread; builds it. NaN when that fails. */
double tern_contest_guess(struct tern_contest *c, size_t i);
/* For tern_search: ctx is the contest. */
int tern_contest_on_round(void *ctx, size_t number, const size_t *which, size_t n, double *ns);
/* The end of a search: duel and verdict. */
enum tern_status tern_contest_duel(struct tern_contest *c, const struct tern_found *f,
                                   struct tern_outcome *out, struct tern_error *e);
/* After the duel: baselines that it had no place for, as far as there is time. Adds standings. */
enum tern_status tern_contest_baselines(struct tern_contest *c, const struct tern_found *f,
                                        struct tern_outcome *out, struct tern_error *e);
/* The variant that stands for baseline `index` (from 0) on this problem; NULL: none, or no more of them when
 * all after it are NULL too. */
const struct tern_variant *tern_baseline_variant(const struct tern_problem *p, uint32_t usable, size_t index);
enum { TERN_BASELINE_VARIANTS = 5 };
/* By rising median; one too many is left out. */
void tern_outcome_insert(struct tern_outcome *out, const struct tern_leader *st);
/* Appends the search's record to the options' file; c->tried has followed it. `seconds` that it took, NaN
 * when some of it came from a journal. */
enum tern_status tern_tried_record(const struct tern_contest *c, const struct tern_found *f, double seconds,
                                   struct tern_error *e);
/* In place of a search: every candidate in every round, written to the table that the options name. */
enum tern_status tern_contest_table(struct tern_contest *c, const struct tern_candidate_point *place,
                                    struct tern_outcome *out, struct tern_error *e);

/* The winners of the problem with all thread counts of the run in the same rounds: which count is best, into
 * their entries of wisdom. Nothing happens with fewer than two, without time, or for another objective. */
enum tern_status tern_contest_threads(struct tern_session *s, const struct tern_problem *p,
                                      struct tern_error *e);

/* What a search starts from, parallel to the space. */
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

/* From the duel to the outcome: standings, shares of the ceilings, the wisdom entry. `roles` gives for every
 * entrant of the duel its member; the ceilings' places are 0 when absent. */
struct tern_duel_roles {
    const size_t *member;
    size_t f16, i2s, read, int8; /* entrants of the duel; 0: none */
    size_t challengers;
};
void tern_verdict(struct tern_contest *c, const struct tern_duel *d, const struct tern_duel_roles *roles,
                  struct tern_outcome *out);
/* Appends the outcome's records to the options' file. */
enum tern_status tern_outcome_record(const struct tern_session *s, const struct tern_outcome *out,
                                     struct tern_error *e);

#endif
