#define _GNU_SOURCE
#include "tuner/session/tune_internal.h"

#include "measure/clock.h"
#include "measure/machine/pin.h"
#include "measure/records/record.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDE           1.5
#define MACS_PER_SHARE 5.5e8

double tern_seconds_now(void) {
    return 1e-9 * (double)tern_now_ns();
}

void tern_problem_text(const struct tern_problem *p, char *out, size_t bytes) {
    snprintf(out, bytes, "%zux%zux%zu t%zu %s", p->m, p->k, p->n, p->threads, tern_regime_name(p->regime));
}

void tern_session_warn(const struct tern_session *s, const char *fmt, ...) {
    char line[640];
    va_list ap;
    if (!s->o->hooks.warn) return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    s->o->hooks.warn(s->o->hooks.ctx, line);
}

static int stopped(const struct tern_session *s) {
    return s->o->stop && *s->o->stop;
}

static const struct tern_wisdom_entry *known(const struct tern_session *s, const struct tern_problem *p) {
    for (size_t i = 0; i < s->wisdom.count; i++) {
        const struct tern_wisdom_entry *en = &s->wisdom.entry[i];
        const struct tern_problem *q = &en->problem;
        if (q->m == p->m && q->k == p->k && q->n == p->n && q->threads == p->threads &&
            q->regime == p->regime && !strcmp(en->objective, tern_objective_name(s->o->objective)))
            return en;
    }
    return NULL;
}

const struct tern_wisdom_entry *tern_tune_knows(const struct tern_tune_options *o,
                                                const struct tern_wisdom *w, const struct tern_problem *p) {
    if (o->again || o->table) return NULL;
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_wisdom_entry *en = &w->entry[i];
        const struct tern_problem *q = &en->problem;
        if (q->m != p->m || q->k != p->k || q->n != p->n || q->threads != p->threads ||
            (q->regime == TERN_HOT) != (p->regime == TERN_HOT) ||
            strcmp(en->objective, tern_objective_name(o->objective)))
            continue;
        const struct tern_variant *v = tern_variant_named(en->variant);
        /* An interval as wide as this was measured on a machine that did something else. */
        const int wide = en->ci_hi_ns > WIDE * en->ci_lo_ns;
        if (!tern_wisdom_stale(en) && en->complete && !wide &&
            tern_effort_rank(en->effort) >= tern_effort_rank(o->effort->name) &&
            (v->isa & o->machine->usable) == v->isa && (v->exact || o->lossy))
            return en;
    }
    return NULL;
}

/* Done by the run that is resumed, or known well enough: nothing is proved, packed or timed for it. */
static const struct tern_wisdom_entry *remembered(const struct tern_session *s,
                                                  const struct tern_task *task) {
    struct tern_problem p = task->problem;
    char text[96];
    if (p.regime != TERN_HOT) p.regime = s->bed.cold;
    tern_problem_text(&p, text, sizeof text);
    const struct tern_wisdom_entry *en = tern_tune_knows(s->o, &s->wisdom, &p);
    if (en || s->o->table) return en;
    en = tern_journal_is_done(s->journal, text) ? known(s, &p) : NULL;
    return en && !tern_wisdom_stale(en) ? en : NULL;
}

/* Marks the candidates of what is not known yet, and its dense baselines, and winners that are to meet those
 * of other thread counts; nobody else is ever timed. */
static enum tern_status mark_timed(const struct tern_session *s, unsigned char *timed, struct tern_error *e) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    const uint32_t usable = s->o->machine->usable;
    for (size_t t = 0; t < s->o->tasks; t++) {
        const struct tern_problem *p = &s->o->task[t].problem;
        struct tern_candidates c;
        const struct tern_wisdom_entry *en = remembered(s, &s->o->task[t]);
        if (en && s->o->compare_threads) timed[tern_variant_named(en->variant) - all] = 1;
        if (en) continue;
        const enum tern_status st = tern_space_of(p, usable, NULL, s->o->lossy, &c, e);
        if (st) return st;
        for (size_t i = 0; i < c.count; i++) timed[c.item[i].variant - all] = 1;
        tern_candidates_free(&c);
        for (size_t i = 0; i < TERN_BASELINE_VARIANTS; i++) {
            const struct tern_variant *v = tern_baseline_variant(p, usable, i);
            if (v && !s->o->table) timed[v - all] = 1;
        }
        for (size_t i = 0; i < count; i++)
            if (!strcmp(all[i].format->name, "f16") &&
                tern_variant_fits(&all[i], usable, p->m, p->k, p->n, NULL))
                timed[i] = 1;
    }
    return TERN_OK;
}

struct proving {
    const struct tern_session *s;
    const struct tern_variant **list;
    size_t count, finished;
};

static void on_verdict(void *ctx, size_t index, const struct tern_verdict *verdict,
                       const struct tern_proof *proof) {
    struct proving *p = ctx;
    const struct tern_tune_hooks *h = &p->s->o->hooks;
    const char *name = p->list[index]->name;
    char note[160];
    snprintf(note, sizeof note, "verified %zu of %zu: %s", ++p->finished, p->count, name);
    if (h->progress) h->progress(h->ctx, 0, note);
    if (!proof)
        tern_session_warn(p->s, "verify: %s: %s: %s; it is not timed and cannot win", name,
                          tern_verdict_name(verdict->kind), verdict->text);
}

