/* From a finished search to its record. */
#include "measure/records/record.h"
#include "tuner/contest/phases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lists {
    struct tern_search_variant *variant;
    struct tern_search_trial *trial;
    struct tern_search_answer *answer;
    size_t *number, *by_first; /* trial of each candidate, and candidates by their first evaluation */
    char (*params)[160];
    size_t variants, trials;
};

static size_t variant_of(struct lists *l, const struct tern_contest *c, const struct tern_variant *v) {
    for (size_t i = 0; i < l->variants; i++)
        if (!strcmp(l->variant[i].name, v->name)) return i;
    l->variant[l->variants] = (struct tern_search_variant){
        v->name, v->format->name, (double)v->format->bytes(c->problem.m, c->problem.k)};
    return l->variants++;
}

/* first[] are distinct numbers from 1 to `evaluations`. */
static void order(struct lists *l, const struct tern_search_trace *t) {
    for (size_t i = 0; i < t->candidates; i++) l->number[i] = SIZE_MAX;
    for (size_t i = 0; i < t->candidates; i++)
        if (t->first[i]) l->by_first[t->first[i] - 1] = i + 1;
}

static void fill(struct lists *l, const struct tern_contest *c, const struct tern_found *f) {
    const struct tern_search_trace *t = c->trace;
    order(l, t);
    for (size_t e = 0; e < t->evaluations; e++) {
        const size_t i = l->by_first[e] - 1;
        if (!l->by_first[e] || !f->estimate[i].n) continue;
        const struct tern_candidate *x = &c->space.item[i];
        const struct tern_estimate *est = &f->estimate[i];
        l->number[i] = l->trials;
        tern_variant_params_text(x->variant, x->param, l->params[l->trials], sizeof *l->params);
        l->trial[l->trials] = (struct tern_search_trial){.variant = variant_of(l, c, x->variant),
                                                         .params = l->params[l->trials],
                                                         .n = est->n,
                                                         .median = est->median,
                                                         .mad = est->mad,
                                                         .min = est->min,
                                                         .first = t->first[i],
                                                         .last = t->last[i],
                                                         .dropped = f->dropped[i]};
        l->trials++;
    }
}

enum tern_status tern_contest_record_search(const struct tern_contest *c, const struct tern_found *f,
                                            double seconds, struct tern_error *e) {
    const struct tern_tune_options *o = c->s->o;
    const struct tern_search_trace *t = c->trace;
    const size_t n = t->candidates + 1;
    struct lists l = {.variant = calloc(n, sizeof *l.variant),
                      .trial = calloc(n, sizeof *l.trial),
                      .answer = calloc(t->answers + 1, sizeof *l.answer),
                      .number = calloc(n, sizeof *l.number),
                      .by_first = calloc(t->evaluations + 1, sizeof *l.by_first),
                      .params = calloc(n, sizeof *l.params)};
    enum tern_status st = TERN_OK;
    if (!l.variant || !l.trial || !l.answer || !l.number || !l.by_first || !l.params) {
        st = tern_fail(e, TERN_NO_MEMORY, "tune: %s: out of memory", c->text);
        goto done;
    }
    fill(&l, c, f);
    struct tern_record_search s = {.strategy = o->strategy->name,
                                   .effort = o->effort->name,
                                   .unit = "ns/call",
                                   .candidates = t->candidates,
                                   .evaluations = t->evaluations,
                                   .rounds = f->rounds,
                                   .seconds = seconds,
                                   .variant = l.variant,
                                   .variants = l.variants,
                                   .trial = l.trial,
                                   .trials = l.trials,
                                   .answer = l.answer};
    for (size_t i = 0; i < t->answers; i++) {
        const struct tern_search_answer *a = &t->answer[i];
        if (l.number[a->trial] != SIZE_MAX)
            l.answer[s.answers++] =
                (struct tern_search_answer){a->evaluations, a->seconds, l.number[a->trial]};
    }
    struct tern_record r;
    tern_record_init(&r);
    r.kind = "search";
    r.run = c->s->run;
    r.op = c->problem.n == 1 ? "gemv" : "gemm";
    r.model = c->task->model;
    r.m = c->problem.m, r.k = c->problem.k, r.n = c->problem.n;
    r.threads = c->problem.threads;
    r.regime = tern_regime_name(c->problem.regime);
    r.macs = (double)r.m * (double)r.k * (double)r.n;
    r.search = &s;
    r.flags = o->machine->hypervisor[0] ? "vm" : NULL;
    r.complete = f->complete;
    st = tern_record_append(o->records, &r, e);
done:
    free(l.variant);
    free(l.trial);
    free(l.answer);
    free(l.number);
    free(l.by_first);
    free(l.params);
    return st;
}
