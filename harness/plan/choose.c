/* The variants of one shape: wisdom's where it knows the shape, else the best by static rank, and of both
 * only what passes its proof. */
#include "harness/plan/choose.h"

#include "base/memory.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <math.h>
#include <string.h>

#define SHAPES_MAX 10 /* seven roles, two merged projections, and one to spare */

/* The next static choice: as tern_variant_static, without the refused ones. */
static const struct tern_variant *next_best(const struct chooser *c, const struct tern_format *format,
                                            size_t m, size_t k, size_t n) {
    const enum tern_act act = c->request->act;
    size_t count;
    const struct tern_variant *all = tern_variants(&count), *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tern_variant *v = &all[i];
        if (v->act != act || v->rank < 0 || (act == TERN_ACT_I8 && !v->exact)) continue;
        if (tern_chooser_refused(c, v) || (format && v->format != format)) continue;
        if (!tern_variant_fits(v, c->request->usable, m, k, n, NULL)) continue;
        if (!best || v->rank > best->rank) best = v;
    }
    return best;
}

/* The best variant that passes its proof; out->proof is NULL when the format has none for this n. */
static enum tern_status choose(struct chooser *c, const struct tern_format *format, size_t m, size_t k,
                               size_t n, struct chosen *out, struct tern_error *e) {
    const struct plan_request *r = c->request;
    *out = (struct chosen){.token_ns = NAN};
    struct tern_plan plan = {.token_ns = NAN};
    const struct tern_problem p = tern_chooser_problem(c, m, k, n);
    if (r->act == TERN_ACT_I8) {
        const enum tern_status s = tern_chooser_plan(c, &p, format, &plan, e);
        if (s == TERN_UNSUPPORTED && n > 1) return TERN_OK;
        if (s != TERN_OK) return s;
    } else if ((plan.variant = tern_variant_static(r->usable, r->act, format, m, k, n))) {
        tern_variant_defaults(plan.variant, plan.param);
    }
    while (plan.variant) {
        const enum tern_status s = tern_chooser_prove(c, plan.variant, &out->proof, e);
        if (s != TERN_OK) return s;
        if (out->proof) break;
        plan = (struct tern_plan){.variant = next_best(c, format, m, k, n), .token_ns = NAN};
        if (plan.variant) tern_variant_defaults(plan.variant, plan.param);
    }
    memcpy(out->param, plan.param, sizeof out->param);
    out->token_ns = plan.token_ns;
    out->tuned_n = plan.tuned_n;
    out->from_wisdom = plan.from_wisdom;
    out->from_ranks = plan.ranks != NULL && !plan.from_wisdom;
    if (out->from_ranks && !c->plan->ranks[0])
        tern_ranks_say(plan.ranks, c->plan->ranks, sizeof c->plan->ranks);
    out->lent = plan.lent;
    return TERN_OK;
}

/* Decode and prefill share one packed layout: the one that wisdom chooses for both. What TERN_KERNEL forces
 * stays. */
static enum tern_status choose_decode(struct chooser *c, const struct shape_plan *sp, struct chosen *out,
                                      struct tern_error *e) {
    const struct tern_format *const only = c->request->act == TERN_ACT_F32 ? &tern_format_planes : NULL;
    enum tern_status s = choose(c, only, sp->m, sp->k, 1, out, e);
    if (s != TERN_OK || !out->from_wisdom) return s;
    const struct tern_format *layout = tern_chooser_layout(c, sp->m, sp->k);
    if (!layout || layout == variant_of(out)->format) return TERN_OK;
    struct chosen its;
    s = choose(c, layout, sp->m, sp->k, 1, &its, e);
    if (s != TERN_OK || !its.proof) return s;
    its.from_wisdom = 1; /* also where the layout's own default is the choice */
    *out = its;
    return TERN_OK;
}

static enum tern_status plan_shape(struct chooser *c, struct shape_plan *sp, struct tern_error *e) {
    enum tern_status s = choose_decode(c, sp, &sp->bucket[0], e);
    if (s != TERN_OK) return s;
    if (!sp->bucket[0].proof)
        return tern_fail(e, TERN_UNSUPPORTED, "engine: %zux%zu: no variant passed its proof: %.300s", sp->m,
                         sp->k, c->plan->warning);
    const struct tern_format *format = variant_of(&sp->bucket[0])->format;
    for (size_t b = 1; b < TERN_BUCKETS; b++) {
        sp->bucket[b] = sp->bucket[b - 1];
        if ((size_t)1 << b > c->request->ubatch) continue;
        struct chosen its;
        s = choose(c, format, sp->m, sp->k, (size_t)1 << b, &its, e);
        if (s != TERN_OK) return s;
        sp->bucket[b] = its.proof ? its : sp->bucket[0]; /* token by token when there is no GEMM */
    }
    return TERN_OK;
}

enum tern_status tern_chooser_shape(struct chooser *c, size_t m, size_t k, struct shape_plan **out,
                                    struct tern_error *e) {
    struct model_plan *p = c->plan;
    for (size_t i = 0; i < p->shapes; i++)
        if (p->shape[i].m == m && p->shape[i].k == k) return *out = &p->shape[i], TERN_OK;
    if (p->shapes == SHAPES_MAX)
        return tern_fail(e, TERN_UNSUPPORTED, "engine: more than %d shapes of linear layers", SHAPES_MAX);
    if (!p->shape) p->shape = tern_alloc(SHAPES_MAX * sizeof *p->shape);
    if (!p->shape) return tern_fail(e, TERN_NO_MEMORY, "engine: plans: out of memory");
    *out = &p->shape[p->shapes];
    **out = (struct shape_plan){.m = m, .k = k};
    const enum tern_status s = plan_shape(c, *out, e);
    p->shapes += s == TERN_OK;
    return s;
}
