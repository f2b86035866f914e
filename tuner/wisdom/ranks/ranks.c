#include "tuner/wisdom/ranks/ranks.h"

#include "kernels/split.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned log2_of(size_t n) {
    unsigned log = 0;
    while (n >>= 1) log++;
    return log;
}

struct tern_rank tern_rank_class(const struct tern_problem *p) {
    const unsigned up = p->n > 1 ? (unsigned)lround(log2((double)p->n)) : 0;
    return (struct tern_rank){.tokens = p->n > 1 && up == 0 ? 2 : (size_t)1 << up,
                              .size = log2_of(p->m * p->k),
                              .all = p->threads > 1};
}

/* How far a rank's class is from the problem's; the farther left a member stands the more it counts. */
struct distance {
    unsigned sets, threads, tokens, size;
    double relative;
};

static unsigned apart(unsigned a, unsigned b) {
    return a > b ? a - b : b - a;
}

static int nearer(const struct distance *a, const struct distance *b) {
#define BY(field)                                                                                            \
    if (a->field != b->field) return a->field < b->field
    BY(sets);
    BY(threads);
    BY(tokens);
    BY(size);
#undef BY
    return a->relative < b->relative;
}

static unsigned bits(uint32_t mask) {
    unsigned n = 0;
    for (; mask; mask &= mask - 1) n++;
    return n;
}

static int may_run(const struct tern_rank *r, uint32_t usable, const struct tern_problem *p,
                   const struct tern_format *format) {
    const struct tern_variant *v = r->variant;
    const struct tern_constraint *broken;
    if (v->act != TERN_ACT_I8 || !v->exact || (format && v->format != format)) return 0;
    if (!tern_variant_fits(v, usable, p->m, p->k, p->n, NULL)) return 0;
    if (!tern_space_allows(v->space, r->param, p->m, p->k, p->n, &broken)) return 0;
    return r->param[TERN_P_SPLIT] == TERN_SPLIT_ROWS ||
           (p->n == 1 && tern_variant_splits(v, p->m, p->k, NULL));
}

const struct tern_rank *tern_ranks_find(const struct tern_ranks *r, uint32_t usable,
                                        const struct tern_problem *p, const struct tern_format *format) {
    const struct tern_variant *fallback = tern_variant_static(usable, TERN_ACT_I8, format, p->m, p->k, p->n);
    const struct tern_rank mine = tern_rank_class(p), *best = NULL;
    struct distance least = {0};
    for (size_t i = 0; i < r->count; i++) {
        const struct tern_rank *its = &r->rank[i];
        if ((its->tokens == 1) != (mine.tokens == 1)) continue;
        if (fallback && (fallback->isa & ~its->isa)) continue;
        if (!may_run(its, usable, p, format)) continue;
        const struct distance d = {bits(its->isa ^ usable), its->all != mine.all,
                                   apart(log2_of(its->tokens), log2_of(mine.tokens)),
                                   apart(its->size, mine.size), its->relative};
        if (!best || nearer(&d, &least)) best = its, least = d;
    }
    return best;
}

const struct tern_rank *tern_ranks_decide(const struct tern_ranks *r, uint32_t usable,
                                          const struct tern_problem *p, const struct tern_format *format,
                                          const struct tern_ranks **of) {
    for (; r; r = r->next) {
        const struct tern_rank *found = tern_ranks_find(r, usable, p, format);
        if (found) return *of = r, found;
    }
    return NULL;
}

void tern_ranks_say(const struct tern_ranks *r, char *out, size_t bytes) {
    static const char *const source[] = {"", " (a race at the first load of a model)",
                                         " (the nearest relative)"};
    snprintf(out, bytes, "%s%s, measured %s", r->name, source[r->source], r->date);
}

void tern_ranks_free(struct tern_ranks *r) {
    free(r->rank);
    tern_ranks_drop(r->next);
    *r = (struct tern_ranks){.rank = NULL};
}

void tern_ranks_drop(struct tern_ranks *r) {
    if (!r) return;
    tern_ranks_free(r);
    free(r);
}
