/* What is known already, and what is kept of what was found. */
#define _GNU_SOURCE
#include "tuner/session/outcome_record.h"
#include "tuner/session/session.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/plan_verdict.h"

#include <string.h>

#define WIDE 1.5

static int is_same(const struct tern_problem *p, const struct tern_problem *q) {
    return q->m == p->m && q->k == p->k && q->n == p->n && q->threads == p->threads &&
           (q->regime == TERN_HOT) == (p->regime == TERN_HOT);
}

/* The winner of the problem in the wisdom of this run, whatever its evidence. */
static const struct tern_wisdom_entry *known(const struct tern_session *s, const struct tern_problem *p) {
    for (size_t i = 0; i < s->wisdom.count; i++) {
        const struct tern_wisdom_entry *en = &s->wisdom.entry[i];
        if (!en->of_layout && is_same(p, &en->problem) && en->problem.regime == p->regime &&
            !strcmp(en->objective, tern_objective_name(s->o->objective)))
            return en;
    }
    return NULL;
}

const struct tern_wisdom_entry *tern_tune_knows(const struct tern_tune_options *o,
                                                const struct tern_wisdom *w, const struct tern_problem *p) {
    const int least = tern_effort_rank(o->effort->name);
    if (o->again || o->table) return NULL;
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_wisdom_entry *en = &w->entry[i];
        if (en->of_layout || !is_same(p, &en->problem) ||
            strcmp(en->objective, tern_objective_name(o->objective)))
            continue;
        const struct tern_variant *v = tern_variant_named(en->variant);
        /* An interval as wide as this was measured on a machine that did something else. */
        const int wide = en->ci_hi_ns > WIDE * en->ci_lo_ns;
        if (!tern_wisdom_stale(en) && en->complete && !wide && tern_effort_rank(en->effort) >= least &&
            (v->isa & o->machine->usable) == v->isa && (v->exact || o->lossy))
            return en;
    }
    return NULL;
}

const struct tern_wisdom_entry *tern_session_remembers(const struct tern_session *s,
                                                       const struct tern_task *task) {
    struct tern_problem p = task->problem;
    if (p.regime != TERN_HOT) p.regime = s->fixture.cold;
    char text[96];
    tern_problem_text(&p, text, sizeof text);
    const struct tern_wisdom_entry *en = tern_tune_knows(s->o, &s->wisdom, &p);
    if (en || s->o->table) return en;
    en = tern_journal_is_done(s->journal, text) ? known(s, &p) : NULL;
    return en && !tern_wisdom_stale(en) ? en : NULL;
}

/* Worse evidence does not replace better: nor does the best of what TERN_ISA leaves replace the best of all.
 */
static int may_not_replace(const struct tern_session *s, const struct tern_outcome *o,
                           const struct tern_wisdom_entry *old) {
    const struct tern_variant *v = tern_variant_named(old->variant);
    if (!o->complete && old->complete) {
        tern_session_warn(
            s, "wisdom: %zux%zux%zu t%zu: the complete evidence of %.10s stays, this is incomplete",
            old->problem.m, old->problem.k, old->problem.n, old->problem.threads, old->date);
        return 1;
    }
    if ((v->isa & s->o->machine->usable) == v->isa) return 0;
    tern_session_warn(
        s, "wisdom: %zux%zux%zu t%zu: %s stays, which TERN_ISA hides now; name another file with --wisdom",
        old->problem.m, old->problem.k, old->problem.n, old->problem.threads, old->variant);
    return 1;
}

/* The layouts that were beside this winner; those of an earlier one, which it did not meet, go. */
static enum tern_status keep_layouts(struct tern_session *s, const struct tern_outcome *o,
                                     struct tern_error *e) {
    struct tern_wisdom *w = &s->wisdom;
    enum tern_status st = TERN_OK;
    size_t kept = 0;
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_wisdom_entry *en = &w->entry[i];
        if (en->of_layout && is_same(&en->problem, &o->entry.problem) &&
            !strcmp(en->objective, o->entry.objective))
            continue;
        w->entry[kept++] = *en;
    }
    w->count = kept;
    for (size_t i = 0; i < o->layouts && !st; i++) st = tern_wisdom_put(w, &o->layout[i], e);
    return st;
}

enum tern_status tern_session_keep(struct tern_session *s, const struct tern_outcome *o, int was_done,
                                   struct tern_error *e) {
    const struct tern_wisdom_entry *old = known(s, &o->entry.problem);
    enum tern_status st = TERN_OK;
    if (old && !tern_wisdom_stale(old) && may_not_replace(s, o, old))
        return was_done ? TERN_OK : tern_outcome_record(s, o, e);
    tern_plan_verdict_forget(&s->wisdom);
    st = tern_wisdom_put(&s->wisdom, &o->entry, e);
    if (!st) st = keep_layouts(s, o, e);
    if (!st) st = tern_wisdom_write(s->o->wisdom, &s->wisdom, e);
    if (!st && !was_done) st = tern_outcome_record(s, o, e);
    return st;
}
