#include "tuner/search/space.h"

#include "base/expression.h"
#include "base/memory.h"
#include "kernels/split.h"

#include <stdlib.h>
#include <string.h>

#define TERNARY_BITS 4.0 /* per weight: no packing of trits needs as many, no dense type as few */

struct growth {
    struct tern_candidates *c;
    size_t item_room, out_room;
};

static int keep(struct growth *g, const struct tern_variant *v, const int *param) {
    struct tern_candidates *c = g->c;
    if (c->count == g->item_room) {
        g->item_room = g->item_room ? g->item_room * 2 : 64;
        struct tern_candidate *grown = realloc(c->item, g->item_room * sizeof *grown);
        if (!grown) return 0;
        c->item = grown;
    }
    c->item[c->count].variant = v;
    memcpy(c->item[c->count++].param, param, sizeof c->item->param);
    return 1;
}

static int leave_out(struct growth *g, const struct tern_variant *v, const int *param, const char *why,
                     const char *must) {
    struct tern_candidates *c = g->c;
    if (c->out_count == g->out_room) {
        g->out_room = g->out_room ? g->out_room * 2 : 64;
        struct tern_left_out *grown = realloc(c->out, g->out_room * sizeof *grown);
        if (!grown) return 0;
        c->out = grown;
    }
    struct tern_left_out *o = &c->out[c->out_count++];
    *o = (struct tern_left_out){
        .variant = v, .every = !param, .why = why ? why : "no reason given", .must = must};
    if (param) memcpy(o->param, param, sizeof o->param);
    return 1;
}

/* An even share counts 1: the widest share of rows must be an eighth worse than the widest slice of K, for
 * the partial sums are written, read by others and added. */
static const struct tern_constraint split_pays[] = {
    {"threads > 1", "one thread has nothing to split K with"},
    {"n == 1", "only the product of one token is split along K"},
    {"k >= threads * columns", "K has fewer slices than there are threads"},
    {"8 * (up(up(m, rows) / rows, threads) / threads) * rows * k > "
     "9 * (up(up(k, columns) / columns, threads) / threads) * columns * up(m, rows)",
     "rows divide among the threads about as evenly as K does"}};

/* 1 when splitting K may pay for this variant and problem. The variant must be able to split, and constraints
 * like those of the registry must hold, over m, k, n, threads, rows and columns (the multiples at which a
 * matrix and K are cut). Otherwise 0 with *why; *must is the constraint, or NULL when the variant's layout is
 * the reason. */
static int splits(const struct tern_variant *v, const struct tern_problem *p, const char **why,
                  const char **must) {
    *must = NULL;
    if (!tern_variant_splits(v, p->m, p->k, why)) return 0;
    const struct tern_name name[] = {
        {"m", (int64_t)p->m},           {"k", (int64_t)p->k},
        {"n", (int64_t)p->n},           {"threads", (int64_t)p->threads},
        {"rows", (int64_t)v->row_step}, {"columns", (int64_t)tern_slice_step(v)}};
    for (size_t i = 0; i < sizeof split_pays / sizeof *split_pays; i++) {
        int64_t kept;
        *why = split_pays[i].why, *must = split_pays[i].must;
        if (tern_expression(*must, name, sizeof name / sizeof *name, &kept, NULL) || !kept) return 0;
    }
    return 1;
}

/* All combinations, the last parameter turning fastest. With K split, a call sees one panel of a slice. */
static int expand_one(struct growth *g, const struct tern_variant *v, size_t m, size_t k, size_t n,
                      enum tern_split split) {
    const struct tern_space *s = v->space;
    size_t at[TERN_MAX_PARAMS] = {0};
    const size_t params = s ? s->count : 0;
    for (;;) {
        int param[TERN_MAX_PARAMS] = {0};
        const struct tern_constraint *broken = NULL;
        for (size_t i = 0; i < params; i++) param[i] = s->params[i].values[at[i]];
        param[TERN_P_SPLIT] = (int)split;
        const int valid = tern_space_allows(s, param, m, k, n, &broken);
        if (!(valid ? keep(g, v, param) : leave_out(g, v, param, broken->why, broken->must))) return 0;
        size_t i = params;
        while (i > 0 && ++at[i - 1] == s->params[i - 1].count) at[--i] = 0;
        if (i == 0) return 1;
    }
}

