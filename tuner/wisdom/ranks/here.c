/* The ranks that are built in. */
#include "tuner/wisdom/ranks/ranks.h"
#include "tuner/wisdom/ranks/shipped.h"

#include <stdlib.h>
#include <string.h>

static enum tern_status parse(size_t i, struct tern_ranks *out, struct tern_error *e) {
    const char *text = (const char *)tern_shipped_ranks[i].text;
    return tern_ranks_parse(tern_shipped_ranks[i].name, text, strlen(text), out, e);
}

static unsigned bits(uint32_t mask) {
    unsigned n = 0;
    for (; mask; mask &= mask - 1) n++;
    return n;
}

/* How far ranks are from a machine; the farther left a member stands the more it counts, and less is nearer. */
struct kinship {
    unsigned other; /* 0: its own micro-architecture */
    unsigned sets;  /* instruction sets that its nearest lines and what is usable do not share */
    unsigned
        native; /* the same of all that the two processors have: wide units run narrow code differently */
    unsigned vendor, family;
};

static struct kinship kinship(const struct tern_ranks *r, const struct tern_machine *m) {
    char name[TERN_MICROARCHITECTURE_NAME];
    struct kinship k = {.sets = 32};
    uint32_t all = 0;
    tern_microarchitecture(m, name);
    for (size_t i = 0; i < r->count; i++) {
        const unsigned apart = bits(r->rank[i].isa ^ m->usable);
        all |= r->rank[i].isa;
        if (!(r->rank[i].isa & ~m->isa) && apart < k.sets) k.sets = apart;
    }
    k.other = strcmp(r->name, name) != 0;
    k.native = 2 * bits(all & ~m->isa) + bits(m->isa & ~all); /* wider is farther than narrower */
    k.vendor = strcmp(r->vendor, m->vendor) != 0;
    k.family = (unsigned)abs(r->family - m->family);
    return k;
}

int tern_ranks_related(const struct tern_ranks *r, const struct tern_machine *m) {
    const struct kinship k = kinship(r, m);
    return r->count && (!k.other || k.sets < 32 || (!k.vendor && !k.family));
}

int tern_ranks_nearer(const struct tern_ranks *a, const struct tern_ranks *b, const struct tern_machine *m) {
    const struct kinship x = kinship(a, m), y = kinship(b, m);
#define BY(field)                                                                                            \
    if (x.field != y.field) return x.field < y.field
    BY(other);
    BY(sets);
    BY(native);
    BY(vendor);
    if (!x.vendor) BY(family);
#undef BY
    return a->count > b->count;
}

enum tern_status tern_ranks_here(const struct tern_machine *m, struct tern_ranks **out,
                                 struct tern_error *e) {
    char name[TERN_MICROARCHITECTURE_NAME];
    struct tern_ranks best = {.rank = NULL};
    *out = NULL;
    tern_microarchitecture(m, name);
    for (size_t i = 0; i < tern_shipped_ranks_count; i++) {
        struct tern_ranks r;
        const enum tern_status s = parse(i, &r, e);
        if (s) return tern_ranks_free(&r), tern_ranks_free(&best), s;
        if (tern_ranks_related(&r, m) && (!best.count || tern_ranks_nearer(&r, &best, m))) {
            tern_ranks_free(&best);
            best = r;
        } else {
            tern_ranks_free(&r);
        }
    }
    if (!best.count) return TERN_OK;
    best.source = strcmp(best.name, name) ? TERN_RANKS_RELATIVE : TERN_RANKS_OWN;
    *out = malloc(sizeof **out);
    if (!*out) return tern_ranks_free(&best), tern_fail(e, TERN_NO_MEMORY, "ranks: out of memory");
    **out = best;
    return TERN_OK;
}