/* Every variant that some task may use is proved before anything is timed, and before there are threads. */
static enum tern_status prove_all(struct tern_session *s, struct tern_error *e) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    struct proving p = {.s = s, .list = malloc((count + 1) * sizeof *p.list)};
    unsigned char *timed = calloc(count + 1, 1);
    enum tern_status st = TERN_OK;
    if (!p.list || !timed) st = tern_fail(e, TERN_NO_MEMORY, "verify: out of memory");
    if (!st) st = mark_timed(s, timed, e);
    for (size_t i = 0; i < count && !st; i++)
        if (timed[i]) p.list[p.count++] = &all[i];
    if (!st) st = tern_bed_prove_all(&s->bed, p.list, p.count, on_verdict, &p, e);
    free(timed);
    free(p.list);
    return st;
}

/* What is remembered for one kind of core must have run on that kind; elsewhere a thread that moves is noise.
 */
static enum tern_status pin(struct tern_session *s, const struct tern_team *t, struct tern_error *e) {
    struct tern_error why;
    const enum tern_status st = tern_pin_team(t->pool, s->o->machine->cpu, &why);
    if (!st) return TERN_OK;
    if (st == TERN_NO_MEMORY || tern_kind_alone(s->o->machine)) return tern_fail(e, st, "%.500s", why.text);
    tern_session_warn(s, "%s", why.text);
    return TERN_OK;
}

static enum tern_status make_teams(struct tern_session *s, struct tern_error *e) {
    for (size_t i = 0; i < s->o->tasks; i++) {
        struct tern_team *team;
        const size_t made = s->bed.teams;
        enum tern_status st = tern_bed_team(&s->bed, s->o->task[i].problem.threads, &team, e);
        if (!st && s->bed.teams > made) st = pin(s, team, e);
        if (st) return st;
        if (!remembered(s, &s->o->task[i])) tern_bed_ceilings(&s->bed, team);
    }
    return TERN_OK;
}

/* Worse evidence does not replace better: nor does the best of what TERN_ISA leaves replace the best of all.
 */
static int may_not_replace(const struct tern_session *s, const struct tern_outcome *o,
                           const struct tern_wisdom_entry *old) {
    const struct tern_variant *v = tern_variant_named(old->variant);
    if (!o->complete && old->complete) return 1;
    if ((v->isa & s->o->machine->usable) == v->isa) return 0;
    tern_session_warn(
        s, "wisdom: %zux%zux%zu t%zu: %s stays, which TERN_ISA hides now; name another file with --wisdom",
        old->problem.m, old->problem.k, old->problem.n, old->problem.threads, old->variant);
    return 1;
}

/* Wisdom first, then records, then the note that the problem is done: a crash between them repeats work,
 * loses none. */
static enum tern_status keep(struct tern_session *s, const struct tern_outcome *o, int was_done,
                             struct tern_error *e) {
    const struct tern_wisdom_entry *old = known(s, &o->entry.problem);
    enum tern_status st = TERN_OK;
    if (old && !tern_wisdom_stale(old) && may_not_replace(s, o, old))
        return was_done ? TERN_OK : tern_outcome_record(s, o, e);
    st = tern_wisdom_put(&s->wisdom, &o->entry, e);
    if (!st) st = tern_wisdom_write(s->o->wisdom, &s->wisdom, e);
    if (!st && !was_done) st = tern_outcome_record(s, o, e);
    return st;
}

/* A problem's part of the time: samples of one token last about a millisecond each and scatter with the
 * memory; one call with many tokens on a large matrix takes longer than that, and so do its baselines, but is
 * soon decided. */
static double weight(const struct tern_session *s, const struct tern_task *t) {
    const struct tern_problem *p = &t->problem;
    if (remembered(s, t)) return 0;
    return 4 + (double)p->m * (double)p->k * (double)(p->n - 1) / (double)p->threads / MACS_PER_SHARE;
}

static enum tern_status do_task(struct tern_session *s, size_t i, struct tern_tune_summary *sum,
                                struct tern_error *e) {
    const struct tern_task *task = &s->o->task[i];
    struct tern_outcome out = {.task = task};
    const struct tern_wisdom_entry *old = remembered(s, task);
    enum tern_status st = TERN_OK;
    out.regime = task->problem.regime == TERN_HOT ? TERN_HOT : s->bed.cold;
    if (old) {
        out.remembered = 1;
        out.entry = *old;
        sum->remembered++;
    } else {
        struct tern_problem p = task->problem;
        double left = 0;
        char text[96];
        p.regime = out.regime;
        tern_problem_text(&p, text, sizeof text);
        const int was_done = tern_journal_is_done(s->journal, text);
        for (size_t j = i; j < s->o->tasks; j++) left += weight(s, &s->o->task[j]);
        const double now = tern_seconds_now();
        st = tern_contest_run(s, task, now + (s->ends - now) * weight(s, task) / left, &out, e);
        if (!st && out.measured) {
            st = keep(s, &out, was_done, e);
            if (!st && out.complete && !was_done) st = tern_journal_done(s->journal, text, e);
            sum->done++;
            s->finished++;
            sum->ties += out.tie != 0;
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
    if (p.regime != TERN_HOT) p.regime = s->bed.cold;
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
    tern_bed_close(&s->bed);
    tern_journal_close(s->journal);
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
    return st;
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
    if (!st) st = tern_bed_open(o->machine, o->seed, &s.bed, e);
    if (!st) st = prove_all(&s, e);
    if (!st) st = make_teams(&s, e);
    if (!st) st = record_machine(&s, e);
    s.ends = end_of(&s);
    for (size_t i = 0, first = 0; !st && i < o->tasks && !stopped(&s); i++) {
        st = do_task(&s, i, sum, e);
        if (!st && !stopped(&s)) st = meet_threads(&s, i, &first, e);
    }
    sum->replayed = s.replayed;
    sum->stopped = stopped(&s);
    sum->seconds = tern_seconds_now() - s.started;
    close_session(&s);
    return st;
}
