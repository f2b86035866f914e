/* The layouts that the plan of a model may choose, measured. The winners of a shape's problems mostly have
 * different layouts, and decode and prefill must share one: for each layout in question this finds its best
 * variant and parameters for every problem of the shape. */
#define _GNU_SOURCE
#include "tuner/contest/phases.h"
#include "tuner/session/session.h"

#include "base/memory.h"

#include <string.h>

#define NEAR_BEST   1.3 /* in decode; what is slower pays for no prefill */
#define NEAR_MOST   4   /* such layouts */
#define LAYOUTS_MAX 8   /* with the default's and those of winners */

static int wants(const struct tern_session *s, const struct tern_task *task) {
    return task->model[0] && !s->o->table && s->o->objective == TERN_OBJECTIVE_TIME;
}

/* 1 when the best of the layout is known, and was measured beside this winner. */
static int is_known(const struct tern_session *s, const struct tern_task *task,
                    const struct tern_wisdom_entry *winner, const struct tern_format *layout) {
    const struct tern_wisdom_entry *en = tern_session_remembers_layout(s, task, layout);
    return en && !strcmp(en->base, winner->variant);
}

int tern_session_lacks_layouts(const struct tern_session *s, const struct tern_task *task) {
    if (!wants(s, task)) return 0;
    const struct tern_wisdom_entry *winner = tern_session_remembers(s, task);
    if (!winner) return 1;
    const struct tern_problem *p = &task->problem;
    for (size_t i = 0; i < s->wisdom.count; i++) {
        const struct tern_wisdom_entry *en = &s->wisdom.entry[i];
        const struct tern_problem *q = &en->problem;
        if (en->of_layout && q->m == p->m && q->k == p->k && q->n == p->n && q->threads == p->threads &&
            is_known(s, task, winner, tern_variant_named(en->variant)->format))
            return 0;
    }
    return 1;
}

struct shortlist {
    const struct tern_format *format[LAYOUTS_MAX];
    size_t count;
};

static void add(struct shortlist *l, const struct tern_format *f) {
    for (size_t i = 0; i < l->count; i++)
        if (l->format[i] == f) return;
    if (l->count < LAYOUTS_MAX) l->format[l->count++] = f;
}

/* The nearest to the best in decode, the best first. */
static void add_near(struct shortlist *l, const struct tern_layouts_seen *seen) {
    int taken[TERN_MAX_LAYOUTS] = {0};
    for (size_t n = 0; n < NEAR_MOST; n++) {
        size_t best = seen->count;
        for (size_t i = 0; i < seen->count; i++)
            if (!taken[i] && seen->over_best[i] <= NEAR_BEST &&
                (best == seen->count || seen->over_best[i] < seen->over_best[best]))
                best = i;
        if (best == seen->count) return;
        taken[best] = 1;
        add(l, seen->format[best]);
    }
}

/* The static default's, those of all winners, and those near the best. */
static void make_shortlist(const struct tern_session *s, size_t first, size_t end, struct shortlist *l) {
    const struct tern_problem *p = &s->o->task[first].problem;
    const struct tern_variant *usual =
        tern_variant_static(s->o->machine->usable, TERN_ACT_I8, NULL, p->m, p->k, 1);
    *l = (struct shortlist){.count = 0};
    if (usual) add(l, usual->format);
    for (size_t i = first; i < end; i++) {
        const struct tern_wisdom_entry *winner = tern_session_winner(s, &s->o->task[i]);
        if (winner) add(l, tern_variant_named(winner->variant)->format);
    }
    add_near(l, &s->layouts);
}

/* 1 when the layout is to be measured for this task: the winner has another one, and has a kernel that can be
 * in the race. */
static int is_open(const struct tern_session *s, const struct tern_task *task,
                   const struct tern_format *layout) {
    const struct tern_problem *p = &task->problem;
    const uint32_t usable = s->o->machine->usable;
    const struct tern_wisdom_entry *winner = tern_session_winner(s, task);
    if (!winner || tern_variant_named(winner->variant)->format == layout) return 0;
    if (is_known(s, task, winner, layout)) return 0;
    const struct tern_variant *own = tern_variant_static(usable, TERN_ACT_I8, layout, p->m, p->k, p->n);
    return own && (own->isa || !tern_variant_named(winner->variant)->isa);
}

static enum tern_status measure(struct tern_session *s, const struct tern_task *task,
                                const struct tern_format *layout, double ends, struct tern_error *e) {
    struct tern_outcome out = {.task = task};
    struct tern_problem p = task->problem;
    char text[96];
    if (p.regime != TERN_HOT) p.regime = s->fixture.cold;
    tern_session_problem_text(&p, layout, text, sizeof text);
    const int was_done = tern_journal_is_done(s->journal, text);
    const struct tern_wisdom_entry winner = *tern_session_winner(s, task);
    enum tern_status st = tern_contest_layout(s, task, layout, &winner, ends, &out, e);
    if (st || !out.measured) return st;
    st = tern_session_keep(s, &out, was_done, e);
    return st || was_done || !out.complete ? st : tern_journal_done(s->journal, text, e);
}

enum tern_status tern_session_layouts(struct tern_session *s, size_t first, size_t end, double ends,
                                      struct tern_error *e) {
    struct shortlist l;
    size_t open = 0;
    enum tern_status st = TERN_OK;
    make_shortlist(s, first, end, &l);
    s->layouts.count = 0;
    if (!wants(s, &s->o->task[first])) return TERN_OK;
    for (size_t i = 0; i < l.count; i++)
        for (size_t t = first; t < end; t++) open += (size_t)is_open(s, &s->o->task[t], l.format[i]);
    for (size_t i = 0; i < l.count; i++) {
        for (size_t t = first; t < end && !st && open; t++) {
            const double now = tern_seconds_now();
            if (tern_session_stopped(s) || now >= ends) return TERN_OK;
            if (!is_open(s, &s->o->task[t], l.format[i])) continue;
            st = measure(s, &s->o->task[t], l.format[i], now + (ends - now) / (double)open, e);
            open--;
        }
    }
    return st;
}
