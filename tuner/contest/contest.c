#define _GNU_SOURCE
#include "tuner/contest/contest.h"

#include "base/hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void name_member(struct tern_member *m, const char *role) {
    char params[160];
    tern_variant_params_text(m->variant, m->param, params, sizeof params);
    snprintf(m->name, sizeof m->name, "%s%s[%s]", role, m->variant->name, params);
}

size_t tern_contest_add(struct tern_contest *c, const struct tern_variant *v, const int *param,
                        const char *role) {
    struct tern_member *m = &c->member[c->members];
    m->variant = v;
    if (param)
        memcpy(m->param, param, sizeof m->param);
    else
        tern_variant_defaults(v, m->param);
    name_member(m, role);
    return c->members++;
}

/* Builds the trial at the first need, so that a replayed round costs nothing. */
static void make_ready(struct tern_contest *c, size_t i) {
    struct tern_member *m = &c->member[i];
    struct tern_session *s = c->s;
    if (!m->variant || m->trial || m->failed) return;
    struct tern_error e;
    const enum tern_status st =
        tern_fixture_trial(&s->fixture, m->variant, m->param, &c->problem, &m->trial, &e);
    m->failed = st != TERN_OK;
    if (st) {
        tern_session_warn(s, "%s", e.text);
        return;
    }
    c->timed[i].work = tern_trial_run;
    c->timed[i].ctx = m->trial;
}

/* Guesses look at warm weights: of most formats that is all that is ever asked. */
static void make_all_ready(struct tern_contest *c, const size_t *which, size_t n, int guess) {
    struct tern_test_weights *weights = c->s->fixture.test_weights;
    struct tern_error e;
    tern_test_weights_sparing(weights, guess);
    for (size_t i = 0; i < n; i++) {
        struct tern_member *m = &c->member[which[i]];
        make_ready(c, which[i]);
        if (guess || !m->trial || tern_trial_spread(m->trial, &e) == TERN_OK) continue;
        tern_session_warn(c->s, "%s", e.text);
        tern_trial_free(m->trial);
        m->trial = NULL;
        m->failed = 1;
        c->timed[which[i]] = (struct tern_alternative){.work = NULL};
    }
    tern_test_weights_sparing(weights, 0);
}

static uint64_t hash_members(const struct tern_contest *c, const size_t *which, size_t n) {
    uint64_t h = TERN_HASH_START;
    for (size_t i = 0; i < n; i++) {
        const struct tern_member *m = &c->member[which[i]];
        h = tern_hash(h, m->name, strlen(m->name) + 1);
        if (!m->variant) continue;
        const char *code = tern_variant_code_key(m->variant);
        h = tern_hash(h, code, strlen(code) + 1);
    }
    return h;
}

static void tell_best(const struct tern_contest *c, size_t round, const size_t *which, const double *ns,
                      size_t n) {
    const struct tern_tune_hooks *h = &c->s->o->hooks;
    size_t best = n;
    for (size_t i = 0; i < n; i++)
        if (c->member[which[i]].variant && ns[i] > 0 && (best == n || ns[i] < ns[best])) best = i;
    if (!h->progress || best == n) return;
    char note[480];
    snprintf(note, sizeof note, "%s %s %zu: best %.1f us %s", c->text, c->phase, round + 1, ns[best] / 1000,
             c->member[which[best]].name);
    h->progress(h->ctx, (tern_seconds_now() - c->s->started) / c->s->o->budget_seconds, note);
}

/* The round itself, of members that are ready. */
static int time_round(struct tern_contest *c, size_t number, const size_t *which, size_t n, double *ns) {
    const struct tern_tune_options *o = c->s->o;
    const struct tern_sampler_options how = {.epoch_seconds = c->epoch_seconds,
                                             .seed = o->seed,
                                             .stop = o->stop,
                                             .energy = c->by_cost ? c->s->energy : NULL};
    double *joules = malloc((n + 1) * sizeof *joules);
    const int whole = joules && tern_round(c->timed, which, n, number, &how, ns, joules);
    for (size_t i = 0; whole && c->by_cost && i < n; i++) ns[i] = tern_cost(o->objective, ns[i], joules[i]);
    free(joules);
    return whole;
}

int tern_contest_round(struct tern_contest *c, size_t number, const size_t *which, size_t n, double *ns,
                       int guess) {
    struct tern_session *s = c->s;
    const char **name = calloc(n + 1, sizeof *name);
    if (!name) return 0;
    for (size_t i = 0; i < n; i++) name[i] = c->member[which[i]].name;
    const struct tern_journal_key key = {c->text, c->phase, number, hash_members(c, which, n)};
    int ok = tern_journal_find(s->journal, &key, name, ns, n);
    if (ok) {
        s->replayed += n;
    } else {
        const double start = tern_seconds_now();
        ok = 1;
        if (!guess) make_all_ready(c, which, n, 0);
        for (size_t i = 0; i < n && ok; i++) {
            if (guess) make_all_ready(c, &which[i], 1, 1);
            if (guess)
                ns[i] = c->member[which[i]].trial ? tern_trial_guess_ns(c->member[which[i]].trial) : NAN;
            ok = !s->o->stop || !*s->o->stop;
        }
        if (ok && !guess) ok = time_round(c, number, which, n, ns);
        if (ok) {
            c->failure =
                tern_journal_add(s->journal, &key, name, ns, n, tern_seconds_now() - start, &c->error);
            ok = !c->failure;
        }
    }
    if (ok) tell_best(c, number, which, ns, n);
    free(name);
    return ok;
}

int tern_contest_on_round(void *ctx, size_t number, const size_t *which, size_t n, double *ns) {
    struct tern_contest *c = ctx;
    size_t *mapped = malloc((n + 1) * sizeof *mapped);
    if (!mapped) return 0;
    for (size_t i = 0; i < n; i++) mapped[i] = c->map ? c->map[which[i]] : which[i];
    const int ok = tern_contest_round(c, number, mapped, n, ns, 0);
    free(mapped);
    return ok;
}

double tern_contest_guess(struct tern_contest *c, size_t i) {
    make_ready(c, i);
    return c->member[i].trial ? tern_trial_guess_ns(c->member[i].trial) : NAN;
}
