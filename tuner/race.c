#include "tuner/race.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct tern_effort efforts[] = {
    {"quick", 2, 8, 1.25, 2, 7, 15},
    {"normal", 3, 24, 1.25, 2.5, 7, 52},
    {"thorough", 6, 48, 1.5, INFINITY, 21, 101},
};

const struct tern_effort *tern_effort_named(const char *name) {
    for (size_t i = 0; i < sizeof efforts / sizeof *efforts; i++)
        if (!strcmp(efforts[i].name, name)) return &efforts[i];
    return NULL;
}

/* One search under way: ns[candidate * room + round], NaN where a candidate sat a round out. */
struct state {
    const struct tern_search *s;
    struct tern_found *f;
    double *ns, *fresh;
    size_t *which;
    size_t room, alive;
};

static enum tern_status begin(struct state *st, const struct tern_search *s, struct tern_found *f,
                              struct tern_error *e) {
    *f = (struct tern_found){.count = s->count};
    *st = (struct state){.s = s, .f = f, .room = s->effort->rounds_max, .alive = s->count};
    if (s->count == 0) return tern_fail(e, TERN_BAD_INPUT, "search: no candidate");
    f->estimate = calloc(s->count, sizeof *f->estimate);
    f->dropped = calloc(s->count, sizeof *f->dropped);
    f->order = calloc(s->count, sizeof *f->order);
    st->ns = malloc(s->count * st->room * sizeof *st->ns);
    st->fresh = malloc(s->count * sizeof *st->fresh);
    st->which = malloc(s->count * sizeof *st->which);
    if (!f->estimate || !f->dropped || !f->order || !st->ns || !st->fresh || !st->which)
        return tern_fail(e, TERN_NO_MEMORY, "search: %zu candidates: out of memory", s->count);
    for (size_t i = 0; i < s->count * st->room; i++) st->ns[i] = NAN;
    return TERN_OK;
}

static void drop(struct state *st, size_t i, const char *why) {
    st->f->dropped[i] = why;
    st->alive--;
}

/* One round over those still in; 0 when there is no more time or an interruption. */
static int step(struct state *st) {
    struct tern_found *f = st->f;
    size_t n = 0;
    if (!st->s->go(st->s->ctx, f->rounds)) return 0;
    for (size_t i = 0; i < f->count; i++)
        if (!f->dropped[i]) st->which[n++] = i;
    if (!st->s->round(st->s->ctx, f->rounds, st->which, n, st->fresh)) {
        f->interrupted = 1;
        return 0;
    }
    for (size_t j = 0; j < n; j++) {
        const size_t i = st->which[j];
        double *row = st->ns + i * st->room;
        row[f->rounds] = st->fresh[j];
        f->estimate[i] = tern_estimate_of(row, f->rounds + 1);
        if (!(st->fresh[j] > 0)) drop(st, i, "could not be measured");
    }
    f->rounds++;
    return 1;
}

/* The search ranks by the fastest round: with three rounds on a machine that is interrupted, the median may
 * be an interruption. What it proposes, the duel judges by medians of fresh rounds. */
static size_t best_alive(const struct tern_found *f) {
    size_t best = f->count;
    for (size_t i = 0; i < f->count; i++)
        if (!f->dropped[i] && (best == f->count || f->estimate[i].min < f->estimate[best].min)) best = i;
    return best;
}

static void cut(struct state *st, double factor) {
    struct tern_found *f = st->f;
    const size_t best = best_alive(f);
    for (size_t i = 0; best < f->count && i < f->count; i++) {
        if (f->dropped[i] || i == best) continue;
        if (f->estimate[i].min > factor * f->estimate[best].min) {
            drop(st, i, "slower than the best by more than the limit");
            continue;
        }
        const struct tern_ratio r = tern_ratio_of(st->ns + i * st->room, st->ns + best * st->room, f->rounds);
        if (r.n >= 6 && r.ci_lo > 1) drop(st, i, "slower than the best, and the interval says so");
    }
}

/* Hopeless ones do not even get a first sample; the guess is rough, so the factor is wide. */
static void cut_by_guess(struct state *st) {
    const struct tern_search *s = st->s;
    double best = INFINITY;
    for (size_t i = 0; s->guess && i < s->count; i++)
        if (s->guess[i] < best) best = s->guess[i];
    for (size_t i = 0; s->guess && i < s->count; i++)
        if (i != s->fallback && s->guess[i] > s->effort->drop_guess * best)
            drop(st, i, "many times slower than the best by a first guess");
}

static int before(const struct tern_found *f, size_t x, size_t y) {
    const int out_x = f->dropped[x] != NULL, out_y = f->dropped[y] != NULL;
    return out_x != out_y ? out_y : f->estimate[x].min < f->estimate[y].min;
}

static void finish(struct state *st) {
    struct tern_found *f = st->f;
    for (size_t i = 0; i < f->count; i++) {
        if (!(f->estimate[i].n && f->estimate[i].min > 0)) continue;
        size_t at = f->ordered++;
        for (; at > 0 && before(f, i, f->order[at - 1]); at--) f->order[at] = f->order[at - 1];
        f->order[at] = i;
    }
    f->survivors = st->alive;
}

static void end(struct state *st) {
    free(st->ns);
    free(st->fresh);
    free(st->which);
}

static enum tern_status race(const struct tern_search *s, struct tern_found *out, struct tern_error *e) {
    struct state st;
    enum tern_status status = begin(&st, s, out, e);
    if (status) goto done;
    cut_by_guess(&st);
    out->complete = 1;
    for (size_t target = s->effort->rounds_first; out->complete && out->rounds < st.room;
         target = target * 2 < st.room ? target * 2 : st.room) {
        while (out->complete && out->rounds < target) out->complete = step(&st);
        if (out->complete) cut(&st, s->effort->drop);
        if (st.alive <= 1) break;
    }
    finish(&st);
done:
    end(&st);
    if (status) tern_found_free(out);
    return status;
}

static enum tern_status exhaustive(const struct tern_search *s, struct tern_found *out,
                                   struct tern_error *e) {
    struct state st;
    enum tern_status status = begin(&st, s, out, e);
    if (status) goto done;
    out->complete = 1;
    while (out->complete && out->rounds < st.room) out->complete = step(&st);
    finish(&st);
done:
    end(&st);
    if (status) tern_found_free(out);
    return status;
}

static const struct tern_strategy strategies[] = {
    {"race", "a few rounds over all, then twice as many for those not yet beaten", race},
    {"exhaustive", "the same number of rounds for every candidate", exhaustive},
};

const struct tern_strategy *tern_strategies(size_t *count) {
    *count = sizeof strategies / sizeof *strategies;
    return strategies;
}

const struct tern_strategy *tern_strategy_named(const char *name) {
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++)
        if (!strcmp(strategies[i].name, name)) return &strategies[i];
    return NULL;
}

void tern_found_free(struct tern_found *f) {
    free(f->estimate);
    free(f->dropped);
    free(f->order);
    *f = (struct tern_found){0};
}
