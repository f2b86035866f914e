#include "tuner/search/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void tern_found_free(struct tern_found *f) {
    free(f->estimate);
    free(f->dropped);
    free(f->order);
    *f = (struct tern_found){0};
}

static int find_groups(struct tern_search_state *h) {
    const size_t n = h->s->count;
    if (!h->s->place) {
        h->lone = calloc(n + 1, sizeof *h->lone);
        if (!h->lone) return 0;
        for (size_t i = 0; i < n; i++)
            h->lone[i] = (struct tern_candidate_point){.group = (uint32_t)i, .seed = 1};
    }
    h->place = h->s->place ? h->s->place : h->lone;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || h->place[i].group != h->place[i - 1].group) h->first[h->groups++] = i;
    h->first[h->groups] = n;
    return 1;
}

enum tern_status tern_search_begin(struct tern_search_state *h, const struct tern_search *s, double share,
                                   struct tern_found *f, struct tern_error *e) {
    const size_t n = s->count;
    *f = (struct tern_found){.count = n};
    *h = (struct tern_search_state){.s = s, .f = f, .alive = n, .random = {s->seed}};
    h->limit = s->samples_max ? s->samples_max : share > 0 ? (size_t)(share * (double)n) + 64 : SIZE_MAX;
    if (n == 0) return tern_fail(e, TERN_BAD_INPUT, "search: no candidate");
    f->estimate = calloc(n, sizeof *f->estimate);
    f->dropped = calloc(n, sizeof *f->dropped);
    f->order = calloc(n, sizeof *f->order);
    h->fresh = malloc(n * sizeof *h->fresh);
    h->which = malloc(n * sizeof *h->which);
    h->list = malloc(n * sizeof *h->list);
    h->first = malloc((n + 1) * sizeof *h->first);
    h->spared = calloc(n, sizeof *h->spared);
    if (!h->spared || !f->estimate || !f->dropped || !f->order || !h->fresh || !h->which || !h->list ||
        !h->first || !find_groups(h))
        return tern_fail(e, TERN_NO_MEMORY, "search: %zu candidates: out of memory", n);
    return TERN_OK;
}

/* Room for one more round; the scratch rows grow with it. */
static int grow(struct tern_search_state *h) {
    if (h->f->rounds < h->room) return 1;
    const size_t room = h->room ? h->room * 2 : 64;
    double *cost = realloc(h->cost, room * h->s->count * sizeof *cost);
    if (cost) h->cost = cost;
    double *row = realloc(h->row, room * sizeof *row);
    if (row) h->row = row;
    double *base = realloc(h->base, room * sizeof *base);
    if (base) h->base = base;
    if (!cost || !row || !base) return 0;
    h->room = room;
    return 1;
}

static const double *row_of(const struct tern_search_state *h, size_t i, double *out) {
    for (size_t r = 0; r < h->f->rounds; r++) out[r] = h->cost[r * h->s->count + i];
    return out;
}

void tern_search_drop(struct tern_search_state *h, size_t i, const char *why) {
    if (h->f->dropped[i]) return;
    h->f->dropped[i] = why;
    h->alive--;
}

static int one_round(struct tern_search_state *h, const size_t *list, size_t n) {
    struct tern_found *f = h->f;
    size_t taking = 0;
    for (size_t i = 0; i < n; i++)
        if (!f->dropped[list[i]]) h->which[taking++] = list[i];
    if (!taking) return 1;
    h->over = f->samples + taking > h->limit || !h->s->go(h->s->ctx, f->rounds) || !grow(h);
    if (h->over) return 0;
    if (!h->s->round(h->s->ctx, f->rounds, h->which, taking, h->fresh)) {
        f->interrupted = h->over = 1;
        return 0;
    }
    double *row = h->cost + f->rounds * h->s->count;
    for (size_t i = 0; i < h->s->count; i++) row[i] = NAN;
    for (size_t j = 0; j < taking; j++) row[h->which[j]] = h->fresh[j];
    f->rounds++;
    f->samples += taking;
    for (size_t j = 0; j < taking; j++) {
        const size_t i = h->which[j];
        f->estimate[i] = tern_estimate_of(row_of(h, i, h->row), f->rounds);
        if (!(h->fresh[j] > 0)) tern_search_drop(h, i, "could not be measured");
    }
    if (h->s->answer) h->s->answer(h->s->ctx, tern_search_best(h));
    return 1;
}

int tern_search_measure(struct tern_search_state *h, const size_t *list, size_t n, size_t rounds) {
    for (size_t r = 0; r < rounds; r++)
        if (!one_round(h, list, n)) return 0;
    return 1;
}

/* While it explores, the search ranks by the fastest round: with three rounds on a machine that is
 * interrupted, the median may be an interruption. But the least of many rounds rewards the candidate that
 * scatters most, so the halving goes by medians as soon as its rounds carry them. */
double tern_search_cost(const struct tern_search_state *h, size_t i) {
    const struct tern_estimate *e = &h->f->estimate[i];
    const double cost = h->by_median && e->n >= TERN_MEDIAN_ROUNDS ? e->median : e->min;
    return e->n && cost > 0 ? cost : INFINITY;
}

size_t tern_search_best(const struct tern_search_state *h) {
    size_t best = SIZE_MAX;
    double least = INFINITY;
    for (size_t i = 0; i < h->s->count; i++) {
        const double cost = h->f->dropped[i] ? INFINITY : tern_search_cost(h, i);
        if (cost < least) best = i, least = cost;
    }
    return best;
}

