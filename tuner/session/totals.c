#include "tuner/session/totals.h"

#include <stdio.h>
#include <string.h>

static struct tern_total *total_of(struct tern_totals *t, const struct tern_task *task) {
    for (size_t i = 0; i < t->count; i++) {
        struct tern_total *x = &t->item[i];
        if (!strcmp(x->model, task->model) && x->n == task->problem.n && x->threads == task->problem.threads)
            return x;
    }
    if (t->count == TERN_MAX_TOTALS) return NULL;
    struct tern_total *x = &t->item[t->count++];
    *x = (struct tern_total){.n = task->problem.n, .threads = task->problem.threads};
    snprintf(x->model, sizeof x->model, "%s", task->model);
    return x;
}

void tern_totals_add(struct tern_totals *t, const struct tern_outcome *o) {
    struct tern_total *x = o->task->calls ? total_of(t, o->task) : NULL;
    if (!x) return;
    const struct tern_wisdom_entry *en = &o->entry;
    if ((!o->measured && !o->remembered) || !(en->ratio > 0)) {
        x->missing++;
        return;
    }
    const double calls = (double)o->task->calls;
    x->shapes++;
    x->calls += o->task->calls;
    x->median += calls * en->median_ns;
    x->lo += calls * en->ci_lo_ns;
    x->hi += calls * en->ci_hi_ns;
    x->by_default += calls * en->median_ns / en->ratio;
    if (x->shapes == 1 || en->n < x->rounds_min) x->rounds_min = en->n;
}

void tern_totals_end(struct tern_totals *t) {
    for (size_t i = 0; i < t->count; i++) {
        struct tern_total *x = &t->item[i];
        x->fastest = !x->missing;
        for (size_t j = 0; j < t->count; j++) {
            const struct tern_total *y = &t->item[j];
            if (!y->missing && x->n == y->n && !strcmp(x->model, y->model) && y->median < x->median)
                x->fastest = 0;
        }
    }
}
