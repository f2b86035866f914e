#define _GNU_SOURCE
#include "tuner/wisdom/ranks/gather.h"

#include "tuner/wisdom/edit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a problem tells of one variant. */
struct seen {
    struct tern_problem problem;
    struct tern_rank rank; /* its class, variant and parameters */
    double ns;             /* per call; `relative` of the rank follows from it */
};

struct gathering {
    struct seen *seen;
    size_t count;
};

static int same_problem(const struct tern_problem *a, const struct tern_problem *b) {
    return a->m == b->m && a->k == b->k && a->n == b->n && a->threads == b->threads && a->regime == b->regime;
}

static int same_class(const struct tern_rank *a, const struct tern_rank *b) {
    return a->tokens == b->tokens && a->size == b->size && a->all == b->all;
}

static int same_choice(const struct tern_rank *a, const struct tern_rank *b) {
    return a->variant == b->variant && !memcmp(a->param, b->param, sizeof a->param);
}

/* Keeps the faster of two times that a problem has for one choice. */
static void see(struct gathering *g, const struct tern_wisdom_entry *en, const struct tern_variant *v,
                const int *param, double ns) {
    if (!v || !v->exact || !(ns > 0) || !isfinite(ns)) return;
    struct seen one = {.problem = en->problem, .rank = tern_rank_class(&en->problem), .ns = ns};
    one.rank.variant = v;
    memcpy(one.rank.param, param, sizeof one.rank.param);
    for (size_t i = 0; i < g->count; i++) {
        struct seen *s = &g->seen[i];
        if (!same_problem(&s->problem, &one.problem) || !same_choice(&s->rank, &one.rank)) continue;
        s->ns = fmin(s->ns, ns);
        return;
    }
    g->seen[g->count++] = one;
}

static void see_entry(struct gathering *g, const struct tern_wisdom_entry *en) {
    int param[TERN_MAX_PARAMS] = {0};
    see(g, en, tern_variant_named(en->variant), en->param, en->median_ns);
    const struct tern_variant *second = tern_wisdom_named(en->second, param);
    see(g, en, second, param, en->median_ns * en->margin);
    const struct tern_variant *base = tern_wisdom_named(en->base, param);
    see(g, en, base, param, en->median_ns / en->ratio);
}

static int counts(const struct tern_wisdom_entry *en, const struct tern_machine *m, int races) {
    const size_t threads = en->problem.threads;
    return !strcmp(en->objective, "time") && !tern_wisdom_stale(en) && (threads == 1 || threads == m->cpus) &&
           (races || en->complete);
}

static void make_relative(struct gathering *g) {
    for (size_t i = 0; i < g->count; i++) {
        double best = g->seen[i].ns;
        for (size_t j = 0; j < g->count; j++)
            if (same_problem(&g->seen[j].problem, &g->seen[i].problem)) best = fmin(best, g->seen[j].ns);
        g->seen[i].rank.relative = g->seen[i].ns / best;
    }
}

/* The mean over the problems of its class, each counted once: where it stands first in the list. */
static struct tern_rank mean_of(const struct gathering *g, const struct tern_rank *its) {
    struct tern_rank out = *its;
    double logs = 0;
    size_t problems = 0;
    out.problems = 0;
    for (size_t i = 0; i < g->count; i++) {
        const struct seen *s = &g->seen[i];
        int first = same_class(&s->rank, its);
        for (size_t j = 0; first && j < i; j++) first = !same_problem(&g->seen[j].problem, &s->problem);
        if (!first) continue;
        double own = NAN, slowest = 1;
        for (size_t j = i; j < g->count; j++) {
            if (!same_problem(&g->seen[j].problem, &s->problem)) continue;
            slowest = fmax(slowest, g->seen[j].rank.relative);
            if (same_choice(&g->seen[j].rank, its)) own = g->seen[j].rank.relative;
        }
        out.problems += !isnan(own);
        logs += log(isnan(own) ? slowest : own);
        problems++;
    }
    out.relative = exp(logs / (double)problems);
    return out;
}

