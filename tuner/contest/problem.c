/* One problem from its space to its outcome. */
#define _GNU_SOURCE
#include "tuner/contest/phases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH_SHARE 0.5 /* of a problem's time; the rest belongs to the final */
#define FINAL_SHARE  0.9 /* what is left then is for more baselines */

static int on_search_round(void *ctx, size_t number, const size_t *which, size_t n, double *ns) {
    struct tern_contest *c = ctx;
    if (!tern_contest_on_round(ctx, number, which, n, ns)) return 0;
    tern_search_trace_round(c->trace, which, n);
    return 1;
}

/* Since the search began; NaN when some of it was remembered. */
static double search_seconds(const struct tern_contest *c) {
    return c->s->replayed == c->replayed_before ? tern_seconds_now() - c->started : NAN;
}

static void on_answer(void *ctx, size_t candidate) {
    struct tern_contest *c = ctx;
    tern_search_trace_answer(c->trace, candidate, search_seconds(c));
}

static int on_race_go(void *ctx, size_t number) {
    const struct tern_contest *c = ctx;
    if (c->s->o->stop && *c->s->o->stop) return 0;
    if (number < c->remembered[TERN_RACE]) return 1;
    if (c->remembered[TERN_FINAL] || c->was_done) return 0; /* the race ended here when it was run */
    if (!c->s->finished && number == 0) return 1;
    return tern_seconds_now() < (number == 0 ? c->s->ends : c->search_ends);
}

/* What an untuned engine would use. Of several tokens it is in the layout that decode is in, since both share one. */
static int untuned(const struct tern_contest *c, struct tern_plan *out) {
    const struct tern_wisdom *w = &c->s->wisdom;
    const uint32_t usable = c->s->o->machine->usable;
    struct tern_problem one = c->problem;
    one.n = 1;
    if (tern_plan_default(w, usable, &one, NULL, out, NULL)) return 0;
    return c->problem.n == 1 || !tern_plan_default(w, usable, &c->problem, out->variant->format, out, NULL);
}

/* Its place among the candidates; else that of the best by static rank, with its initial values. */
static size_t find_default(const struct tern_contest *c) {
    struct tern_plan plan;
    const struct tern_variant *first = c->space.item[0].variant;
    int initial[TERN_MAX_PARAMS];
    size_t at = 0;
    const int ranked = untuned(c, &plan);
    tern_variant_defaults(first, initial);
    for (size_t i = c->space.count; i-- > 0;) {
        const struct tern_candidate *its = &c->space.item[i];
        if (ranked && its->variant == plan.variant && !memcmp(its->param, plan.param, sizeof plan.param))
            return i;
        if (its->variant == first && !memcmp(its->param, initial, sizeof initial)) at = i;
    }
    return at;
}

/* Candidates without a proof leave the space. */
static int prepare_space(struct tern_contest *c) {
    size_t kept = 0;
    for (size_t i = 0; i < c->space.count; i++)
        if (tern_fixture_proof(&c->s->fixture, c->space.item[i].variant))
            c->space.item[kept++] = c->space.item[i];
    c->space.count = kept;
    if (!kept) return 0;
    c->fallback = find_default(c);
    return 1;
}

static enum tern_status search(struct tern_contest *c, struct tern_outcome *out, struct tern_error *e) {
    struct tern_found found = {0};
    struct tern_screening screening;
    struct tern_search_trace trace;
    double seconds;
    const int room = tern_search_trace_begin(&trace, c->space.count);
    const struct tern_tune_options *o = c->s->o;
    enum tern_status st = tern_screen(c, &screening, e);
    if (!st && !room) st = tern_fail(e, TERN_NO_MEMORY, "tune: %s: out of memory", c->text);
    if (st) goto done;
    if (o->table) {
        st = tern_contest_table(c, screening.place, out, e);
        goto done;
    }
    c->phase = o->strategy->name;
    c->trace = &trace;
    c->replayed_before = c->s->replayed;
    const struct tern_search s = {.count = c->space.count,
                                  .fallback = c->fallback,
                                  .guess = screening.guess,
                                  .least = screening.least,
                                  .place = screening.place,
                                  .effort = c->effort,
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
    out->spared = found.spared;
    if (found.interrupted)
        st = tern_fail(e, TERN_INCONCLUSIVE, "stopped");
    else if (!found.rounds)
        st = tern_fail(e, TERN_INCONCLUSIVE, "no time left");
    else
        st = tern_contest_final(c, &found, out, e);
    if (!st && o->records && !c->was_done && !c->failure)
        c->failure = tern_contest_record_search(c, &found, seconds, &c->error);
done:
    c->trace = NULL;
    tern_search_trace_free(&trace);
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
                             .effort = s->o->effort,
                             .started = now,
                             .search_ends = now + SEARCH_SHARE * (ends - now),
                             .final_ends = now + FINAL_SHARE * (ends - now),
                             .peak_ipc = NAN,
                             .ends = ends};
    if (c.problem.regime != TERN_HOT) c.problem.regime = s->fixture.cold;
    out->regime = c.problem.regime;
    tern_problem_text(&c.problem, c.text, sizeof c.text);
    c.remembered[TERN_RACE] = tern_journal_rounds(s->journal, c.text, s->o->strategy->name);
    c.remembered[TERN_FINAL] = tern_journal_rounds(s->journal, c.text, "duel");
    c.was_done = tern_journal_is_done(s->journal, c.text);
    enum tern_status st = tern_fixture_team(&s->fixture, c.problem.threads, &c.team, e);
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
