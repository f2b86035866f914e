/* What is known already, and what is kept of what was found. */
#define _GNU_SOURCE
#include "tuner/session/outcome_record.h"
#include "tuner/session/session.h"
#include "tuner/wisdom/edit.h"

#include <string.h>

#define WIDE 1.5

/* NULL stands for the winner's entry. */
static int is_of(const struct tern_wisdom_entry *en, const struct tern_format *layout) {
    return en->of_layout ? tern_variant_named(en->variant)->format == layout : !layout;
}

static const struct tern_wisdom_entry *known(const struct tern_session *s, const struct tern_problem *p,
                                             const struct tern_format *layout) {
    for (size_t i = 0; i < s->wisdom.count; i++) {
        const struct tern_wisdom_entry *en = &s->wisdom.entry[i];
        const struct tern_problem *q = &en->problem;
        if (is_of(en, layout) && q->m == p->m && q->k == p->k && q->n == p->n && q->threads == p->threads &&
            q->regime == p->regime && !strcmp(en->objective, tern_objective_name(s->o->objective)))
            return en;
    }
    return NULL;
}

static const struct tern_wisdom_entry *well_known(const struct tern_tune_options *o,
                                                  const struct tern_wisdom *w, const struct tern_problem *p,
                                                  const struct tern_format *layout) {
    const int least = layout ? 0 : tern_effort_rank(o->effort->name);
    if (o->again || o->table) return NULL;
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_wisdom_entry *en = &w->entry[i];
        const struct tern_problem *q = &en->problem;
        if (!is_of(en, layout) || q->m != p->m || q->k != p->k || q->n != p->n || q->threads != p->threads ||
            (q->regime == TERN_HOT) != (p->regime == TERN_HOT) ||
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

const struct tern_wisdom_entry *tern_tune_knows(const struct tern_tune_options *o,
                                                const struct tern_wisdom *w, const struct tern_problem *p) {
    return well_known(o, w, p, NULL);
}

static struct tern_problem problem_of(const struct tern_session *s, const struct tern_task *task) {
    struct tern_problem p = task->problem;
    if (p.regime != TERN_HOT) p.regime = s->fixture.cold;
    return p;
}

const struct tern_wisdom_entry *tern_session_remembers_layout(const struct tern_session *s,
                                                              const struct tern_task *task,
                                                              const struct tern_format *layout) {
    const struct tern_problem p = problem_of(s, task);
    char text[96];
    tern_session_problem_text(&p, layout, text, sizeof text);
    const struct tern_wisdom_entry *en = well_known(s->o, &s->wisdom, &p, layout);
    if (en || s->o->table) return en;
    en = tern_journal_is_done(s->journal, text) ? known(s, &p, layout) : NULL;
    return en && !tern_wisdom_stale(en) ? en : NULL;
}

const struct tern_wisdom_entry *tern_session_remembers(const struct tern_session *s,
                                                       const struct tern_task *task) {
    return tern_session_remembers_layout(s, task, NULL);
}

const struct tern_wisdom_entry *tern_session_winner(const struct tern_session *s,
                                                    const struct tern_task *task) {
    const struct tern_problem p = problem_of(s, task);
    const struct tern_wisdom_entry *en = known(s, &p, NULL);
    return en && !tern_wisdom_stale(en) ? en : NULL;
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

enum tern_status tern_session_keep(struct tern_session *s, const struct tern_outcome *o, int was_done,
                                   struct tern_error *e) {
    const struct tern_format *layout =
        o->entry.of_layout ? tern_variant_named(o->entry.variant)->format : NULL;
    const struct tern_wisdom_entry *old = known(s, &o->entry.problem, layout);
    enum tern_status st = TERN_OK;
    if (old && !tern_wisdom_stale(old) && may_not_replace(s, o, old))
        return was_done || layout ? TERN_OK : tern_outcome_record(s, o, e);
    st = tern_wisdom_put(&s->wisdom, &o->entry, e);
    if (!st) st = tern_wisdom_write(s->o->wisdom, &s->wisdom, e);
    if (!st && !was_done && !layout) st = tern_outcome_record(s, o, e);
    return st;
}
