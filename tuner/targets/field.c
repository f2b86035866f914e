#include "tuner/targets/field.h"

#include "tuner/search/strategies.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void make_ready(struct tern_field *f, size_t i) {
    if (f->trial[i] || f->failed[i]) return;
    const struct tern_candidate *c = &f->space.item[i];
    f->failed[i] =
        tern_fixture_trial(f->fixture, c->variant, c->param, &f->problem, &f->trial[i], &f->error) != TERN_OK;
    if (!f->failed[i]) f->timed[i] = (struct tern_alternative){.work = tern_trial_run, .ctx = f->trial[i]};
}

/* Candidates [first, end) of the space take part: those of a format follow each other only within a variant, so a race
 * has a list of its own. */
struct racing {
    struct tern_field *f;
    size_t *place; /* number in the race -> place in the space */
};

static int on_round(void *ctx, size_t number, const size_t *which, size_t n, double *ns) {
    const struct racing *r = ctx;
    struct tern_field *f = r->f;
    size_t *at = malloc((n + 1) * sizeof *at);
    if (!at) return 0;
    for (size_t i = 0; i < n; i++) make_ready(f, at[i] = r->place[which[i]]);
    const struct tern_sampler_options how = {.seed = f->fixture->seed, .stop = f->stop};
    const int whole = tern_round(f->timed, at, n, number, &how, ns, NULL);
    free(at);
    return whole;
}

static int on_go(void *ctx, size_t number) {
    const struct racing *r = ctx;
    (void)number;
    return !r->f->stop || !*r->f->stop;
}

/* Rough guesses, one per variant, so that the scalar level does not cost seconds. */
static void guess_all(const struct racing *r, size_t n, double *guess) {
    struct tern_field *f = r->f;
    for (size_t i = 0; i < n; i++) {
        const size_t at = r->place[i];
        if (i > 0 && f->space.item[at].variant == f->space.item[r->place[i - 1]].variant) {
            guess[i] = guess[i - 1];
            continue;
        }
        make_ready(f, at);
        guess[i] = f->trial[at] ? tern_trial_guess_ns(f->trial[at]) : NAN;
    }
}

static enum tern_status race(struct racing *r, size_t n, double *guess, size_t *best, struct tern_error *e) {
    struct tern_found found;
    guess_all(r, n, guess);
    const struct tern_search s = {.count = n,
                                  .guess = guess,
                                  .effort = tern_effort_named("normal"),
                                  .round = on_round,
                                  .go = on_go,
                                  .ctx = r};
    enum tern_status st = tern_strategy_named("race")->run(&s, &found, e);
    if (st) return st;
    if (found.ordered)
        *best = r->place[found.order[0]];
    else
        st = tern_fail(e, TERN_INCONCLUSIVE, "%s", r->f->error.text[0] ? r->f->error.text : "stopped");
    tern_found_free(&found);
    return st;
}

enum tern_status tern_field_choose(struct tern_field *f, const struct tern_format *format, size_t *best,
                                   struct tern_error *e) {
    struct racing r = {f, malloc((f->space.count + 1) * sizeof *r.place)};
    double *guess = malloc((f->space.count + 1) * sizeof *guess);
    size_t n = 0;
    enum tern_status s = r.place && guess ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "targets: out of memory");
    for (size_t i = 0; !s && i < f->space.count; i++)
        if (!format || f->space.item[i].variant->format == format) r.place[n++] = i;
    if (!s) s = race(&r, n, guess, best, e);
    free(guess);
    free(r.place);
    return s;
}

enum tern_status tern_field_open(struct tern_field *f, uint32_t usable, const struct tern_format *format,
                                 int (*belongs)(const void *ctx, const struct tern_format *format),
                                 const void *ctx, struct tern_error *e) {
    enum tern_status s = tern_space_of(&f->problem, usable, format, 0, &f->space, e);
    if (s) return s;
    size_t kept = 0;
    for (size_t i = 0; i < f->space.count; i++) {
        const struct tern_candidate c = f->space.item[i];
        if (belongs(ctx, c.variant->format) && tern_fixture_proof(f->fixture, c.variant))
            f->space.item[kept++] = c;
    }
    f->space.count = kept;
    f->timed = calloc(kept + 1, sizeof *f->timed);
    f->trial = calloc(kept + 1, sizeof *f->trial);
    f->failed = calloc(kept + 1, sizeof *f->failed);
    if (!f->timed || !f->trial || !f->failed) return tern_fail(e, TERN_NO_MEMORY, "targets: out of memory");
    return kept ? TERN_OK : tern_fail(e, TERN_UNSUPPORTED, "no proven variant of this kind runs here");
}

void tern_field_close(struct tern_field *f) {
    for (size_t i = 0; f->trial && i < f->space.count; i++) tern_trial_free(f->trial[i]);
    free(f->timed);
    free(f->trial);
    free(f->failed);
    tern_candidates_free(&f->space);
}
