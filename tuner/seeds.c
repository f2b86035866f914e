#include "base/memory.h"
#include "tuner/space.h"

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

void tern_space_places(const struct tern_candidates *c, const struct tern_seed_facts *f,
                       struct tern_place *out) {
    uint32_t group = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct tern_space *s = c->item[i].variant->space;
        unsigned char suggested[TERN_SEARCH_DIMS] = {0}, initial[TERN_SEARCH_DIMS] = {0};
        if (i && c->item[i].variant != c->item[i - 1].variant) group++;
        out[i] = (struct tern_place){.group = group, .dims = (unsigned char)s->count};
        for (size_t d = 0; d < s->count; d++) {
            out[i].at[d] = (unsigned char)index_of(&s->params[d], c->item[i].param[d]);
            out[i].bears[d] = (unsigned char)tern_param_bears(s->params[d].name);
            initial[d] = (unsigned char)s->params[d].init;
        }
        suggest(&c->item[i], f, suggested);
        out[i].seed = !memcmp(out[i].at, initial, s->count) || !memcmp(out[i].at, suggested, s->count);
        /* A variant whose initial point is impossible for this shape is seeded by its first point. */
        int first = i == 0 || c->item[i - 1].variant != c->item[i].variant, possible = 0;
        for (size_t j = i; first && j < c->count && c->item[j].variant == c->item[i].variant; j++) {
            int initial_values[TERN_MAX_PARAMS];
            tern_variant_defaults(c->item[j].variant, initial_values);
            possible |= !memcmp(initial_values, c->item[j].param, sizeof initial_values);
        }
        if (first && !possible) out[i].seed = 1;
    }
}
