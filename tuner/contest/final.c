#include "tuner/contest/final.h"

#include "measure/sampling/floor.h"

#include <math.h>
#include <stdlib.h>

#define OBSERVED_EVERY 4

static void decide(struct tern_final *d, size_t challengers) {
    for (size_t i = 0; i < d->count; i++) {
        d->estimate[i] = tern_estimate_of(d->ns + i * d->room, d->rounds);
        d->ratio[i] = tern_final_ratio(d, i, TERN_FINAL_DEFAULT);
    }
    d->floor = tern_floor_of(&d->ratio[TERN_FINAL_TWIN]);
    d->winner = TERN_FINAL_DEFAULT;
    d->tie = 0;
    size_t best = TERN_FINAL_DEFAULT;
    for (size_t i = TERN_FINAL_CHALLENGER; i < TERN_FINAL_CHALLENGER + challengers; i++)
        if (d->ratio[i].n && (best == TERN_FINAL_DEFAULT || d->ratio[i].median < d->ratio[best].median))
            best = i;
    if (best == TERN_FINAL_DEFAULT) return;
    const enum tern_difference verdict = tern_difference_of(&d->ratio[best], d->floor);
    /* Closer to 1 than the floor nothing is shown. Where all of the interval is below 1 the challenger is the better
     * guess all the same; where it is not, nothing separates the two, and the default stays. */
    if (verdict == TERN_DIFFERENCE_FASTER || d->ratio[best].ci_hi < 1) d->winner = best;
    d->tie = verdict != TERN_DIFFERENCE_FASTER && verdict != TERN_DIFFERENCE_SLOWER;
}

enum tern_status tern_final_run(const struct tern_search *s, size_t challengers, struct tern_final *d,
                                struct tern_error *e) {
    *d = (struct tern_final){.count = s->count, .room = s->effort->final_max, .floor = NAN};
    if (s->count < TERN_FINAL_CHALLENGER + challengers)
        return tern_fail(e, TERN_BAD_INPUT, "final: %zu candidates, of which %zu challengers", s->count,
                         challengers);
    d->ns = malloc(d->count * d->room * sizeof *d->ns);
    d->estimate = calloc(d->count, sizeof *d->estimate);
    d->ratio = calloc(d->count, sizeof *d->ratio);
    double *fresh = malloc(d->count * sizeof *fresh);
    size_t *which = malloc(d->count * sizeof *which);
    enum tern_status status = TERN_OK;
    if (!d->ns || !d->estimate || !d->ratio || !fresh || !which) {
        status = tern_fail(e, TERN_NO_MEMORY, "final: %zu candidates: out of memory", s->count);
        goto done;
    }
    for (size_t i = 0; i < d->count; i++) which[i] = i;
    while (d->rounds < d->room && s->go(s->ctx, d->rounds)) {
        const int observed = d->rounds < s->effort->final_min || d->rounds % OBSERVED_EVERY == 0;
        const size_t taking = observed ? d->count : TERN_FINAL_CHALLENGER + challengers;
        if (!s->round(s->ctx, d->rounds, which, taking, fresh)) break;
        for (size_t i = 0; i < d->count; i++) d->ns[i * d->room + d->rounds] = i < taking ? fresh[i] : NAN;
        d->rounds++;
    }
    d->complete = d->rounds >= s->effort->final_min && d->rounds >= TERN_FINAL_ROUNDS_LEAST;
    decide(d, challengers);
    if (!d->estimate[TERN_FINAL_DEFAULT].n)
        status = tern_fail(e, TERN_INCONCLUSIVE, "final: the default was not measured: no time left");
done:
    free(fresh);
    free(which);
    if (status) tern_final_free(d);
    return status;
}

void tern_final_free(struct tern_final *d) {
    free(d->ns);
    free(d->estimate);
    free(d->ratio);
    *d = (struct tern_final){0};
}

struct tern_ratio tern_final_ratio(const struct tern_final *d, size_t a, size_t b) {
    return tern_ratio_of(d->ns + a * d->room, d->ns + b * d->room, d->rounds);
}
