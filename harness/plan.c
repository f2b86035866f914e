#include "harness/internal.h"

#include "kernels/verify.h"
#include "measure/machine.h"

#include <stdio.h>
#include <string.h>

#define REFUSED_MAX 64

struct chooser {
    struct tern_engine *en;
    const struct tern_wisdom *wisdom;
    const struct tern_variant *refused[REFUSED_MAX];
    size_t refused_count;
    enum tern_regime regime;
};

size_t tern_engine_bucket(size_t n) {
    size_t b = 0;
    while (b + 1 < BUCKETS && (size_t)2 << b <= n) b++;
    return b;
}

const struct tern_plan *tern_engine_plan_for(const struct shape_plan *sp, size_t n) {
    const struct tern_plan *p = &sp->bucket[tern_engine_bucket(n)];
    return n >= p->variant->n_min ? p : &sp->bucket[0];
}

static int is_refused(const struct chooser *c, const struct tern_variant *v) {
    for (size_t i = 0; i < c->refused_count; i++)
        if (c->refused[i] == v) return 1;
    return 0;
}

static enum tern_status proved(struct chooser *c, const struct tern_variant *v, int *yes,
                               struct tern_error *e) {
    *yes = 0;
    if (is_refused(c, v)) return TERN_OK;
    const struct tern_verify_options o = {.usable = c->en->usable, .seed = 1, .effort = TERN_VERIFY_QUICK};
    const struct tern_proof *proof = NULL;
    struct tern_verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    const enum tern_status s = tern_prove(v, &o, &verdict, &proof, e);
    if (s != TERN_OK && s != TERN_CHECK_FAILED) return s;
    if (proof) return *yes = 1, TERN_OK;
    if (c->refused_count == REFUSED_MAX)
        return tern_fail(e, TERN_CHECK_FAILED, "engine: more than %d variants failed their proof",
                         REFUSED_MAX);
    c->refused[c->refused_count++] = v;
    char *text = c->en->facts.warning;
    const size_t at = strlen(text);
    snprintf(text + at, sizeof c->en->facts.warning - at, "%s%s refused: %s: %s", at ? "; " : "", v->name,
             tern_verdict_name(verdict.kind), verdict.text);
    return TERN_OK;
}

/* The next static choice: as tern_variant_static, without the refused ones. */
static const struct tern_variant *next_best(const struct chooser *c, enum tern_act act,
                                            const struct tern_format *format, size_t m, size_t k, size_t n) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count), *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tern_variant *v = &all[i];
        if (v->act != act || v->rank < 0 || (act == TERN_ACT_I8 && !v->exact) || is_refused(c, v)) continue;
        if (format && v->format != format) continue;
        if (!tern_variant_fits(v, c->en->usable, m, k, n, NULL)) continue;
        if (!best || v->rank > best->rank) best = v;
    }
    return best;
}

/* A proved plan, or plan->variant NULL when the format has no variant for this n. */
static enum tern_status choose(struct chooser *c, enum tern_act act, const struct tern_format *format,
                               size_t m, size_t k, size_t n, struct tern_plan *plan, struct tern_error *e) {
    memset(plan, 0, sizeof *plan);
    const struct tern_problem p = {.m = m, .k = k, .n = n, .threads = c->en->threads, .regime = c->regime};
    if (act == TERN_ACT_I8) {
        const enum tern_status s = tern_plan_for(c->wisdom, c->en->usable, &p, format, plan, e);
        if (s == TERN_UNSUPPORTED && n > 1) return memset(plan, 0, sizeof *plan), TERN_OK;
        if (s != TERN_OK) return s;
    } else if ((plan->variant = tern_variant_static(c->en->usable, act, format, m, k, n))) {
        tern_variant_defaults(plan->variant, plan->param);
    }
    for (int yes = 0; plan->variant;) {
        const enum tern_status s = proved(c, plan->variant, &yes, e);
        if (s != TERN_OK || yes) return s;
        plan->from_wisdom = 0;
        plan->variant = next_best(c, act, format, m, k, n);
        if (plan->variant) tern_variant_defaults(plan->variant, plan->param);
    }
    return TERN_OK;
}

