/* The two strategies that know nothing of neighbours: every candidate alike, and candidates drawn by lot. */
#include "tuner/search/state.h"

#include <stdlib.h>

#define BATCH 16
#define SHARE 0.6 /* rounds over all candidates that the random search takes by itself */

enum tern_status tern_exhaustive_run(const struct tern_search *s, struct tern_found *out,
                                     struct tern_error *e) {
    struct tern_search_state h;
    enum tern_status status = tern_search_begin(&h, s, 0, out, e);
    if (!status) {
        for (size_t i = 0; i < s->count; i++) h.list[i] = i;
        for (size_t r = 0; r < s->effort->rounds_max; r++) {
            h.by_median = r + 1 >= TERN_MEDIAN_ROUNDS;
            if (!tern_search_measure(&h, h.list, s->count, 1)) break;
        }
    }
    tern_search_end(&h, "no time was left for it", status);
    return status;
}

enum tern_status tern_random_run(const struct tern_search *s, struct tern_found *out, struct tern_error *e) {
    struct tern_search_state h;
    enum tern_status status = tern_search_begin(&h, s, SHARE, out, e);
    size_t *lot = malloc((s->count + 1) * sizeof *lot);
    if (!status && !lot) status = tern_fail(e, TERN_NO_MEMORY, "search: out of memory");
    if (status) goto done;
    for (size_t i = 0; i < s->count; i++) lot[i] = i;
    lot[0] = s->fallback;
    lot[s->fallback] = 0;
    for (size_t i = s->count; i-- > 2;) {
        const size_t j = 1 + tern_random_below(&h.random, (uint32_t)i), t = lot[i];
        lot[i] = lot[j];
        lot[j] = t;
    }
    /* A part of the samples is kept for looking again at the best. */
    const size_t spare = h.limit / 4;
    for (size_t at = 0; at < s->count; at += BATCH) {
        const size_t n = s->count - at < BATCH ? s->count - at : BATCH;
        if (h.limit != SIZE_MAX && out->samples + n + spare > h.limit) break;
        if (!tern_search_measure(&h, lot + at, n, 1)) break;
    }
    if (!h.over) tern_search_halve(&h, BATCH);
done:
    tern_search_end(&h, "not drawn", status);
    free(lot);
    return status;
}
