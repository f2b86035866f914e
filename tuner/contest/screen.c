/* What is known of the candidates before the first round: places, a rough guess of each variant, what the
 * ceilings allow, and so what bounds whom. */
#include "measure/sampling/sampler.h"
#include "tuner/contest/phases.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKS = 3 }; /* at a ceiling */

static double *screened(const struct tern_contest *c, size_t i) {
    size_t count;
    const size_t at = (size_t)(c->space.item[i].variant - tern_variants(&count));
    return at < TERN_SCREENED ? &c->s->screen.ratio[c->problem.n > 1][at] : NULL;
}

/* ns per unit of work of a ceiling, from three looks; kept in the journal, so that a resumed search takes the
 * same way. NaN when there is no such ceiling. */
static double ceiling_ns(struct tern_contest *c, struct tern_ceiling *ceiling, const char *phase) {
    if (!ceiling) return NAN;
    const char *const name[1] = {phase};
    const struct tern_journal_key key = {c->text, phase, 0, 0};
    double best = INFINITY;
    if (tern_journal_find(c->s->journal, &key, name, &best, 1)) return best;
    const double begun = tern_seconds_now();
    const struct tern_alternative a = {
        .work = tern_ceiling_run, .ctx = ceiling, .per = tern_ceiling_work(ceiling), .calls = 1};
    const struct tern_sampler_options how = {.own_calls = 1, .rounds_min = LOOKS, .rounds_max = LOOKS};
    struct tern_comparison looks;
    c->failure = tern_compare(&a, 1, &how, &looks, &c->error);
    if (c->failure) return NAN;
    best = looks.estimate[0].min;
    tern_comparison_free(&looks);
    c->failure = tern_journal_add(c->s->journal, &key, name, &best, 1, tern_seconds_now() - begun, &c->error);
    return best;
}

static double bytes_of(const struct tern_contest *c, size_t i) {
    return (double)c->space.item[i].variant->format->bytes(c->problem.m, c->problem.k);
}

/* One guess per variant serves all its parameter values. Variants that were hopeless on an earlier problem
 * are not even packed: their guess is infinite. */
static int guess_all(struct tern_contest *c, double *guess) {
    size_t *which = malloc((c->space.count + 1) * sizeof *which), n = 0;
    double *ns = malloc((c->space.count + 1) * sizeof *ns);
    int ok = which && ns;
    const double limit = c->effort->drop_guess, read = isfinite(c->read_ns) ? c->read_ns : 0;
    for (size_t i = 0; ok && i < c->space.count; i++) {
        guess[i] = INFINITY;
        if (i > 0 && c->space.item[i].variant == c->space.item[i - 1].variant) continue;
        const double *seen = screened(c, i);
        if (!seen || *seen <= limit || c->space.item[i].variant == c->space.item[c->fallback].variant)
            which[n++] = i;
    }
    c->phase = "guess";
    ok = ok && !c->failure && tern_contest_round(c, 0, which, n, ns, 1);
    double best = INFINITY;
    for (size_t at = 0; ok && at < n; at++) {
        /* The guess is made on warm weights; reading them cold is the other roof. */
        ns[at] = fmax(ns[at], read * bytes_of(c, which[at]));
        best = fmin(best, ns[at]);
    }
    for (size_t at = 0; ok && at < n; at++) {
        const struct tern_variant *v = c->space.item[which[at]].variant;
        for (size_t i = which[at]; i < c->space.count && c->space.item[i].variant == v; i++)
            guess[i] = ns[at];
        double *seen = screened(c, which[at]);
        if (seen && isfinite(ns[at] / best) && (*seen == 0 || ns[at] / best < *seen)) *seen = ns[at] / best;
    }
    free(which);
    free(ns);
    return ok;
}

static void seed(const struct tern_contest *c, const struct tern_variant *v, const int *param,
                 struct tern_candidate_point *place) {
    for (size_t i = 0; i < c->space.count; i++)
        if (c->space.item[i].variant == v &&
            !memcmp(c->space.item[i].param, param, sizeof c->space.item[i].param))
            place[i].seed = 1;
}

/* What the ranks of this micro-architecture, or of its nearest relative, know of such problems. */
static void seed_ranks(const struct tern_contest *c, struct tern_candidate_point *place) {
    const struct tern_ranks *r = c->s->wisdom.ranks;
    for (size_t i = 0; r && i < r->count; i++)
        if ((r->rank[i].tokens > 1) == (c->problem.n > 1))
            seed(c, r->rank[i].variant, r->rank[i].param, place);
}

/* What won elsewhere is looked at here too: shapes of one model differ less than variants do. */
static void seed_winners(const struct tern_contest *c, struct tern_candidate_point *place) {
    for (size_t w = 0; w < c->s->wisdom.count; w++) {
        const struct tern_wisdom_entry *en = &c->s->wisdom.entry[w];
        const struct tern_variant *v = tern_variant_named(en->variant);
        if (!v || (en->problem.n > 1) != (c->problem.n > 1)) continue;
        seed(c, v, en->param, place);
    }
}

enum tern_status tern_screen(struct tern_contest *c, struct tern_screening *out, struct tern_error *e) {
    const size_t n = c->space.count;
    const struct tern_tune_options *o = c->s->o;
    *out = (struct tern_screening){.place = calloc(n + 1, sizeof *out->place),
                                   .least = calloc(n + 1, sizeof *out->least)};
    const int guessing = isfinite(c->effort->drop_guess) && strcmp(o->strategy->name, "exhaustive");
    if (guessing) out->guess = malloc((n + 1) * sizeof *out->guess);
    if (!out->place || !out->least || (guessing && !out->guess))
        return tern_fail(e, TERN_NO_MEMORY, "tune: %s: out of memory", c->text);
    const int hot = c->problem.regime == TERN_HOT;
    c->read_ns = hot ? NAN : ceiling_ns(c, c->team->read, "floor");
    if (!c->failure) c->int8_ns = ceiling_ns(c, c->team->int8, "peak");
    const struct tern_seed_facts facts = {c->problem.regime, c->problem.k, o->machine->l1d_bytes,
                                          1 / c->read_ns / (double)c->problem.threads};
    tern_space_places(&c->space, &facts, out->place);
    seed_ranks(c, out->place);
    seed_winners(c, out->place);
    /* A ceiling seen three times may be beaten by a little: nine tenths of it are certain. */
    for (size_t i = 0; i < n; i++)
        out->least[i] = isfinite(c->read_ns) ? 0.9 * c->read_ns * bytes_of(c, i) : 0;
    if (c->failure || (guessing && !guess_all(c, out->guess)))
        return tern_fail(e, TERN_INCONCLUSIVE, "stopped");
    return TERN_OK;
}

void tern_screening_free(struct tern_screening *s) {
    free(s->place);
    free(s->guess);
    free(s->least);
    *s = (struct tern_screening){0};
}

enum tern_bound tern_screen_bound(void *ctx, size_t i, double ns) {
    struct tern_contest *c = ctx;
    const double macs = (double)c->problem.m * (double)c->problem.k * (double)c->problem.n;
    const struct tern_guide_counts seen = tern_contest_count(c, i, ns);
    const struct tern_guide_facts f = {.of_read = c->read_ns * bytes_of(c, i) / ns,
                                       .of_int8 = c->int8_ns * macs / ns,
                                       .ipc = seen.instructions / seen.cycles,
                                       .peak_ipc = tern_contest_peak_ipc(c),
                                       .missed = tern_guide_missed(seen.llc_misses, ns, 1 / c->read_ns),
                                       .hot = c->problem.regime == TERN_HOT};
    return tern_bound_of(&f, NULL);
}
