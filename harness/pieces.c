/* Which matrices of a layer are packed as one. Wisdom decides where it has measured the merged shape and the
 * single ones for decode, and their intervals lie apart: they were timed at different moments. Else q, k and
 * v are merged when the widest worker then has fewer rows in prefill: k and v are small, and cut at whole
 * panels they divide badly. Gate and up have one shape, are always run together on the same rows, and gain
 * nothing by themselves. */
#include "harness/internal.h"

#include <math.h>

double tern_known_ns(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *p,
                     const struct tern_format *format, size_t *n) {
    const struct tern_wisdom_entry *en = tern_wisdom_nearest(w, usable, p);
    if (!en) return NAN;
    *n = en->problem.n;
    const struct tern_variant *v = tern_variant_named(en->variant), *base = tern_variant_named(en->base);
    if (!format || v->format == format) return en->median_ns;
    const int told = base && base->format == format && en->ratio > 0 &&
                     tern_variant_fits(base, usable, p->m, p->k, *n, NULL);
    return told ? en->median_ns / en->ratio : NAN;
}

/* Rows of gate that alternate with as many of up: whole steps of every variant of the plan, and of the
 * format. */
static size_t pair_of(const struct shape_plan *sp) {
    const struct tern_format *f = variant_of(&sp->bucket[0])->format;
    size_t pair = tern_common_multiple(TERN_LANES, f->row_step(sp->m, sp->k));
    for (size_t b = 0; b < BUCKETS; b++)
        pair = tern_common_multiple(pair, variant_of(&sp->bucket[b])->row_step);
    return pair;
}

struct range {
    double lo, hi;
};

/* What wisdom knows of one decoded token; NAN: nothing. */
static struct range decode_ns(const struct tern_engine *en, const struct piece_plans *p, size_t m, size_t k) {
    const struct tern_problem q = {
        .m = m, .k = k, .n = 1, .threads = en->threads_decode, .regime = p->regime};
    const struct tern_wisdom_entry *known = tern_wisdom_nearest(p->wisdom, en->usable, &q);
    if (!known) return (struct range){NAN, NAN};
    const int has_interval = known->ci_lo_ns > 0 && known->ci_hi_ns > 0;
    return has_interval ? (struct range){known->ci_lo_ns, known->ci_hi_ns}
                        : (struct range){known->median_ns, known->median_ns};
}

/* The most rows that one worker gets of this shape in prefill. */
static size_t widest(const struct tern_engine *en, const struct shape_plan *sp) {
    const struct tern_variant *v = variant_of(tern_engine_plan_for(sp, en->ubatch));
    size_t most = 0;
    for (size_t w = 0; w < en->threads_prefill; w++) {
        size_t from, to;
        tern_variant_share(v, sp->m, w, en->threads_prefill, &from, &to);
        most = tern_max(most, to - from);
    }
    return most;
}

/* A run of roles that may become one piece. */
struct group {
    enum tern_role role[3];
    size_t roles;
    int by_width; /* the static rule may merge it */
};

static enum tern_status decide(struct tern_engine *en, const struct piece_plans *p, const struct group *g,
                               enum tern_merge merge, int *yes) {
    size_t m = 0, k = 0, rows = 0;
    struct range apart = {0, 0};
    *yes = merge == TERN_MERGE_ALWAYS;
    for (size_t i = 0; i < g->roles; i++) {
        size_t own;
        tern_role_shape(&en->model->hp, g->role[i], &own, &k);
        m += own;
        if (merge != TERN_MERGE_AUTO) continue;
        const struct range one = decode_ns(en, p, own, k);
        apart.lo += one.lo, apart.hi += one.hi;
    }
    if (merge != TERN_MERGE_AUTO) return TERN_OK;
    const struct range together = decode_ns(en, p, m, k);
    if (together.hi < apart.lo || together.lo > apart.hi) return *yes = together.hi < apart.lo, TERN_OK;
    if (!g->by_width || en->threads_prefill == 1) return TERN_OK;
    for (size_t i = 0; i < g->roles; i++) {
        size_t own;
        tern_role_shape(&en->model->hp, g->role[i], &own, &k);
        const struct shape_plan *sp = p->plan_of(p->ctx, own, k);
        if (!sp) return TERN_UNSUPPORTED;
        rows += widest(en, sp);
    }
    const struct shape_plan *sp = p->plan_of(p->ctx, m, k);
    if (!sp) return TERN_UNSUPPORTED;
    *yes = widest(en, sp) < rows;
    return TERN_OK;
}

static enum tern_status add_piece(struct tern_engine *en, const struct piece_plans *p,
                                  const enum tern_role *role, size_t roles, int in_pairs) {
    struct piece *out = &en->piece[en->pieces];
    for (size_t i = 0; i < roles; i++) {
        size_t m;
        tern_role_shape(&en->model->hp, out->role[i] = role[i], &m, &out->k);
        out->m += m;
    }
    out->roles = roles;
    out->plan = p->plan_of(p->ctx, out->m, out->k);
    if (!out->plan) return TERN_UNSUPPORTED;
    if (in_pairs) out->pair = pair_of(out->plan);
    en->pieces++;
    return TERN_OK;
}

/* Layers with norms of their own read different activations, and dense layers have no packed form. */
static int stay_apart(const struct tern_engine *en, const struct group *g) {
    const struct tern_model *m = en->model;
    if (m->hp.input_norms) return 1;
    for (uint32_t i = 0; i < m->hp.layers; i++)
        for (size_t j = 0; j < g->roles; j++)
            if (tern_role_of(&m->layer[i], g->role[j])->plain) return 1;
    return 0;
}

static enum tern_status add_group(struct tern_engine *en, const struct piece_plans *p, const struct group *g,
                                  enum tern_merge merge, int in_pairs, size_t *pieces) {
    int yes = 0;
    enum tern_status s = TERN_OK;
    if (!stay_apart(en, g)) s = decide(en, p, g, merge, &yes);
    *pieces = yes ? 1 : g->roles;
    if (s == TERN_OK && yes) return add_piece(en, p, g->role, g->roles, in_pairs);
    for (size_t i = 0; s == TERN_OK && i < g->roles; i++) s = add_piece(en, p, &g->role[i], 1, 0);
    return s;
}

enum tern_status tern_engine_pieces(struct tern_engine *en, enum tern_merge merge,
                                    const struct piece_plans *p) {
    static const struct group qkv = {{TERN_Q, TERN_K, TERN_V}, 3, 1}, gated = {{TERN_GATE, TERN_UP}, 2, 0};
    static const enum tern_role o = TERN_O, down = TERN_DOWN;
    enum tern_status s = add_group(en, p, &qkv, merge, 0, &en->qkv_pieces);
    if (s == TERN_OK) s = add_piece(en, p, &o, 1, 0);
    if (s == TERN_OK) s = add_group(en, p, &gated, merge, 1, &en->gated_pieces);
    if (s == TERN_OK) s = add_piece(en, p, &down, 1, 0);
    return s;
}
