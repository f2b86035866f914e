/* The journal of a tuning run: every finished round, durably, so that a killed run goes on where it was.
 *
 * JSON lines. The first one tells machine, strategy, effort and seed. Each other line is a whole round, or
 * the note that a problem is done. A round is one line and one write, so after a crash it is there whole or
 * not at all. A strategy depends only on the rounds it has seen, so replaying them leads to the same place. */
#ifndef TERN_TUNER_SESSION_JOURNAL_H
#define TERN_TUNER_SESSION_JOURNAL_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct tern_journal;

struct tern_journal_head {
    const char *machine, *strategy, *effort;
    uint64_t seed;
};

/* Opens `path`. With `resume` an existing journal is read and must carry the same head (else TERN_BAD_INPUT,
 * or TERN_UNSUPPORTED for another machine); torn lines are skipped. Without it a new one replaces the old. */
enum tern_status tern_journal_open(const char *path, const struct tern_journal_head *head, int resume,
                                   struct tern_journal **out, struct tern_error *e);
void tern_journal_close(struct tern_journal *j);

/* One round of one phase of a problem. `candidates` is a hash of who took part and of their code: a
 * remembered round counts only when it is the same. */
struct tern_journal_key {
    const char *problem; /* "6912x2560x1 t1 wcold" */
    const char *phase;   /* "guess", "race", "duel" */
    size_t round;
    uint64_t candidates;
};

/* Appends the round: ns[i] of name[i]; `seconds` it took. */
enum tern_status tern_journal_add(struct tern_journal *j, const struct tern_journal_key *key,
                                  const char *const *name, const double *ns, size_t count, double seconds,
                                  struct tern_error *e);
/* 1 and ns[0..count) when the journal has this round with these names. NaN where it could not be measured. */
int tern_journal_find(const struct tern_journal *j, const struct tern_journal_key *key,
                      const char *const *name, double *ns, size_t count);

/* Number of rounds remembered for a phase of a problem. */
size_t tern_journal_rounds(const struct tern_journal *j, const char *problem, const char *phase);
enum tern_status tern_journal_done(struct tern_journal *j, const char *problem, struct tern_error *e);
int tern_journal_is_done(const struct tern_journal *j, const char *problem);

/* What was found at the opening. */
size_t tern_journal_samples(const struct tern_journal *j); /* finished samples */
double tern_journal_seconds(const struct tern_journal *j); /* spent on them */
size_t tern_journal_damaged(const struct tern_journal *j); /* lines skipped */

#endif
