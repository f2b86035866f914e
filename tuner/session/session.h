/* A tuning run under way: what all its problems share. Inside this folder only. */
#ifndef TERN_TUNER_SESSION_SESSION_H
#define TERN_TUNER_SESSION_SESSION_H

#include "measure/energy/energy.h"
#include "tuner/session/journal.h"
#include "tuner/session/tune.h"
#include "tuner/trial/fixture.h"

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
    struct tern_fixture fixture;
    struct tern_energy *energy; /* NULL for the objective time */
    double started, ends;       /* seconds */
    struct tern_screen screen;
    size_t replayed;
    size_t proved, refuted; /* variants */
    size_t finished; /* problems measured by this run: the first one may overdraw the budget to become a
                        result */
    char run[64];
};

double tern_seconds_now(void);
/* 1 once the user wants the run to end. */
int tern_session_stopped(const struct tern_session *s);
void tern_session_warn(const struct tern_session *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What wisdom or the journal of a resumed run tells of the task well enough: nothing is proved, packed or
 * timed for it. NULL when it must be measured. */
const struct tern_wisdom_entry *tern_session_remembers(const struct tern_session *s,
                                                       const struct tern_task *task);
/* Keeps an outcome, its winner and the best of its layouts: as wisdom first, then as records, so that a crash between them repeats work and loses
 * none. `was_done`: an earlier run has written the records. Worse evidence does not replace better. */
enum tern_status tern_session_keep(struct tern_session *s, const struct tern_outcome *o, int was_done,
                                   struct tern_error *e);

/* Proves every variant that some task may use, before anything is timed, and before there are threads.
 * TERN_INCONCLUSIVE when the user wants the run to end. */
enum tern_status tern_session_prove(struct tern_session *s, struct tern_error *e);
/* Makes and pins the threads of all tasks, with the ceilings where something is to be measured. */
enum tern_status tern_session_teams(struct tern_session *s, struct tern_error *e);

#endif
