#define _GNU_SOURCE
#include "tuner/session/tune_internal.h"

#include "base/hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH_SHARE 0.5 /* of a problem's time; the rest belongs to the duel */
#define DUEL_SHARE   0.9 /* what is left then is for more baselines */

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
    const enum tern_status st = tern_bed_trial(&s->bed, m->variant, m->param, &c->problem, &m->trial, &e);
    m->failed = st != TERN_OK;
    if (st) {
        tern_session_warn(s, "%s", e.text);
        return;
    }
    c->timed[i].work = tern_trial_run;
    c->timed[i].ctx = m->trial;
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
        for (size_t i = 0; i < n && ok; i++) {
            make_ready(c, which[i]);
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

static int on_search_round(void *ctx, size_t number, const size_t *which, size_t n, double *ns) {
    struct tern_contest *c = ctx;
    if (!tern_contest_on_round(ctx, number, which, n, ns)) return 0;
    tern_tried_round(c->tried, which, n);
    return 1;
}

/* Since the search began; NaN when some of it was remembered. */
static double search_seconds(const struct tern_contest *c) {
    return c->s->replayed == c->replayed_before ? tern_seconds_now() - c->started : NAN;
}

static void on_answer(void *ctx, size_t candidate) {
    struct tern_contest *c = ctx;
    tern_tried_answer(c->tried, candidate, search_seconds(c));
}

static int on_race_go(void *ctx, size_t number) {
    const struct tern_contest *c = ctx;
    if (c->s->o->stop && *c->s->o->stop) return 0;
    if (number < c->remembered[TERN_RACE]) return 1;
    if (c->remembered[TERN_DUEL] || c->was_done) return 0; /* the race ended here when it was run */
    if (!c->s->finished && number == 0) return 1;
    return tern_seconds_now() < (number == 0 ? c->s->ends : c->search_ends);
}

/* Candidates without a proof leave the space; the default is the best-ranked one with its initial values. */
static int prepare_space(struct tern_contest *c) {
    size_t kept = 0;
    for (size_t i = 0; i < c->space.count; i++)
        if (tern_bed_proof(&c->s->bed, c->space.item[i].variant)) c->space.item[kept++] = c->space.item[i];
    c->space.count = kept;
    if (!kept) return 0;
    int initial[TERN_MAX_PARAMS];
    tern_variant_defaults(c->space.item[0].variant, initial);
    c->fallback = 0;
    for (size_t i = 0; i < kept && c->space.item[i].variant == c->space.item[0].variant; i++)
        if (!memcmp(c->space.item[i].param, initial, sizeof initial)) c->fallback = i;
    return 1;
}

static enum tern_status search(struct tern_contest *c, struct tern_outcome *out, struct tern_error *e) {
    struct tern_found found = {0};
    struct tern_screening screening;
    struct tern_tried tried;
    double seconds;
    const int room = tern_tried_begin(&tried, c->space.count);
    const struct tern_tune_options *o = c->s->o;
    enum tern_status st = tern_screen(c, &screening, e);
    if (!st && !room) st = tern_fail(e, TERN_NO_MEMORY, "tune: %s: out of memory", c->text);
    if (st) goto done;
    if (o->table) {
        st = tern_contest_table(c, screening.place, out, e);
        goto done;
    }
    c->phase = o->strategy->name;
    c->tried = &tried;
    c->replayed_before = c->s->replayed;
    const struct tern_search s = {.count = c->space.count,
                                  .fallback = c->fallback,
                                  .guess = screening.guess,
                                  .least = screening.least,
                                  .place = screening.place,
                                  .effort = o->effort,
                                  .seed = o->seed,
                                  .round = on_search_round,
                                  .go = on_race_go,
                                  .answer = on_answer,
                                  .bound = tern_screen_bound,
                                  .ctx = c};
    st = o->strategy->run(&s, &found, e);
    if (st) goto done;
    seconds = search_seconds(c);
    for (size_t i = 0; i < found.count; i++) out->dropped += found.dropped[i] != NULL;
    out->race_rounds = found.rounds;
    out->samples = found.samples;
    if (found.interrupted)
        st = tern_fail(e, TERN_INCONCLUSIVE, "stopped");
    else if (!found.rounds)
        st = tern_fail(e, TERN_INCONCLUSIVE, "no time left");
    else
        st = tern_contest_duel(c, &found, out, e);
    if (!st && o->records && !c->was_done && !c->failure)
        c->failure = tern_tried_record(c, &found, seconds, &c->error);
done:
    c->tried = NULL;
    tern_tried_free(&tried);
    tern_found_free(&found);
    tern_screening_free(&screening);
    return st;
}

enum tern_status tern_contest_run(struct tern_session *s, const struct tern_task *task, double ends,
                                  struct tern_outcome *out, struct tern_error *e) {
    const double now = tern_seconds_now();
    struct tern_contest c = {.s = s,
                             .task = task,
                             .problem = task->problem,
                             .started = now,
                             .search_ends = now + SEARCH_SHARE * (ends - now),
                             .duel_ends = now + DUEL_SHARE * (ends - now),
                             .ends = ends};
    if (c.problem.regime != TERN_HOT) c.problem.regime = s->bed.cold;
    out->regime = c.problem.regime;
    tern_problem_text(&c.problem, c.text, sizeof c.text);
    c.remembered[TERN_RACE] = tern_journal_rounds(s->journal, c.text, s->o->strategy->name);
    c.remembered[TERN_DUEL] = tern_journal_rounds(s->journal, c.text, "duel");
    c.was_done = tern_journal_is_done(s->journal, c.text);
    enum tern_status st = tern_bed_team(&s->bed, c.problem.threads, &c.team, e);
    if (!st) st = tern_space_of(&c.problem, s->o->machine->usable, NULL, s->o->lossy, &c.space, e);
    if (st) return st;
    const int some = prepare_space(&c);
    out->candidates = c.space.count;
    out->left_out = c.space.out_count;
    c.member = calloc(c.space.count + TERN_CONTEST_EXTRAS, sizeof *c.member);
    c.timed = calloc(c.space.count + TERN_CONTEST_EXTRAS, sizeof *c.timed);
    if (!c.member || !c.timed) {
        st = tern_fail(e, TERN_NO_MEMORY, "tune: %s: out of memory", c.text);
        goto done;
    }
    for (size_t i = 0; i < c.space.count; i++)
        tern_contest_add(&c, c.space.item[i].variant, c.space.item[i].param, "");
    struct tern_error why = {"no variant that passed verification computes this shape here"};
    st = some ? search(&c, out, &why) : TERN_UNSUPPORTED;
    if (c.failure) {
        st = c.failure;
        if (e) *e = c.error;
    } else if (st) {
        snprintf(out->why, sizeof out->why, "%.255s", why.text);
        st = st == TERN_NO_MEMORY ? st : TERN_OK;
        if (st && e) *e = why;
    }
done:
    for (size_t i = 0; i < c.members; i++) tern_trial_free(c.member[i].trial);
    free(c.member);
    free(c.timed);
    tern_candidates_free(&c.space);
    return st;
}