size_t tern_search_at(const struct tern_search_state *h, uint32_t group, const unsigned char *at) {
    for (size_t g = 0; g < h->groups; g++) {
        if (h->place[h->first[g]].group != group) continue;
        for (size_t i = h->first[g]; i < h->first[g + 1]; i++)
            if (!memcmp(h->place[i].at, at, h->place[i].dims)) return i;
    }
    return SIZE_MAX;
}

size_t tern_search_neighbours(const struct tern_search_state *h, size_t from, int far, size_t *list) {
    const struct tern_candidate_point *p = &h->place[from];
    const enum tern_bound bound =
        h->s->bound ? h->s->bound(h->s->ctx, from, tern_search_cost(h, from)) : TERN_BOUND_UNKNOWN;
    size_t n = 0, first = from, end = from + 1;
    while (first > 0 && h->place[first - 1].group == p->group) first--;
    while (end < h->s->count && h->place[end].group == p->group) end++;
    for (size_t i = first; i < end; i++) {
        size_t differ = 0, dim = 0;
        for (size_t d = 0; d < p->dims; d++)
            if (h->place[i].at[d] != p->at[d]) dim = d, differ++;
        if (differ != 1 || h->f->dropped[i]) continue;
        if (!far && abs(h->place[i].at[dim] - p->at[dim]) != 1) continue;
        const int skipped = tern_guide_skips(bound, (enum tern_bears)p->bears[dim]);
        h->spared[i] |= (unsigned char)skipped;
        if (!skipped) list[n++] = i;
    }
    return n;
}

static void cut(struct tern_search_state *h, const size_t *list, size_t n, double factor) {
    const size_t best = tern_search_best(h);
    if (best == SIZE_MAX) return;
    row_of(h, best, h->base);
    for (size_t j = 0; j < n; j++) {
        const size_t i = list[j];
        if (h->f->dropped[i] || i == best) continue;
        if (tern_search_cost(h, i) > factor * tern_search_cost(h, best)) {
            tern_search_drop(h, i, "slower than the best by more than the limit");
            continue;
        }
        const struct tern_ratio r = tern_ratio_of(row_of(h, i, h->row), h->base, h->f->rounds);
        if (r.n >= 6 && r.ci_lo > 1) tern_search_drop(h, i, "slower than the best, and the interval says so");
    }
}

static size_t still_in(const struct tern_search_state *h, size_t *list) {
    size_t n = 0;
    for (size_t i = 0; i < h->s->count; i++) {
        if (h->f->dropped[i] || !h->f->estimate[i].n) continue;
        size_t at = n++;
        for (; at > 0 && tern_search_cost(h, i) < tern_search_cost(h, list[at - 1]); at--)
            list[at] = list[at - 1];
        list[at] = i;
    }
    return n;
}

void tern_search_halve(struct tern_search_state *h, size_t most) {
    const struct tern_effort *ef = h->s->effort;
    size_t n = still_in(h, h->list);
    cut(h, h->list, n, ef->drop);
    n = still_in(h, h->list);
    for (size_t rounds = ef->rounds_first, done = rounds; n > 1 && done < ef->rounds_max; rounds *= 2) {
        const size_t keep = n > most ? most : n;
        for (size_t j = keep; j < n; j++)
            tern_search_drop(h, h->list[j], "in the slower half of those that were left");
        if (rounds > ef->rounds_max - done) rounds = ef->rounds_max - done;
        if (!tern_search_measure(h, h->list, keep, rounds)) return;
        done += rounds;
        h->by_median = 1;
        for (size_t j = 0; j < keep; j++)
            if (!h->f->dropped[h->list[j]] && h->f->estimate[h->list[j]].n < TERN_MEDIAN_ROUNDS)
                h->by_median = 0;
        n = still_in(h, h->list);
        cut(h, h->list, n, ef->drop);
        n = still_in(h, h->list);
        most = n / 2 > 4 ? n / 2 : 4; /* the final wants a few */
    }
}

static int before(const struct tern_search_state *h, size_t x, size_t y) {
    const int out_x = h->f->dropped[x] != NULL, out_y = h->f->dropped[y] != NULL;
    return out_x != out_y ? out_y : tern_search_cost(h, x) < tern_search_cost(h, y);
}

void tern_search_end(struct tern_search_state *h, const char *unmeasured, enum tern_status s) {
    struct tern_found *f = h->f;
    for (size_t i = 0; !s && i < f->count; i++) {
        const int spared = !f->estimate[i].n && !f->dropped[i] && h->spared[i];
        f->spared += (size_t)spared;
        if (!f->estimate[i].n)
            tern_search_drop(h, i,
                             spared ? "what bounds its neighbours leaves it nothing to gain" : unmeasured);
        if (!isfinite(tern_search_cost(h, i))) continue;
        size_t at = f->ordered++;
        for (; at > 0 && before(h, i, f->order[at - 1]); at--) f->order[at] = f->order[at - 1];
        f->order[at] = i;
    }
    f->survivors = h->alive;
    f->complete = !h->over;
    free(h->cost);
    free(h->fresh);
    free(h->row);
    free(h->base);
    free(h->which);
    free(h->list);
    free(h->first);
    free(h->spared);
    free(h->lone);
    if (s) tern_found_free(f);
}
