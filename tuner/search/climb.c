/* Local search with restarts: from a seed to the best of its neighbours, until none is better; then from
 * another point, seeds before others. */
#include "tuner/search/state.h"

#include <math.h>
#include <stdlib.h>

#define SHARE 0.6

/* An unmeasured start by lot: a seed while there are any. */
static size_t start(struct tern_search_state *h, size_t *list) {
    for (int seeds = 1; seeds >= 0; seeds--) {
        size_t n = 0;
        for (size_t i = 0; i < h->s->count; i++)
            if (!h->f->dropped[i] && !h->f->estimate[i].n && (!seeds || h->place[i].seed)) list[n++] = i;
        if (n) return list[tern_random_below(&h->random, (uint32_t)n)];
    }
    return SIZE_MAX;
}

static void climb(struct tern_search_state *h, size_t at, size_t *list) {
    while (!h->over) {
        size_t n = tern_search_neighbours(h, at, 0, list), fresh = 0;
        for (size_t i = 0; i < n; i++)
            if (!h->f->estimate[list[i]].n) list[fresh++] = list[i];
        if (!fresh) return;
        list[fresh++] = at;
        if (!tern_search_measure(h, list, fresh, 1)) return;
        size_t best = at;
        for (size_t i = 0; i < fresh; i++)
            if (tern_search_cost(h, list[i]) < tern_search_cost(h, best)) best = list[i];
        if (best == at) return;
        at = best;
    }
}

enum tern_status tern_climb_run(const struct tern_search *s, struct tern_found *out, struct tern_error *e) {
    struct tern_search_state h;
    enum tern_status status = tern_search_begin(&h, s, SHARE, out, e);
    size_t *list = malloc((s->count + 1) * sizeof *list);
    if (!status && !list) status = tern_fail(e, TERN_NO_MEMORY, "search: out of memory");
    if (status) goto done;
    const size_t spare = h.limit == SIZE_MAX ? 0 : h.limit / 4;
    for (size_t at = s->fallback; at != SIZE_MAX && out->samples + spare < h.limit; at = start(&h, list)) {
        if (!tern_search_measure(&h, &at, 1, 1)) break;
        /* A restart far from the best is not worth a climb. */
        const size_t best = tern_search_best(&h);
        if (best != SIZE_MAX && tern_search_cost(&h, at) <= 1.5 * tern_search_cost(&h, best))
            climb(&h, at, list);
        if (h.over) break;
    }
    if (!h.over) tern_search_halve(&h, 12);
done:
    tern_search_end(&h, "no climb came past it", status);
    free(list);
    return status;
}
