#define _GNU_SOURCE
#include "tuner/session/tune.h"

#include "measure/clock.h"
#include "measure/records/record.h"
#include "tuner/contest/phases.h"
#include "tuner/search/strategies.h"
#include "tuner/session/session.h"
#include "tuner/wisdom/mix.h"
#include "tuner/wisdom/plan_verdict.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MACS_PER_SHARE 5.5e8
#define RESERVED                                                                                             \
    0.9 /* of a share: least rounds overdraw it on a busy machine, and the last problem must not pay */

/* A problem's part of the time: samples of one token last about a millisecond each and scatter with the
 * memory; one call with many tokens on a large matrix takes longer than that, and so do its baselines, but is
 * soon decided. */
static double whole_weight(const struct tern_task *t) {
    const struct tern_problem *p = &t->problem;
    return 4 + (double)p->m * (double)p->k * (double)(p->n - 1) / (double)p->threads / MACS_PER_SHARE;
}

static double weight(const struct tern_session *s, const struct tern_task *t) {
    return tern_session_remembers(s, t) ? 0 : whole_weight(t);
}

static double all_weights(const struct tern_session *s, size_t from) {
    double sum = 0;
    for (size_t i = from; i < s->o->tasks; i++) sum += weight(s, &s->o->task[i]);
    return sum;
}

static enum tern_status do_task(struct tern_session *s, size_t i, struct tern_tune_summary *sum,
                                struct tern_error *e) {
    const struct tern_task *task = &s->o->task[i];
    struct tern_outcome out = {.task = task};
    const struct tern_wisdom_entry *old = tern_session_remembers(s, task);
    enum tern_status st = TERN_OK;
    out.regime = task->problem.regime == TERN_HOT ? TERN_HOT : s->fixture.cold;
    if (old) {
        out.remembered = 1;
        out.entry = *old;
        sum->remembered++;
    } else {
        struct tern_problem p = task->problem;
        char text[96];
        p.regime = out.regime;
        tern_problem_text(&p, text, sizeof text);
        const int was_done = tern_journal_is_done(s->journal, text);
        const double now = tern_seconds_now(), part = weight(s, task) / all_weights(s, i);
        const double mine = i + 1 < s->o->tasks ? RESERVED * part : part;
        st = tern_contest_run(s, task, now + (s->ends - now) * mine, &out, e);
        if (!st && out.measured) {
            st = tern_session_keep(s, &out, was_done, e);
            if (!st && out.complete && !was_done) st = tern_journal_done(s->journal, text, e);
            sum->done++;
            s->finished++;
            sum->ties += out.tie != 0;
            sum->disturbed += out.dirt != 0;
        } else if (!st && out.recorded) {
            sum->recorded++;
        } else if (!st) {
            sum->not_measured++;
        }
    }
    if (!st && s->o->hooks.outcome) s->o->hooks.outcome(s->o->hooks.ctx, &out);
    return st;
}

/* After the last task of a problem that has tasks with several thread counts: they come one after another. */
static enum tern_status meet_threads(struct tern_session *s, size_t i, size_t *first, struct tern_error *e) {
    const struct tern_task *t = s->o->task;
    struct tern_problem p = t[i].problem;
    const struct tern_problem *next = i + 1 < s->o->tasks ? &t[i + 1].problem : NULL;
    if (next && next->m == p.m && next->k == p.k && next->n == p.n && next->regime == p.regime)
        return TERN_OK;
    const size_t tasks = i + 1 - *first;
    *first = i + 1;
    if (!s->o->compare_threads || s->o->table || tasks < 2) return TERN_OK;
    if (p.regime != TERN_HOT) p.regime = s->fixture.cold;
    return tern_contest_threads(s, &p, e);
}

static enum tern_status open_meter(struct tern_session *s, struct tern_error *e) {
    if (s->o->objective == TERN_OBJECTIVE_TIME) return TERN_OK;
    enum tern_status st = tern_energy_open(&s->energy, e);
    if (!st) st = tern_energy_probe(s->energy, NULL, e);
    return st;
}

static void close_session(struct tern_session *s) {
    if (s->energy) tern_energy_close(s->energy);
    tern_fixture_close(&s->fixture);
    tern_journal_close(s->journal);
    if (s->o->ranks) s->wisdom.ranks = NULL; /* they are the caller's */
    tern_wisdom_free(&s->wisdom);
}

