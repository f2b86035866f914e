/* Evolution: a population of points; children take each parameter from one of two parents of the same group,
 * or from one parent with one step to the side, or are seeds of a group not seen yet. */
#include "tuner/search/state.h"

#include <stdlib.h>
#include <string.h>

#define SHARE      0.6
#define POPULATION 16
#define TRIES      64

static size_t one_of(struct tern_search_state *h, const size_t *list, size_t n) {
    return list[tern_random_below(&h->random, (uint32_t)n)];
}

/* The better of two drawn by lot. */
static size_t parent(struct tern_search_state *h, const size_t *pop, size_t n) {
    const size_t a = one_of(h, pop, n), b = one_of(h, pop, n);
    return tern_search_cost(h, a) < tern_search_cost(h, b) ? a : b;
}

static size_t child(struct tern_search_state *h, const size_t *pop, size_t n, size_t *list) {
    const size_t a = parent(h, pop, n), b = parent(h, pop, n);
    const struct tern_candidate_point *pa = &h->place[a], *pb = &h->place[b];
    if (tern_random_below(&h->random, 4) == 0) { /* a newcomer */
        const size_t g = tern_random_below(&h->random, (uint32_t)h->groups);
        for (size_t i = h->first[g]; i < h->first[g + 1]; i++)
            if (h->place[i].seed) return i;
    }
    if (a != b && pa->group == pb->group) {
        unsigned char at[TERN_SEARCH_DIMS];
        for (size_t d = 0; d < pa->dims; d++)
            at[d] = tern_random_below(&h->random, 2) ? pa->at[d] : pb->at[d];
        const size_t both = tern_search_at(h, pa->group, at);
        if (both != SIZE_MAX && !h->f->estimate[both].n) return both;
    }
    const size_t beside = tern_search_neighbours(h, a, tern_random_below(&h->random, 3) == 0, list);
    return beside ? one_of(h, list, beside) : SIZE_MAX;
}

/* The best of parents and children are the next parents. */
static size_t select_best(const struct tern_search_state *h, size_t *pop, size_t n) {
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && tern_search_cost(h, pop[j]) < tern_search_cost(h, pop[j - 1]); j--) {
            const size_t t = pop[j];
            pop[j] = pop[j - 1];
            pop[j - 1] = t;
        }
    return n < POPULATION ? n : POPULATION;
}

static size_t breed(struct tern_search_state *h, size_t *pop, size_t n, size_t *list) {
    size_t young = 0;
    for (int tries = 0; tries < TRIES && young < POPULATION; tries++) {
        const size_t c = child(h, pop, n, list);
        int known = c == SIZE_MAX || h->f->dropped[c] || h->f->estimate[c].n;
        for (size_t i = 0; !known && i < young; i++) known = pop[n + i] == c;
        if (!known) pop[n + young++] = c;
    }
    return young;
}

enum tern_status tern_evolve_run(const struct tern_search *s, struct tern_found *out, struct tern_error *e) {
    struct tern_search_state h;
    size_t pop[2 * POPULATION] = {0}, n = 0;
    enum tern_status status = tern_search_begin(&h, s, SHARE, out, e);
    size_t *list = malloc((s->count + 1) * sizeof *list);
    if (!status && !list) status = tern_fail(e, TERN_NO_MEMORY, "search: out of memory");
    if (status) goto done;
    pop[n++] = s->fallback;
    for (int tries = 0; tries < TRIES && n < POPULATION; tries++) {
        const size_t g = tern_random_below(&h.random, (uint32_t)h.groups);
        size_t pick = h.first[g];
        for (size_t i = h.first[g]; i < h.first[g + 1]; i++)
            if (h.place[i].seed) pick = i;
        int known = 0;
        for (size_t i = 0; i < n; i++) known |= pop[i] == pick;
        if (!known) pop[n++] = pick;
    }
    if (!tern_search_measure(&h, pop, n, 1)) goto done;
    n = select_best(&h, pop, n);
    const size_t spare = h.limit == SIZE_MAX ? 0 : h.limit / 4;
    for (int barren = 0; barren < 4 && out->samples + spare < h.limit;) {
        const size_t young = breed(&h, pop, n, list);
        barren = young ? 0 : barren + 1;
        if (young && !tern_search_measure(&h, pop + n, young, 1)) goto done;
        n = select_best(&h, pop, n + young);
    }
    tern_search_halve(&h, 12);
done:
    tern_search_end(&h, "never born", status);
    free(list);
    return status;
}
