#include "base/memory.h"
#include "tuner/search/space.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LATENCY_NS  100.0 /* of memory, roughly, everywhere */
#define UNKNOWN_L1D 32768

/* The listed value nearest to `want`, its index. */
static size_t nearest(const struct tern_param *p, double want) {
    size_t best = 0;
    for (size_t i = 1; i < p->count; i++)
        if (fabs(p->values[i] - want) < fabs(p->values[best] - want)) best = i;
    return best;
}

/* The largest listed value for which a block of columns of the panel's codes fills at most half of L1; 0 in a
 * list means no block, as large as K. */
static size_t block_in_l1(const struct tern_variant *v, const struct tern_param *p, size_t l1d, size_t k) {
    const double row = (double)tern_max(v->row_step, 1);
    size_t best = p->init;
    double most = -1;
    for (size_t i = 0; i < p->count; i++) {
        const double columns = p->values[i] ? p->values[i] : (double)k;
        if (columns * row <= 0.5 * (double)l1d && columns > most) best = i, most = columns;
    }
    return best;
}

static void suggest(const struct tern_candidate *c, const struct tern_seed_facts *f, unsigned char *at) {
    const struct tern_space *s = c->variant->space;
    const double ahead = f->regime == TERN_HOT    ? 0
                         : isfinite(f->read_gbps) ? f->read_gbps * LATENCY_NS
                                                  : 4096;
    for (size_t i = 0; i < s->count; i++) {
        const struct tern_param *p = &s->params[i];
        size_t pick = p->init;
        if (!strcmp(p->name, "prefetch")) pick = nearest(p, ahead);
        if (!strcmp(p->name, "block") || !strcmp(p->name, "kblock"))
            pick = block_in_l1(c->variant, p, f->l1d_bytes ? f->l1d_bytes : UNKNOWN_L1D, f->k);
        at[i] = (unsigned char)pick;
    }
}

static size_t index_of(const struct tern_param *p, int value) {
    for (size_t i = 0; i < p->count; i++)
        if (p->values[i] == value) return i;
    return 0;
}

/* Candidates [first, last) are those of one variant. */
static size_t end_of_group(const struct tern_candidates *c, size_t first) {
    size_t last = first + 1;
    while (last < c->count && c->item[last].variant == c->item[first].variant) last++;
    return last;
}

/* Of the points that split K the one nearest to `want`; `last` when there is none. */
static size_t nearest_by_k(const struct tern_candidates *c, const struct tern_candidate_point *place,
                           size_t first, size_t last, const unsigned char *want) {
    const size_t params = c->item[first].variant->space->count;
    size_t best = last, least = SIZE_MAX;
    for (size_t i = first; i < last; i++) {
        size_t off = 0;
        if (c->item[i].param[TERN_P_SPLIT] != TERN_SPLIT_K) continue;
        for (size_t d = 0; d < params; d++) off += (size_t)abs(place[i].at[d] - want[d]);
        if (off < least) best = i, least = off;
    }
    return best;
}

static void place_group(const struct tern_candidates *c, size_t first, size_t last, uint32_t group,
                        const struct tern_seed_facts *f, struct tern_candidate_point *out) {
    const struct tern_space *s = c->item[first].variant->space;
    const int both_ways = c->item[last - 1].param[TERN_P_SPLIT] == TERN_SPLIT_K;
    unsigned char suggested[TERN_SEARCH_DIMS] = {0}, initial[TERN_SEARCH_DIMS] = {0};
    int possible = 0;
    suggest(&c->item[first], f, suggested);
    for (size_t d = 0; d < s->count; d++) initial[d] = (unsigned char)s->params[d].init;
    for (size_t i = first; i < last; i++) {
        const int by_k = c->item[i].param[TERN_P_SPLIT] == TERN_SPLIT_K;
        out[i] = (struct tern_candidate_point){.group = group,
                                               .dims = (unsigned char)(s->count + (both_ways != 0))};
        for (size_t d = 0; d < s->count; d++) {
            out[i].at[d] = (unsigned char)index_of(&s->params[d], c->item[i].param[d]);
            out[i].bears[d] = (unsigned char)tern_param_bears(s->params[d].name);
        }
        if (both_ways) {
            out[i].at[s->count] = (unsigned char)by_k;
            out[i].bears[s->count] = TERN_BEARS_BOTH;
        }
        const int is_initial = !by_k && !memcmp(out[i].at, initial, s->count);
        out[i].seed = is_initial || (!by_k && !memcmp(out[i].at, suggested, s->count));
        possible |= is_initial;
    }
    /* A variant whose initial point is impossible for this shape is seeded by its first point. */
    if (!possible) out[first].seed = 1;
    if (both_ways) out[nearest_by_k(c, out, first, last, suggested)].seed = 1;
}

void tern_space_places(const struct tern_candidates *c, const struct tern_seed_facts *f,
                       struct tern_candidate_point *out) {
    uint32_t group = 0;
    for (size_t first = 0, last; first < c->count; first = last) {
        last = end_of_group(c, first);
        place_group(c, first, last, group++, f, out);
    }
}