/* So that a report knows the machine from the records alone. */
static enum tern_status record_machine(const struct tern_session *s, struct tern_error *e) {
    char params[1024];
    struct tern_record r;
    if (!s->o->records) return TERN_OK;
    tern_record_of_machine(s->o->machine, params, sizeof params, &r);
    r.run = s->run;
    return tern_record_append(s->o->records, &r, e);
}

static enum tern_status open_files(struct tern_session *s, struct tern_error *e) {
    const struct tern_tune_options *o = s->o;
    enum tern_status st = tern_wisdom_read(o->wisdom, o->machine->key, 0, &s->wisdom, e);
    if (st) return st;
    if (s->wisdom.skipped)
        tern_session_warn(s, "wisdom: %s: %zu damaged or unknown lines will not be kept", o->wisdom,
                          s->wisdom.skipped);
    if (tern_mix_said(&o->mix)) {
        s->wisdom.mix = o->mix;
        tern_plan_verdict_forget(&s->wisdom); /* another mix may make another plan */
        st = tern_wisdom_write(o->wisdom, &s->wisdom, e);
        if (st) return st;
    }
    /* Rounds of another objective are in another unit. */
    char strategy[64];
    snprintf(strategy, sizeof strategy, "%s%s%s", o->strategy->name,
             o->objective == TERN_OBJECTIVE_TIME ? "" : "/",
             o->objective == TERN_OBJECTIVE_TIME ? "" : tern_objective_name(o->objective));
    const struct tern_journal_head head = {o->machine->key, strategy, o->effort->name, o->seed};
    st = tern_journal_open(o->journal, &head, o->resume, &s->journal, e);
    if (!st && tern_journal_damaged(s->journal))
        tern_session_warn(s, "journal: %s: %zu torn lines skipped", o->journal,
                          tern_journal_damaged(s->journal));
    if (st || (s->wisdom.ranks = o->ranks)) return st;
    return tern_ranks_here(o->machine, &s->wisdom.ranks, e);
}

/* Verification counts, but never more than half. What an earlier run has spent is spent; a resumed run gets
 * at least a tenth to end what it began. */
static double end_of(const struct tern_session *s) {
    const double budget = s->o->budget_seconds, now = tern_seconds_now();
    const double used = now - s->started, spent = s->journal ? tern_journal_seconds(s->journal) : 0;
    double left = used < 0.5 * budget ? budget - used : 0.5 * budget;
    left = left - spent > 0.1 * budget ? left - spent : 0.1 * budget;
    return now + left;
}

enum tern_status tern_tune(const struct tern_tune_options *o, struct tern_tune_summary *sum,
                           struct tern_error *e) {
    struct tern_session s = {.o = o, .started = tern_seconds_now()};
    char now[24];
    *sum = (struct tern_tune_summary){0};
    if (o->machine->foreign)
        return tern_fail(e, TERN_UNSUPPORTED,
                         "tune: HWLOC_XMLFILE: the topology is another machine's, whose processors are not "
                         "here; --dry-run can look at it");
    tern_utc_text(now, sizeof now);
    snprintf(s.run, sizeof s.run, "tune-%s-%ld", now, (long)getpid());
    enum tern_status st = open_files(&s, e);
    if (!st) st = open_meter(&s, e);
    if (!st) st = tern_fixture_open(o->machine, o->seed, &s.fixture, e);
    s.fixture.stop = o->stop;
    if (!st) st = tern_session_prove(&s, e);
    if (!st) st = tern_session_teams(&s, e);
    if (!st) st = record_machine(&s, e);
    if (st == TERN_INCONCLUSIVE && tern_session_stopped(&s)) st = TERN_OK; /* while variants were proved */
    s.ends = end_of(&s);
    for (size_t i = 0, first = 0; !st && i < o->tasks && !tern_session_stopped(&s); i++) {
        st = do_task(&s, i, sum, e);
        if (!st && !tern_session_stopped(&s)) st = meet_threads(&s, i, &first, e);
    }
    sum->replayed = s.replayed;
    sum->proved = s.proved;
    sum->refuted = s.refuted;
    sum->stopped = tern_session_stopped(&s);
    sum->seconds = tern_seconds_now() - s.started;
    close_session(&s);
    return st;
}
