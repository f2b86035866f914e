/* Thread counts against each other: the winners that each count has by now, in the same rounds. */
#include "tuner/session/tune_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH_NS   1e6
#define ROUNDS_MAX 24

struct meeting {
    struct tern_wisdom_entry *entry[TERN_MAX_TEAMS];
    struct tern_trial *trial[TERN_MAX_TEAMS];
    struct tern_entrant entrant[TERN_MAX_TEAMS];
    size_t which[TERN_MAX_TEAMS], count, rounds;
    double ns[TERN_MAX_TEAMS * ROUNDS_MAX]; /* [entrant][round] */
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
        if (q->m != p->m || q->k != p->k || q->n != p->n || q->regime != p->regime ||
            strcmp(en->objective, "time") || !v || strcmp(en->code, tern_variant_code_key(v)) ||
            !is_asked_for(s, q) || !tern_bed_proof(&s->bed, v))
            continue;
        struct tern_error e;
        if (tern_bed_trial(&s->bed, v, en->param, q, &trial, &e)) {
            tern_session_warn(s, "%s", e.text);
            continue;
        }
        g->entry[g->count] = en;
        g->trial[g->count] = trial;
        g->entrant[g->count] = (struct tern_entrant){.work = tern_trial_run, .ctx = trial, .per = 1};
        g->which[g->count] = g->count;
        g->count++;
    }
}

static int one_round(const struct tern_session *s, struct meeting *g) {
    double ns[TERN_MAX_TEAMS];
    if (!tern_round(g->entrant, g->which, g->count, s->o->seed, g->rounds, EPOCH_NS, NULL, s->o->stop, ns))
        return 0;
    for (size_t i = 0; i < g->count; i++) g->ns[i * ROUNDS_MAX + g->rounds] = ns[i];
    g->rounds++;
    return 1;
}

static void decide(const struct tern_session *s, struct meeting *g, struct tern_threads_seen *out) {
    size_t best = 0;
    for (size_t i = 0; i < g->count; i++) {
        out->of[i].threads = g->entry[i]->problem.threads;
        out->of[i].est = tern_estimate_of(g->ns + i * ROUNDS_MAX, g->rounds);
        if (out->of[i].est.median < out->of[best].est.median) best = i;
    }
    out->count = g->count;
    out->best = best;
    for (size_t i = 0; i < g->count; i++) {
        const struct tern_ratio r =
            tern_ratio_of(g->ns + i * ROUNDS_MAX, g->ns + best * ROUNDS_MAX, g->rounds);
        struct tern_wisdom_entry *en = g->entry[i];
        out->of[i].over_best = r;
        en->best_threads = g->entry[best]->problem.threads;
        en->behind = r.median, en->behind_lo = r.ci_lo, en->behind_hi = r.ci_hi;
    }
    if (s->o->hooks.threads) s->o->hooks.threads(s->o->hooks.ctx, out);
}

enum tern_status tern_contest_threads(struct tern_session *s, const struct tern_problem *p,
                                      struct tern_error *e) {
    if (s->o->objective != TERN_OBJECTIVE_TIME || tern_seconds_now() >= s->ends) return TERN_OK;
    struct meeting *g = calloc(1, sizeof *g);
    struct tern_threads_seen *seen = calloc(1, sizeof *seen);
    enum tern_status st = g && seen ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "tune: out of memory");
    if (!st) invite(s, p, g);
    const size_t most = s->o->effort->duel_max < ROUNDS_MAX ? s->o->effort->duel_max : ROUNDS_MAX;
    int whole = !st && g->count > 1;
    while (whole && g->rounds < most && (g->rounds < TERN_DUEL_ROUNDS_LEAST || tern_seconds_now() < s->ends))
        whole = one_round(s, g);
    if (whole) {
        seen->problem = *p;
        decide(s, g, seen);
        st = tern_wisdom_write(s->o->wisdom, &s->wisdom, e);
    }
    for (size_t i = 0; g && i < g->count; i++) tern_trial_free(g->trial[i]);
    free(g);
    free(seen);
    return st;
}
