#define _GNU_SOURCE
#include "tuner/tune_internal.h"

#include "base/hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH_NS     1e6
#define EPOCH_MAX_NS 4e6
#define SEARCH_SHARE 0.6 /* of a problem's time; the rest belongs to the duel */
#define CHALLENGERS  3
#define EXTRAS       6 /* twin, two baselines, two ceilings, and one to spare */

enum { RACE, DUEL };

static void name_member(struct tern_member *m, const char *role) {
    char params[160];
    tern_variant_params_text(m->variant, m->param, params, sizeof params);
    snprintf(m->name, sizeof m->name, "%s%s[%s]", role, m->variant->name, params);
}

static size_t add_member(struct tern_contest *c, const struct tern_variant *v, const int *param,
                         const char *role) {
    struct tern_member *m = &c->member[c->members];
    m->variant = v;
    if (param)
        memcpy(m->param, param, sizeof m->param);
    else
        tern_variant_defaults(v, m->param);
    name_member(m, role);
    c->entrant[c->members].per = 1;
    return c->members++;
}

static size_t add_ceiling(struct tern_contest *c, struct tern_ceiling *ceiling, const char *role) {
    snprintf(c->member[c->members].name, sizeof c->member->name, "ceiling:%s %s", role,
             tern_ceiling_name(ceiling));
    c->entrant[c->members] =
        (struct tern_entrant){.work = tern_ceiling_run, .ctx = ceiling, .per = tern_ceiling_work(ceiling)};
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
    c->entrant[i].work = tern_trial_run;
    c->entrant[i].ctx = m->trial;
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
        if (ok && !guess)
            ok = tern_round(c->entrant, which, n, s->o->seed, number, c->epoch_ns, s->o->stop, ns);
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

static int on_round(void *ctx, size_t number, const size_t *which, size_t n, double *ns) {
    struct tern_contest *c = ctx;
    size_t *mapped = malloc((n + 1) * sizeof *mapped);
    if (!mapped) return 0;
    for (size_t i = 0; i < n; i++) mapped[i] = c->map ? c->map[which[i]] : which[i];
    const int ok = tern_contest_round(c, number, mapped, n, ns, 0);
    free(mapped);
    return ok;
}

static int on_race_go(void *ctx, size_t number) {
    const struct tern_contest *c = ctx;
    if (c->s->o->stop && *c->s->o->stop) return 0;
    if (number < c->remembered[RACE]) return 1;
    if (c->remembered[DUEL] || c->was_done) return 0; /* the race ended here when it was run */
    return tern_seconds_now() < (number == 0 ? c->s->ends : c->search_ends);
}

static int on_duel_go(void *ctx, size_t number) {
    const struct tern_contest *c = ctx;
    if (c->s->o->stop && *c->s->o->stop) return 0;
    if (number < c->remembered[DUEL]) return 1;
    if (c->was_done) return 0;
    /* A problem that was begun may overdraw a little to become a result. */
    if (number < c->s->o->effort->duel_min)
        return tern_seconds_now() < c->s->ends + 0.05 * c->s->o->budget_seconds;
    return tern_seconds_now() < c->ends;
}

static const struct tern_variant *best_ranked(const struct tern_contest *c, const char *format) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count), *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tern_variant *v = &all[i];
        if (strcmp(v->format->name, format) || !tern_bed_proof(&c->s->bed, v)) continue;
        if (!tern_variant_fits(v, c->s->o->machine->usable, c->problem.m, c->problem.k, c->problem.n, NULL))
            continue;
        if (!best || v->rank > best->rank) best = v;
    }
    return best;
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

static size_t find_format(const struct tern_contest *c, const struct tern_found *f, const char *format) {
    for (size_t i = 0; i < f->ordered; i++)
        if (!strcmp(c->space.item[f->order[i]].variant->format->name, format)) return f->order[i];
    return SIZE_MAX;
}

static size_t place_of(const size_t *member, size_t n, size_t wanted) {
    for (size_t i = 0; i < n; i++)
        if (member[i] == wanted && i != TERN_DUEL_TWIN) return i;
    return SIZE_MAX;
}

/* Samples of equal length are hit by interruptions alike: the duel's are as long as one reading of the cold
 * buffer, within reason. */
static void match_epochs(struct tern_contest *c, const size_t *member, size_t n, size_t read) {
    if (!read) return;
    const double start = tern_seconds_now();
    tern_ceiling_run(c->team->read, 1);
    c->epoch_ns = fmin(fmax(1e9 * (tern_seconds_now() - start), EPOCH_NS), EPOCH_MAX_NS);
    for (size_t i = 0; i < n; i++) c->entrant[member[i]].calls = 0;
}

