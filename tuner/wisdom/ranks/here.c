/* The ranks that are built in. */
#include "tuner/wisdom/ranks/ranks.h"
#include "tuner/wisdom/ranks/shipped.h"

#include <stdlib.h>
#include <string.h>

static enum tern_status parse(size_t i, struct tern_ranks *out, struct tern_error *e) {
    const char *text = (const char *)tern_shipped_ranks[i].text;
    return tern_ranks_parse(tern_shipped_ranks[i].name, text, strlen(text), out, e);
}

/* Lines that were measured with just these instruction sets. */
static size_t lines_of(const struct tern_ranks *r, uint32_t isa) {
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) n += r->rank[i].isa == isa;
    return n;
}

/* How close the relation is, 0: none. */
static int relation(const struct tern_ranks *r, const struct tern_machine *m, const char *name) {
    if (!r->count) return 0;
    if (!strcmp(r->name, name)) return 3;
    if (!strcmp(r->vendor, m->vendor) && r->family == m->family) return 2;
    return lines_of(r, m->isa) || lines_of(r, m->usable) ? 1 : 0;
}

enum tern_status tern_ranks_here(const struct tern_machine *m, struct tern_ranks **out,
                                 struct tern_error *e) {
    char name[TERN_MICROARCHITECTURE_NAME];
    tern_microarchitecture(m, name);
    struct tern_ranks best = {.rank = NULL};
    int nearest = 0;
    *out = NULL;
    for (size_t i = 0; i < tern_shipped_ranks_count; i++) {
        struct tern_ranks r;
        const enum tern_status s = parse(i, &r, e);
        const int its = s ? 0 : relation(&r, m, name);
        if (its > nearest || (its && its == nearest && r.count > best.count)) {
            tern_ranks_free(&best);
            best = r, nearest = its;
        } else {
            tern_ranks_free(&r);
        }
        if (s) return tern_ranks_free(&best), s;
    }
    if (!nearest) return TERN_OK;
    best.source = nearest == 3 ? TERN_RANKS_OWN : TERN_RANKS_RELATIVE;
    *out = malloc(sizeof **out);
    if (!*out) return tern_ranks_free(&best), tern_fail(e, TERN_NO_MEMORY, "ranks: out of memory");
    **out = best;
    return TERN_OK;
}
