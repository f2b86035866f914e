/* Thread counts against each other: the winners that each count has by now, in the same rounds. */
#include "base/memory.h"
#include "measure/sampling/sampler.h"
#include "tuner/contest/phases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX    24
#define LEAST_SECONDS 1e-9 /* an overdrawn budget: the least rounds, and no more */

struct meeting {
    struct tern_wisdom_entry *entry[TERN_MAX_TEAMS];
    struct tern_trial *trial[TERN_MAX_TEAMS];
    struct tern_alternative timed[TERN_MAX_TEAMS];
    size_t count;
};

static int is_asked_for(const struct tern_session *s, const struct tern_problem *p) {
    for (size_t i = 0; i < s->o->tasks; i++) {
        const struct tern_problem *q = &s->o->task[i].problem;
        if (q->m == p->m && q->k == p->k && q->n == p->n && q->threads == p->threads) return 1;
    }
    return 0;
}

/* Entries of the problem with any number of threads that this run knows, and a trial of each. */
static void invite(struct tern_session *s, const struct tern_problem *p, struct meeting *g) {
    for (size_t i = 0; i < s->wisdom.count && g->count < TERN_MAX_TEAMS; i++) {
        struct tern_wisdom_entry *en = &s->wisdom.entry[i];
        const struct tern_problem *q = &en->problem;
        const struct tern_variant *v = tern_variant_named(en->variant);
        struct tern_trial *trial;
        if (en->of_layout || q->m != p->m || q->k != p->k || q->n != p->n || q->regime != p->regime ||
            strcmp(en->objective, "time") || !v || strcmp(en->code, tern_variant_code_key(v)) ||
            !is_asked_for(s, q) || !tern_fixture_proof(&s->fixture, v))
            continue;
        struct tern_error e;
        if (tern_fixture_trial(&s->fixture, v, en->param, q, &trial, &e)) {
            tern_session_warn(s, "%s", e.text);
            continue;
        }
        g->entry[g->count] = en;
        g->trial[g->count] = trial;
        g->timed[g->count] = (struct tern_alternative){.work = tern_trial_run, .ctx = trial};
        g->count++;
    }
}

/* Which count is best, into the entries; the time of each is over that of the best. */
static enum tern_status decide(const struct tern_session *s, struct meeting *g,
                               const struct tern_comparison *c, struct tern_threads_seen *out,
                               struct tern_error *e) {
    double *best_ns = malloc(c->rounds * sizeof *best_ns), *ns = malloc(c->rounds * sizeof *ns);
    enum tern_status st = best_ns && ns ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "tune: out of memory");
    out->count = g->count;
    for (size_t i = 0; i < g->count; i++) {
        out->of[i].threads = g->entry[i]->problem.threads;
        out->of[i].est = c->estimate[i];
        if (c->estimate[i].median < c->estimate[out->best].median) out->best = i;
    }
    if (!st) tern_comparison_samples(c, out->best, best_ns);
    for (size_t i = 0; !st && i < g->count; i++) {
        struct tern_wisdom_entry *en = g->entry[i];
        tern_comparison_samples(c, i, ns);
        const struct tern_ratio r = tern_ratio_of(ns, best_ns, c->rounds);
        out->of[i].over_best = r;
        en->best_threads = g->entry[out->best]->problem.threads;
        en->behind = r.median, en->behind_lo = r.ci_lo, en->behind_hi = r.ci_hi;
    }
    free(best_ns);
    free(ns);
    if (!st && s->o->hooks.threads) s->o->hooks.threads(s->o->hooks.ctx, out);
    return st;
}

static enum tern_status meet(struct tern_session *s, struct meeting *g, struct tern_threads_seen *seen,
                             struct tern_error *e) {
    const struct tern_sampler_options how = {.seed = s->o->seed,
                                             .stop = s->o->stop,
                                             .own_calls = 1,
                                             .warmup = TERN_WARMUP_ONE,
                                             .rounds_min = TERN_FINAL_ROUNDS_LEAST,
                                             .rounds_max = tern_min(s->o->effort->final_max, ROUNDS_MAX),
                                             .budget_seconds =
                                                 fmax(s->ends - tern_seconds_now(), LEAST_SECONDS)};
    struct tern_comparison c;
    enum tern_status st = tern_compare(g->timed, g->count, &how, &c, e);
    if (st == TERN_INCONCLUSIVE) return TERN_OK; /* stopped: the entries stay as they are */
    if (st) return st;
    if (!s->o->stop || !*s->o->stop) st = decide(s, g, &c, seen, e);
    tern_comparison_free(&c);
    return st ? st : tern_wisdom_write(s->o->wisdom, &s->wisdom, e);
}

enum tern_status tern_contest_threads(struct tern_session *s, const struct tern_problem *p,
                                      struct tern_error *e) {
    if (s->o->objective != TERN_OBJECTIVE_TIME || tern_seconds_now() >= s->ends) return TERN_OK;
    struct meeting *g = calloc(1, sizeof *g);
    struct tern_threads_seen *seen = calloc(1, sizeof *seen);
    enum tern_status st = g && seen ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "tune: out of memory");
    if (!st) invite(s, p, g);
    if (!st && g->count > 1) {
        seen->problem = *p;
        st = meet(s, g, seen, e);
    }
    for (size_t i = 0; g && i < g->count; i++) tern_trial_free(g->trial[i]);
    free(g);
    free(seen);
    return st;
}