static enum tern_status duel(struct tern_contest *c, const struct tern_found *f, struct tern_outcome *out,
                             struct tern_error *e) {
    size_t member[TERN_DUEL_CHALLENGER + CHALLENGERS + EXTRAS], n = 0;
    struct tern_duel_roles roles = {.member = member};
    const struct tern_candidate *fallback = &c->space.item[c->fallback];
    member[n++] = c->fallback;
    member[n++] = add_member(c, fallback->variant, fallback->param, "twin:");
    for (size_t i = 0; i < f->ordered && roles.challengers < CHALLENGERS; i++) {
        if (f->order[i] == c->fallback) continue;
        member[n++] = f->order[i];
        roles.challengers++;
    }
    const struct tern_variant *f16 = best_ranked(c, "f16"), *i2s = best_ranked(c, "i2s");
    if (f16) {
        roles.f16 = n;
        member[n++] = add_member(c, f16, NULL, "");
    }
    const size_t seen = find_format(c, f, "i2s"), place = place_of(member, n, seen);
    if (seen != SIZE_MAX && place != SIZE_MAX) {
        roles.i2s = place; /* 0 when it is the default itself, which then is its own baseline */
    } else if (i2s) {
        roles.i2s = n;
        member[n++] = seen != SIZE_MAX ? seen : add_member(c, i2s, NULL, "");
    }
    if (c->team->read && c->problem.regime != TERN_HOT) {
        roles.read = n;
        member[n++] = add_ceiling(c, c->team->read, "read");
    }
    if (c->team->int8) {
        roles.int8 = n;
        member[n++] = add_ceiling(c, c->team->int8, "int8");
    }
    c->phase = "duel";
    c->map = member;
    match_epochs(c, member, n, roles.read);
    const struct tern_search s = {
        .count = n, .effort = c->s->o->effort, .round = on_round, .go = on_duel_go, .ctx = c};
    struct tern_duel d;
    enum tern_status st = tern_duel_run(&s, roles.challengers, &d, e);
    c->map = NULL;
    if (st) return st;
    tern_verdict(c, &d, &roles, out);
    tern_duel_free(&d);
    return TERN_OK;
}

static enum tern_status search(struct tern_contest *c, struct tern_outcome *out, struct tern_error *e) {
    struct tern_found found = {0};
    struct tern_screening screening;
    const struct tern_tune_options *o = c->s->o;
    enum tern_status st = tern_screen(c, &screening, e);
    if (st) goto done;
    c->phase = o->strategy->name;
    const struct tern_search s = {.count = c->space.count,
                                  .fallback = c->fallback,
                                  .guess = screening.guess,
                                  .least = screening.least,
                                  .place = screening.place,
                                  .effort = o->effort,
                                  .seed = o->seed,
                                  .round = on_round,
                                  .go = on_race_go,
                                  .bound = tern_screen_bound,
                                  .ctx = c};
    st = o->strategy->run(&s, &found, e);
    if (st) goto done;
    for (size_t i = 0; i < found.count; i++) out->dropped += found.dropped[i] != NULL;
    out->race_rounds = found.rounds;
    out->samples = found.samples;
    if (found.interrupted)
        st = tern_fail(e, TERN_INCONCLUSIVE, "stopped");
    else if (!found.rounds)
        st = tern_fail(e, TERN_INCONCLUSIVE, "no time left");
    else
        st = duel(c, &found, out, e);
done:
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
                             .epoch_ns = EPOCH_NS,
                             .search_ends = now + SEARCH_SHARE * (ends - now),
                             .ends = ends};
    if (c.problem.regime != TERN_HOT) c.problem.regime = s->bed.cold;
    out->regime = c.problem.regime;
    tern_problem_text(&c.problem, c.text, sizeof c.text);
    c.remembered[RACE] = tern_journal_rounds(s->journal, c.text, s->o->strategy->name);
    c.remembered[DUEL] = tern_journal_rounds(s->journal, c.text, "duel");
    c.was_done = tern_journal_is_done(s->journal, c.text);
    enum tern_status st = tern_bed_team(&s->bed, c.problem.threads, &c.team, e);
    if (!st) st = tern_space_of(&c.problem, s->o->machine->usable, NULL, s->o->lossy, &c.space, e);
    if (st) return st;
    const int some = prepare_space(&c);
    out->candidates = c.space.count;
    out->left_out = c.space.out_count;
    c.member = calloc(c.space.count + EXTRAS, sizeof *c.member);
    c.entrant = calloc(c.space.count + EXTRAS, sizeof *c.entrant);
    if (!c.member || !c.entrant) {
        st = tern_fail(e, TERN_NO_MEMORY, "tune: %s: out of memory", c.text);
        goto done;
    }
    for (size_t i = 0; i < c.space.count; i++)
        add_member(&c, c.space.item[i].variant, c.space.item[i].param, "");
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
    free(c.entrant);
    tern_candidates_free(&c.space);
    return st;
}