/* One line for each choice of each class, relative to the best of the class. */
static void merge(const struct gathering *g, uint32_t isa, struct tern_ranks *out) {
    for (size_t i = 0; i < g->count; i++) {
        int first = 1;
        for (size_t j = 0; first && j < i; j++)
            first = !same_class(&g->seen[j].rank, &g->seen[i].rank) ||
                    !same_choice(&g->seen[j].rank, &g->seen[i].rank);
        if (!first) continue;
        out->rank[out->count] = mean_of(g, &g->seen[i].rank);
        out->rank[out->count++].isa = isa;
    }
}

/* Times over the best of the class. With several problems nobody need be the best of each, so the least mean can
 * lie above 1. */
static void scale(struct tern_ranks *r) {
    for (size_t i = 0; i < r->count; i++) {
        double best = INFINITY;
        for (size_t j = 0; j < r->count; j++)
            if (same_class(&r->rank[j], &r->rank[i])) best = fmin(best, r->rank[j].relative);
        for (size_t j = r->count; best > 1 && j-- > 0;)
            if (same_class(&r->rank[j], &r->rank[i])) r->rank[j].relative /= best;
    }
}

static void name(const struct tern_wisdom *w, const struct tern_machine *m, int races,
                 struct tern_ranks *out) {
    tern_microarchitecture(m, out->name);
    snprintf(out->vendor, sizeof out->vendor, "%s", m->vendor[0] ? m->vendor : "unknown");
    out->family = m->family;
    snprintf(out->date, sizeof out->date, "-");
    for (size_t i = 0; i < w->count; i++)
        if (counts(&w->entry[i], m, races) && strcmp(w->entry[i].date, out->date) > 0)
            snprintf(out->date, sizeof out->date, "%.10s", w->entry[i].date);
}

enum tern_status tern_ranks_gather(const struct tern_wisdom *w, const struct tern_machine *m, int races,
                                   struct tern_ranks *out, struct tern_error *e) {
    const size_t most = 3 * w->count + 1;
    struct gathering g = {.seen = malloc(most * sizeof *g.seen)};
    *out = (struct tern_ranks){.source = races ? TERN_RANKS_RACE : TERN_RANKS_OWN,
                               .rank = malloc(most * sizeof *out->rank)};
    if (!g.seen || !out->rank) {
        free(g.seen);
        tern_ranks_free(out);
        return tern_fail(e, TERN_NO_MEMORY, "ranks: out of memory");
    }
    for (size_t i = 0; i < w->count; i++)
        if (counts(&w->entry[i], m, races)) see_entry(&g, &w->entry[i]);
    make_relative(&g);
    merge(&g, m->usable, out);
    scale(out);
    name(w, m, races, out);
    free(g.seen);
    return TERN_OK;
}

enum tern_status tern_ranks_update(struct tern_ranks *into, const struct tern_ranks *from,
                                   struct tern_error *e) {
    if (strcmp(into->name, from->name))
        return tern_fail(e, TERN_BAD_INPUT, "ranks: of %s, and this machine is a %s", into->name, from->name);
    struct tern_rank *all = malloc((into->count + from->count + 1) * sizeof *all);
    if (!all) return tern_fail(e, TERN_NO_MEMORY, "ranks: out of memory");
    size_t n = 0;
    for (size_t i = 0; i < into->count; i++) {
        int again = 0;
        for (size_t j = 0; j < from->count; j++) again |= from->rank[j].isa == into->rank[i].isa;
        if (!again) all[n++] = into->rank[i];
    }
    if (from->count) memcpy(all + n, from->rank, from->count * sizeof *all);
    free(into->rank);
    into->rank = all;
    into->count = n + from->count;
    if (strcmp(from->date, into->date) > 0) memcpy(into->date, from->date, sizeof into->date);
    return TERN_OK;
}