static int expand(struct growth *g, const struct tern_variant *v, const struct tern_problem *p) {
    const char *why, *must;
    if (!expand_one(g, v, p->m, p->k, p->n, TERN_SPLIT_ROWS)) return 0;
    if (!splits(v, p, &why, &must)) {
        if (!leave_out(g, v, NULL, why, must)) return 0;
        g->c->out[g->c->out_count - 1].by_k = 1;
        g->c->out[g->c->out_count - 1].every = 0;
        return 1;
    }
    size_t from, to;
    tern_slice_share(v, p->k, 0, p->threads, &from, &to);
    return expand_one(g, v, tern_min(tern_slice_rows(v, p->m, p->k), p->m), to - from, p->n, TERN_SPLIT_K);
}

static int by_rank(const void *a, const void *b) {
    const struct tern_variant *x = *(const struct tern_variant *const *)a,
                              *y = *(const struct tern_variant *const *)b;
    if (x->rank != y->rank) return x->rank > y->rank ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Vector kernels beat the scalar ones by an order of magnitude; where one runs, packing the weights of every
 * scalar-only format would cost more than the search itself. */
static int has_vector(const struct tern_problem *p, uint32_t usable, const struct tern_format *format) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    for (size_t i = 0; i < count; i++) {
        const struct tern_variant *v = &all[i];
        if (v->isa && v->act == TERN_ACT_I8 && v->exact && v->format->bits <= TERNARY_BITS &&
            (!format || v->format == format) && tern_variant_fits(v, usable, p->m, p->k, p->n, NULL))
            return 1;
    }
    return 0;
}

enum tern_status tern_space_of(const struct tern_problem *p, uint32_t usable,
                               const struct tern_format *format, int lossy, struct tern_candidates *out,
                               struct tern_error *e) {
    *out = (struct tern_candidates){0};
    struct growth g = {.c = out};
    size_t count;
    const struct tern_variant *all = tern_variants(&count);
    const struct tern_variant **sorted = malloc((count + 1) * sizeof *sorted);
    int ok = sorted != NULL;
    for (size_t i = 0; ok && i < count; i++) sorted[i] = &all[i];
    if (ok) qsort(sorted, count, sizeof *sorted, by_rank);
    const int vector = has_vector(p, usable, format);
    for (size_t i = 0; ok && i < count; i++) {
        const struct tern_variant *v = sorted[i];
        const char *why = NULL;
        if (v->act != TERN_ACT_I8 || (format && v->format != format)) continue;
        /* Binary formats are for weights without zeros: only where the caller names one. */
        if (!(format ? tern_variant_fits_signs : tern_variant_fits)(v, usable, p->m, p->k, p->n, &why))
            ok = leave_out(&g, v, NULL, why, NULL);
        else if (v->format->bits > TERNARY_BITS)
            ok = leave_out(&g, v, NULL, "a dense baseline: its format is not for trits", NULL);
        else if (!v->exact && !lossy)
            ok = leave_out(&g, v, NULL, "lossy, and only exact variants were asked for", NULL);
        else if (vector && !v->isa)
            ok = leave_out(&g, v, NULL, "scalar, and vector kernels run here", NULL);
        else
            ok = expand(&g, v, p);
    }
    free(sorted);
    if (ok) return TERN_OK;
    tern_candidates_free(out);
    return tern_fail(e, TERN_NO_MEMORY, "space: %zux%zux%zu: out of memory", p->m, p->k, p->n);
}

void tern_candidates_free(struct tern_candidates *c) {
    free(c->item);
    free(c->out);
    *c = (struct tern_candidates){0};
}
