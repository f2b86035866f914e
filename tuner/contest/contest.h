/* One problem under way: who takes part in its rounds, and the rounds. Inside this folder only. */
#ifndef TERN_TUNER_CONTEST_CONTEST_H
#define TERN_TUNER_CONTEST_CONTEST_H

#include "measure/sampling/round.h"
#include "tuner/search/trace.h"
#include "tuner/session/session.h"

/* Who takes part in a problem's rounds: candidates first, then the twin, baselines and ceilings. */
struct tern_member {
    const struct tern_variant *variant; /* NULL for a ceiling */
    int param[TERN_MAX_PARAMS];
    char name[256]; /* in the journal */
    struct tern_trial *trial;
    int failed; /* no trial could be built; never asked again */
};

enum { TERN_CONTEST_EXTRAS = 11 }; /* twin, two baselines, two ceilings, one to spare; five more baselines */
enum { TERN_RACE, TERN_FINAL };    /* places in `remembered` */

/* One problem under way. */
struct tern_contest {
    struct tern_session *s;
    const struct tern_task *task;
    struct tern_problem problem;
    const struct tern_effort *effort;
    char text[96];
    struct tern_team *team;
    struct tern_candidates space;
    size_t fallback; /* the default, a place in space.item: what an untuned engine would use */
    struct tern_member *member;
    struct tern_alternative *timed; /* parallel to member */
    size_t members;
    const char *phase;
    struct tern_search_trace *trace;
    size_t replayed_before; /* samples that the session had taken from the journal */
    const size_t *map;      /* number in the strategy -> member; NULL: the same */
    size_t remembered[2];   /* rounds of race and final that the journal knows */
    int was_done;
    int by_cost;             /* rounds give what the objective makes of a sample, not its time */
    double epoch_seconds;    /* aimed duration of a sample */
    double read_ns, int8_ns; /* the ceilings' time per byte and multiply-add; NaN: not known */
    double peak_ipc;         /* counted of the second; NaN: not yet, or not countable */
    int peak_counted;
    double started, search_ends, final_ends, ends; /* seconds */
    char why_no_counters[256];                     /* "": none was refused so far */
    enum tern_status failure;                      /* of the journal: ends the run */
    struct tern_error error;
};

/* A new member with its parameters (NULL: initial ones); its number. */
size_t tern_contest_add(struct tern_contest *c, const struct tern_variant *v, const int *param,
                        const char *role);

/* Round `number` of c->phase over members which[0..n): remembered or measured; a measured round is in the
 * journal before anybody sees it. `guess`: a rough guess instead of samples. 0: stopped, or the journal
 * failed. */
int tern_contest_round(struct tern_contest *c, size_t number, const size_t *which, size_t n, double *ns,
                       int guess);
/* The same for tern_search: ctx is the contest, `which` goes through c->map. */
int tern_contest_on_round(void *ctx, size_t number, const size_t *which, size_t n, double *ns);

/* Rough nanoseconds of one call of member i on one thread; builds it. NaN when that fails. */
double tern_contest_guess(struct tern_contest *c, size_t i);

/* Seconds that building a trial of the variant takes, roughly: packing and the copies that weights rotate through. */
double tern_contest_seconds_to_build(const struct tern_contest *c, const struct tern_variant *v);

/* Cycles, instructions and misses of a call of member i, which takes about `ns`, from a pass of its own at
 * the first request; NaN, and c->why_no_counters, where they cannot be counted. */
struct tern_guide_counts tern_contest_count(struct tern_contest *c, size_t i, double ns);
/* Instructions per cycle of the loop that measures the multiply-add peak, counted likewise; NaN: not counted. */
double tern_contest_peak_ipc(struct tern_contest *c);

#endif
