/* Wisdom decides where it has measured the merged shape and the single ones for decode and their intervals
 * lie apart: they were timed at different moments. Otherwise q, k and v are merged when the widest worker
 * then has fewer panels in prefill: k and v are small, and cut at whole panels they divide badly. Gate and up
 * have one shape, are always run together on the same rows, and gain nothing by the rule. */
#include "harness/plan/merge.h"

#include "base/memory.h"
#include "harness/plan/choose.h"
#include "kernels/dense/f32_ops.h"

#include <math.h>

/* Rows of gate that alternate with as many of up: whole steps of every variant of the plan, and of the
 * format. */
static size_t pair_of(const struct shape_plan *sp) {
    const struct tern_format *f = variant_of(&sp->bucket[0])->format;
    size_t pair = tern_common_multiple(TERN_LANES, f->row_step(sp->m, sp->k));
    for (size_t b = 0; b < TERN_BUCKETS; b++)
        pair = tern_common_multiple(pair, variant_of(&sp->bucket[b])->row_step);
    return pair;
}

struct range {
    double lo, hi;
};

/* What wisdom knows of one decoded token; NAN: nothing. */
static struct range decode_ns(const struct chooser *c, size_t m, size_t k) {
    const struct tern_problem p = tern_chooser_problem(c, m, k, 1);
    const struct tern_wisdom_entry *known =
        tern_wisdom_nearest(c->request->wisdom, c->request->usable, &p, NULL);
    if (!known) return (struct range){NAN, NAN};
    const int has_interval = known->ci_lo_ns > 0 && known->ci_hi_ns > 0;
    return has_interval ? (struct range){known->ci_lo_ns, known->ci_hi_ns}
                        : (struct range){known->median_ns, known->median_ns};
}

/* Roles that may be merged. */
struct group {
    enum tern_role role[3];
    size_t roles;
    int by_width; /* also when wisdom does not know, by the panels of the widest worker */
};

static int decide(const struct chooser *c, const struct group *g) {
    const struct plan_request *r = c->request;
    if (r->merge != TERN_MERGE_AUTO) return r->merge == TERN_MERGE_ALWAYS;
    if (c->untuned[0]) return g->by_width && tern_model_merges_qkv(&r->model->hp, r->threads_prefill);
    size_t m = 0, k = 0;
    struct range apart = {0, 0};
    for (size_t i = 0; i < g->roles; i++) {
        size_t own;
        tern_role_shape(&r->model->hp, g->role[i], &own, &k);
        m += own;
        const struct range one = decode_ns(c, own, k);
        apart.lo += one.lo, apart.hi += one.hi;
    }
    const struct range together = decode_ns(c, m, k);
    if (together.hi < apart.lo) return 1;
    if (together.lo > apart.hi) return 0;
    return g->by_width && tern_model_merges_qkv(&r->model->hp, r->threads_prefill);
}

static enum tern_status add_projection(struct chooser *c, const enum tern_role *role, size_t roles,
                                       int in_pairs, struct tern_error *e) {
    struct projection *out = &c->plan->projection[c->plan->projections];
    for (size_t i = 0; i < roles; i++) {
        size_t m;
        tern_role_shape(&c->request->model->hp, out->role[i] = role[i], &m, &out->k);
        out->m += m;
    }
    out->roles = roles;
    const enum tern_status s = tern_chooser_shape(c, out->m, out->k, &out->plan, e);
    if (s != TERN_OK) return s;
    if (in_pairs) out->pair = pair_of(out->plan);
    c->plan->projections++;
    return TERN_OK;
}

/* Layers with norms of their own read different activations, and dense layers have no packed form. */
static int stay_apart(const struct tern_model *m, const struct group *g) {
    if (m->hp.input_norms) return 1;
    for (uint32_t i = 0; i < m->hp.layers; i++)
        for (size_t j = 0; j < g->roles; j++)
            if (tern_role_of(&m->layer[i], g->role[j])->plain) return 1;
    return 0;
}

static enum tern_status add_group(struct chooser *c, const struct group *g, int in_pairs, size_t *projections,
                                  struct tern_error *e) {
    enum tern_status s = TERN_OK;
    const int yes = !stay_apart(c->request->model, g) && decide(c, g);
    *projections = yes ? 1 : g->roles;
    if (yes) return add_projection(c, g->role, g->roles, in_pairs, e);
    for (size_t i = 0; s == TERN_OK && i < g->roles; i++) s = add_projection(c, &g->role[i], 1, 0, e);
    return s;
}

enum tern_status tern_chooser_projections(struct chooser *c, struct tern_error *e) {
    static const struct group qkv = {{TERN_Q, TERN_K, TERN_V}, 3, 1}, gated = {{TERN_GATE, TERN_UP}, 2, 0};
    static const enum tern_role o = TERN_O, down = TERN_DOWN;
    enum tern_status s = add_group(c, &qkv, 0, &c->plan->qkv_projections, e);
    if (s == TERN_OK) s = add_projection(c, &o, 1, 0, e);
    if (s == TERN_OK) s = add_group(c, &gated, 1, &c->plan->gated_projections, e);
    if (s == TERN_OK) s = add_projection(c, &down, 1, 0, e);
    return s;
}
