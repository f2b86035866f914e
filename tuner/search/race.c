/* The default strategy. Seeds of every group first; then the parameters of the few groups near the best, one
 * at a time from the best point of each; then successive halving among all that was measured. */
#include "tuner/search/state.h"

#include <math.h>
#include <stdlib.h>

#define NEAR      1.35 /* a group whose seeds are farther than this from the best is not explored */
#define NEAR_NEXT 1.12 /* the same for each further turn of its parameters */
#define REACH     2.0  /* a seed farther than this is not looked at a third time */
#define TURNS     4

/* Hopeless ones do not even get a first sample; the guess is rough, so the factor is wide. */
static void cut_by_guess(struct tern_search_state *h) {
    const struct tern_search *s = h->s;
    double best = INFINITY;
    for (size_t i = 0; s->guess && i < s->count; i++)
        if (s->guess[i] < best) best = s->guess[i];
    for (size_t i = 0; s->guess && i < s->count; i++)
        if (i != s->fallback && s->guess[i] > s->effort->drop_guess * best)
            tern_search_drop(h, i, "many times slower than the best by a first guess");
}

/* Nothing beats its own floor: when that is above what another has reached, no parameter helps. */
static void cut_by_floor(struct tern_search_state *h) {
    const size_t best = tern_search_best(h);
    for (size_t i = 0; h->s->least && best != SIZE_MAX && i < h->s->count; i++)
        if (i != h->s->fallback && h->s->least[i] > h->s->effort->drop * tern_search_cost(h, best))
            tern_search_drop(h, i, "reading its weights alone takes longer than the best");
}

/* The first rounds of list[0..n): two of each, as one may be an interruption; more only of those within
 * `reach` of the best, and of those whose two disagree, as both may be. 0 at the end. */
static int look(struct tern_search_state *h, size_t *list, size_t n, double reach) {
    const size_t rounds = h->s->effort->rounds_first;
    if (!tern_search_measure(h, list, n, rounds < 2 ? rounds : 2)) return 0;
    const size_t best = tern_search_best(h);
    size_t kept = 0;
    for (size_t i = 0; best != SIZE_MAX && i < n; i++)
        if (tern_search_cost(h, list[i]) <= reach * tern_search_cost(h, best) ||
            h->f->estimate[list[i]].unstable)
            list[kept++] = list[i];
    return rounds <= 2 || tern_search_measure(h, list, kept, rounds - 2);
}

static size_t seeds(struct tern_search_state *h, size_t *list) {
    size_t n = 0;
    for (size_t i = 0; i < h->s->count; i++)
        if (!h->f->dropped[i] && (h->place[i].seed || i == h->s->fallback)) list[n++] = i;
    return n;
}

static size_t best_of_group(const struct tern_search_state *h, size_t g) {
    size_t best = SIZE_MAX;
    double least = INFINITY;
    for (size_t i = h->first[g]; i < h->first[g + 1]; i++) {
        const double cost = h->f->dropped[i] ? INFINITY : tern_search_cost(h, i);
        if (cost < least) best = i, least = cost;
    }
    return best;
}

static void drop_group(struct tern_search_state *h, size_t g, const char *why) {
    for (size_t i = h->first[g]; i < h->first[g + 1]; i++)
        if (!h->f->estimate[i].n) tern_search_drop(h, i, why);
}

/* The groups near the best, fastest first, no more than the effort allows; the others are not explored. */
static size_t near_groups(struct tern_search_state *h, double factor, size_t most, size_t *group) {
    const size_t best = tern_search_best(h);
    size_t n = 0;
    for (size_t g = 0; best != SIZE_MAX && g < h->groups; g++) {
        const size_t own = best_of_group(h, g);
        if (own == SIZE_MAX || tern_search_cost(h, own) > factor * tern_search_cost(h, best)) {
            drop_group(h, g, "the seeds of its variant are far from the best");
            continue;
        }
        size_t at = n++;
        for (; at > 0 && tern_search_cost(h, own) < tern_search_cost(h, best_of_group(h, group[at - 1]));
             at--)
            group[at] = group[at - 1];
        group[at] = g;
    }
    for (size_t i = most; i < n; i++) drop_group(h, group[i], "other variants had faster seeds");
    return n < most ? n : most;
}

/* One turn of every parameter of every group that is near; 0 when nothing new was there to measure. */
static int explore(struct tern_search_state *h, const size_t *group, size_t groups, size_t *list) {
    size_t n = 0, fresh = 0;
    const size_t from = h->f->samples;
    for (size_t j = 0; j < groups; j++) {
        const size_t best = best_of_group(h, group[j]);
        if (best == SIZE_MAX) continue;
        size_t *beside = list + n;
        const size_t some = tern_search_neighbours(h, best, 1, beside);
        size_t kept = 0;
        for (size_t i = 0; i < some; i++)
            if (!h->f->estimate[beside[i]].n) beside[kept++] = beside[i];
        if (!kept) continue;
        fresh += kept;
        n += kept;
        list[n++] = best; /* once more in the same rounds, for a fair comparison */
    }
    return fresh && look(h, list, n, NEAR_NEXT) && h->f->samples > from;
}

enum tern_status tern_race_run(const struct tern_search *s, struct tern_found *out, struct tern_error *e) {
    struct tern_search_state h;
    enum tern_status status = tern_search_begin(&h, s, 0, out, e);
    size_t *list = malloc(2 * (s->count + 1) * sizeof *list), *group = malloc((s->count + 1) * sizeof *group);
    if (!status && (!list || !group))
        status = tern_fail(e, TERN_NO_MEMORY, "search: %zu candidates: out of memory", s->count);
    if (status) goto done;
    cut_by_guess(&h);
    size_t n = seeds(&h, list);
    if (!look(&h, list, n, REACH)) goto done;
    cut_by_floor(&h);
    if (s->place) {
        size_t groups = near_groups(&h, fmax(NEAR, s->effort->drop), s->effort->groups, group);
        for (int turn = 0; turn < TURNS && explore(&h, group, groups, list); turn++)
            groups = near_groups(&h, NEAR_NEXT, s->effort->groups, group);
    }
    if (!h.over) tern_search_halve(&h, s->place ? 12 : s->count);
done:
    tern_search_end(&h, "not reached: no neighbour of a better point", status);
    free(list);
    free(group);
    return status;
}