static enum tern_status plan_shape(struct chooser *c, struct shape_plan *sp, struct tern_error *e) {
    enum tern_status s = choose(c, TERN_ACT_I8, NULL, sp->m, sp->k, 1, &sp->bucket[0], e);
    if (s != TERN_OK) return s;
    if (!sp->bucket[0].variant)
        return tern_fail(e, TERN_UNSUPPORTED, "engine: %zux%zu: no variant passed its proof: %.300s", sp->m,
                         sp->k, c->en->facts.warning);
    const struct tern_format *format = sp->bucket[0].variant->format;
    for (size_t b = 1; b < BUCKETS; b++) {
        sp->bucket[b] = sp->bucket[b - 1];
        if ((size_t)1 << b > c->en->ubatch) continue;
        struct tern_plan plan;
        s = choose(c, TERN_ACT_I8, format, sp->m, sp->k, (size_t)1 << b, &plan, e);
        if (s != TERN_OK) return s;
        sp->bucket[b] = plan.variant ? plan : sp->bucket[0]; /* token by token when there is no GEMM */
    }
    return TERN_OK;
}

/* "gemv_... prefetch=4096 (75 %), ..." of the variants of one bucket, by their share of the weights. */
static void describe(const struct tern_engine *en, const struct tern_shape *shape, size_t bucket, char *out,
                     size_t bytes) {
    double total = 0;
    size_t at = 0;
    for (size_t i = 0; i < en->plans; i++)
        total += (double)shape[i].m * (double)shape[i].k * (double)shape[i].calls;
    for (size_t i = 0; i < en->plans; i++) {
        const struct tern_plan *p = &en->plan[i].bucket[bucket];
        double share = 0;
        size_t first = i;
        for (size_t j = 0; j < en->plans; j++) {
            const struct tern_plan *q = &en->plan[j].bucket[bucket];
            if (q->variant != p->variant || memcmp(q->param, p->param, sizeof p->param)) continue;
            first = tern_min(first, j);
            share += (double)shape[j].m * (double)shape[j].k * (double)shape[j].calls;
        }
        if (first != i || at >= bytes) continue;
        char params[96];
        tern_variant_params_text(p->variant, p->param, params, sizeof params);
        at += (size_t)snprintf(out + at, bytes - at, "%s%s%s%s (%.0f %% of the weights)", at ? ", " : "",
                               p->variant->name, strcmp(params, "-") ? " " : "",
                               strcmp(params, "-") ? params : "", 100 * share / total);
    }
}

enum tern_status tern_engine_plan(struct tern_engine *en, const struct tern_engine_options *o,
                                  struct tern_error *e) {
    const struct tern_hparams *hp = &en->model->hp;
    struct tern_shape shape[8];
    en->plans = tern_model_shapes(hp, shape, sizeof shape / sizeof *shape);
    en->plan = tern_alloc(en->plans * sizeof *en->plan);
    if (!en->plan) return tern_fail(e, TERN_NO_MEMORY, "engine: plans: out of memory");

    const struct tern_machine *machine;
    enum tern_status s = tern_machine_get(&machine, e);
    if (s != TERN_OK) return s;
    double weights = 0;
    for (size_t i = 0; i < en->plans; i++)
        weights += (double)shape[i].m * (double)shape[i].k * (double)shape[i].calls;
    en->facts.macs_per_token = weights;

    struct chooser c = {.en = en, .wisdom = o->wisdom};
    c.regime = weights / 4 <= (double)machine->l2_bytes ? TERN_HOT : TERN_WCOLD;
    for (size_t i = 0; i < en->plans; i++) {
        en->plan[i].m = shape[i].m;
        en->plan[i].k = shape[i].k;
        if ((s = plan_shape(&c, &en->plan[i], e)) != TERN_OK) return s;
        en->facts.planned += shape[i].calls;
        if (en->plan[i].bucket[0].from_wisdom) en->facts.from_wisdom += shape[i].calls;
    }
    describe(en, shape, 0, en->facts.decode_plan, sizeof en->facts.decode_plan);
    describe(en, shape, tern_engine_bucket(en->ubatch), en->facts.prefill_plan,
             sizeof en->facts.prefill_plan);

    return tern_head_choose(en, o->head, e);
}
