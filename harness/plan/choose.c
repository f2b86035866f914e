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
    *out = (struct chosen){0};
    struct tern_plan plan = {0};
    const struct tern_problem p = tern_chooser_problem(c, m, k, n);
    if (r->act == TERN_ACT_I8) {
        const enum tern_status s = tern_plan_for(r->wisdom, r->usable, &p, format, &plan, e);
        if (s == TERN_UNSUPPORTED && n > 1) return TERN_OK;
        if (s != TERN_OK) return s;
    } else if ((plan.variant = tern_variant_static(r->usable, r->act, format, m, k, n))) {
        tern_variant_defaults(plan.variant, plan.param);
    }
    while (plan.variant) {
        const enum tern_status s = tern_chooser_prove(c, plan.variant, &out->proof, e);
        if (s != TERN_OK) return s;
        if (out->proof) break;
        plan = (struct tern_plan){.variant = next_best(c, format, m, k, n)};
        if (plan.variant) tern_variant_defaults(plan.variant, plan.param);
    }
    memcpy(out->param, plan.param, sizeof out->param);
    out->from_wisdom = plan.from_wisdom;
    out->from_ranks = plan.ranks != NULL;
    if (plan.ranks) tern_ranks_say(plan.ranks, c->plan->ranks, sizeof c->plan->ranks);
    out->lent = plan.lent;
    return TERN_OK;
}

/* Nanoseconds per call that wisdom knows for this problem in this format; NAN: not measured. *n is the token
 * count that was measured, the nearest to the problem's. */
static double known_ns(const struct chooser *c, const struct tern_problem *p,
                       const struct tern_format *format, size_t *n) {
    const struct tern_wisdom_entry *en = tern_wisdom_nearest(c->request->wisdom, c->request->usable, p);
    if (!en) return NAN;
    *n = en->problem.n;
    const struct tern_variant *v = tern_variant_named(en->variant), *base = tern_variant_named(en->base);
    if (v->format == format) return en->median_ns;
    const int told = base && base->format == format && en->ratio > 0 &&
                     tern_variant_fits(base, c->request->usable, p->m, p->k, *n, NULL);
    return told ? en->median_ns / en->ratio : NAN;
}

/* Nanoseconds of one decoded and one prompt token together, by wisdom; NAN: one of them is not known. */
static double both_ns(const struct chooser *c, size_t m, size_t k, const struct tern_format *format) {
    const struct tern_problem one = tern_chooser_problem(c, m, k, 1),
                              many = tern_chooser_problem(c, m, k, c->request->ubatch);
    size_t n = 1;
    const double decode = known_ns(c, &one, format, &n);
    const double prefill = known_ns(c, &many, format, &n);
    return decode + prefill / (double)n;
}

/* Decode and prefill share one packed format: that of wisdom's winner for decode. Prefill's format takes its
 * place when wisdom has measured both problems in both formats and one token of each is cheaper with it. */
static enum tern_status choose_decode(struct chooser *c, const struct shape_plan *sp, struct chosen *out,
                                      struct tern_error *e) {
    const struct plan_request *r = c->request;
    const struct tern_format *const only = r->act == TERN_ACT_F32 ? &tern_format_planes : NULL;
    enum tern_status s = choose(c, only, sp->m, sp->k, 1, out, e);
    if (s != TERN_OK || !out->from_wisdom || r->ubatch == 1) return s;
    const struct tern_problem many = tern_chooser_problem(c, sp->m, sp->k, r->ubatch);
    const struct tern_wisdom_entry *other = tern_wisdom_nearest(r->wisdom, r->usable, &many);
    const struct tern_variant *v = other ? tern_variant_named(other->variant) : NULL;
    if (!v || v->format == variant_of(out)->format) return TERN_OK;
    const double as_decode = both_ns(c, sp->m, sp->k, variant_of(out)->format);
    if (!(both_ns(c, sp->m, sp->k, v->format) < as_decode)) return TERN_OK;
    struct chosen its;
    s = choose(c, v->format, sp->m, sp->k, 1, &its, e);
    if (s == TERN_OK && its.proof) *out = its;
    return s;
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
