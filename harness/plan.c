#include "harness/internal.h"

#include "kernels/verify/verify.h"
#include "measure/machine/machine.h"

#include <stdio.h>
#include <string.h>

#define REFUSED_MAX 64

struct chooser {
    struct tern_engine *en;
    const struct tern_wisdom *wisdom;
    const struct tern_variant *refused[REFUSED_MAX];
    size_t refused_count;
    enum tern_regime regime;
    enum tern_status status; /* of plan_of */
    struct tern_error *error;
};

#define LIKELY_MAX 16

size_t tern_engine_bucket(size_t n) {
    size_t b = 0;
    while (b + 1 < BUCKETS && (size_t)2 << b <= n) b++;
    return b;
}

const struct chosen *tern_engine_plan_for(const struct shape_plan *sp, size_t n) {
    const struct chosen *p = &sp->bucket[tern_engine_bucket(n)];
    return n >= variant_of(p)->n_min ? p : &sp->bucket[0];
}

static int is_refused(const struct chooser *c, const struct tern_variant *v) {
    for (size_t i = 0; i < c->refused_count; i++)
        if (c->refused[i] == v) return 1;
    return 0;
}

/* *proof is NULL when the variant is refused; the engine's warning then says why. */
static enum tern_status prove(struct chooser *c, const struct tern_variant *v,
                              const struct tern_proof **proof, struct tern_error *e) {
    *proof = NULL;
    if (is_refused(c, v)) return TERN_OK;
    const struct tern_verify_options o = {.usable = c->en->usable, .seed = 1, .effort = TERN_VERIFY_QUICK};
    struct tern_verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    const enum tern_status s = tern_prove(v, &o, &verdict, proof, e);
    if (s != TERN_OK && s != TERN_CHECK_FAILED) return s;
    if (*proof) return TERN_OK;
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

static struct tern_problem problem_of(const struct chooser *c, size_t m, size_t k, size_t n) {
    return (struct tern_problem){.m = m,
                                 .k = k,
                                 .n = n,
                                 .threads = n == 1 ? c->en->threads_decode : c->en->threads_prefill,
                                 .regime = c->regime};
}

static void add_likely(const struct chooser *c, const struct tern_problem *p, struct tern_plan *plan,
                       const struct tern_format *format, const struct tern_variant **list, size_t *count) {
    if (tern_plan_for(c->wisdom, c->en->usable, p, format, plan, NULL) != TERN_OK) return;
    for (size_t i = 0; i < *count; i++)
        if (list[i] == plan->variant) return;
    if (*count < LIKELY_MAX) list[(*count)++] = plan->variant;
}

/* Proofs are remembered: what the plans will most likely want is proved at once, on all processors. */
static enum tern_status prove_likely(struct chooser *c, size_t cpus, struct tern_error *e) {
    const struct tern_variant *list[LIKELY_MAX];
    size_t count = 0;
    for (enum tern_role r = 0; r < TERN_ROLES && c->en->act == TERN_ACT_I8; r++) {
        size_t m, k;
        struct tern_plan one = {0}, many;
        tern_role_shape(&c->en->model->hp, r, &m, &k);
        struct tern_problem p = problem_of(c, m, k, 1);
        add_likely(c, &p, &one, NULL, list, &count);
        for (size_t n = 2; one.variant && n <= c->en->ubatch; n *= 2) {
            p = problem_of(c, m, k, n);
            add_likely(c, &p, &many, one.variant->format, list, &count);
        }
    }
    const struct tern_verify_options o = {.usable = c->en->usable, .seed = 1, .effort = TERN_VERIFY_QUICK};
    return count > 1 && cpus > 1 ? tern_prove_all(list, count, cpus, &o, NULL, NULL, e) : TERN_OK;
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

/* The best variant that passes its proof; out->proof NULL when the format has none for this n. */
static enum tern_status choose(struct chooser *c, enum tern_act act, const struct tern_format *format,
                               size_t m, size_t k, size_t n, struct chosen *out, struct tern_error *e) {
    *out = (struct chosen){0};
    struct tern_plan plan = {0};
    const struct tern_problem p = problem_of(c, m, k, n);
    if (act == TERN_ACT_I8) {
        const enum tern_status s = tern_plan_for(c->wisdom, c->en->usable, &p, format, &plan, e);
        if (s == TERN_UNSUPPORTED && n > 1) return TERN_OK;
        if (s != TERN_OK) return s;
    } else if ((plan.variant = tern_variant_static(c->en->usable, act, format, m, k, n))) {
        tern_variant_defaults(plan.variant, plan.param);
    }
    while (plan.variant) {
        const enum tern_status s = prove(c, plan.variant, &out->proof, e);
        if (s != TERN_OK) return s;
        if (out->proof) break;
        plan = (struct tern_plan){.variant = next_best(c, act, format, m, k, n)};
        if (plan.variant) tern_variant_defaults(plan.variant, plan.param);
    }
    memcpy(out->param, plan.param, sizeof out->param);
    out->from_wisdom = plan.from_wisdom;
    out->lent = plan.lent;
    return TERN_OK;
}

/* Nanoseconds of one decoded and one prompt token together, by wisdom; NAN: one of them is not known. */
static double both_ns(const struct chooser *c, size_t m, size_t k, const struct tern_format *format) {
    const struct tern_problem one = problem_of(c, m, k, 1), many = problem_of(c, m, k, c->en->ubatch);
    size_t n = 1;
    const double decode = tern_known_ns(c->wisdom, c->en->usable, &one, format, &n);
    const double prefill = tern_known_ns(c->wisdom, c->en->usable, &many, format, &n);
    return decode + prefill / (double)n;
}

/* The packed format that decode and prefill share: the one that wisdom's winner of decode wants, unless
 * wisdom has measured both in prefill's format as well and a token of each is then cheaper together. */
static enum tern_status choose_decode(struct chooser *c, const struct shape_plan *sp, struct chosen *plan,
                                      struct tern_error *e) {
    const enum tern_act act = c->en->act;
    const struct tern_format *const only = act == TERN_ACT_F32 ? &tern_format_planes : NULL;
    enum tern_status s = choose(c, act, only, sp->m, sp->k, 1, plan, e);
    if (s != TERN_OK || !plan->from_wisdom || c->en->ubatch == 1) return s;
    const struct tern_problem many = problem_of(c, sp->m, sp->k, c->en->ubatch);
    const struct tern_wisdom_entry *other = tern_wisdom_nearest(c->wisdom, c->en->usable, &many);
    const struct tern_variant *v = other ? tern_variant_named(other->variant) : NULL;
    if (!v || v->format == variant_of(plan)->format) return TERN_OK;
    const double as_decode = both_ns(c, sp->m, sp->k, variant_of(plan)->format);
    if (!(both_ns(c, sp->m, sp->k, v->format) < as_decode)) return TERN_OK;
    struct chosen its;
    s = choose(c, act, v->format, sp->m, sp->k, 1, &its, e);
    if (s == TERN_OK && its.proof) *plan = its;
    return s;
}

static enum tern_status plan_shape(struct chooser *c, struct shape_plan *sp, struct tern_error *e) {
    enum tern_status s = choose_decode(c, sp, &sp->bucket[0], e);
    if (s != TERN_OK) return s;
    if (!sp->bucket[0].proof)
        return tern_fail(e, TERN_UNSUPPORTED, "engine: %zux%zu: no variant passed its proof: %.300s", sp->m,
                         sp->k, c->en->facts.warning);
    const struct tern_format *format = variant_of(&sp->bucket[0])->format;
    for (size_t b = 1; b < BUCKETS; b++) {
        sp->bucket[b] = sp->bucket[b - 1];
        if ((size_t)1 << b > c->en->ubatch) continue;
        struct chosen plan;
        s = choose(c, c->en->act, format, sp->m, sp->k, (size_t)1 << b, &plan, e);
        if (s != TERN_OK) return s;
        sp->bucket[b] = plan.proof ? plan : sp->bucket[0]; /* token by token when there is no GEMM */
    }
    return TERN_OK;
}

#define PLANS_MAX 10 /* seven roles and two merged pieces, and one to spare */

static const struct shape_plan *plan_of(void *ctx, size_t m, size_t k) {
    struct chooser *c = ctx;
    struct tern_engine *en = c->en;
    for (size_t i = 0; i < en->plans; i++)
        if (en->plan[i].m == m && en->plan[i].k == k) return &en->plan[i];
    if (en->plans == PLANS_MAX) return NULL;
    struct shape_plan *sp = &en->plan[en->plans];
    *sp = (struct shape_plan){.m = m, .k = k};
    c->status = plan_shape(c, sp, c->error);
    if (c->status != TERN_OK) return NULL;
    en->plans++;
    return sp;
}

static size_t plain_layers(const struct tern_model *m, enum tern_role r) {
    size_t n = 0;
    for (uint32_t i = 0; i < m->hp.layers; i++) n += tern_role_of(&m->layer[i], r)->plain != 0;
    return n;
}

static double plain_weights(const struct tern_model *m) {
    double sum = 0;
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        size_t rows, cols;
        tern_role_shape(&m->hp, r, &rows, &cols);
        sum += (double)rows * (double)cols * (double)plain_layers(m, r);
    }
    return sum;
}

/* "gemv_... prefetch=4096 (75 %), ..." of the variants of one bucket, by their share of the weights. */
static double weights_of(const struct shape_plan *sp) {
    return (double)sp->m * (double)sp->k * (double)sp->calls;
}

static void describe(const struct tern_engine *en, size_t bucket, char *out, size_t bytes) {
    size_t at = 0;
    for (size_t i = 0; i < en->plans; i++) {
        const struct chosen *p = &en->plan[i].bucket[bucket];
        double share = 0;
        size_t first = i;
        for (size_t j = en->plans; j-- > 0;) {
            const struct chosen *q = &en->plan[j].bucket[bucket];
            if (q->proof != p->proof || memcmp(q->param, p->param, sizeof p->param)) continue;
            first = j;
            share += weights_of(&en->plan[j]);
        }
        if (first != i || share == 0 || at >= bytes) continue;
        char params[96];
        tern_variant_params_text(variant_of(p), p->param, params, sizeof params);
        at += (size_t)snprintf(out + at, bytes - at, "%s%s%s%s (%.0f %% of the weights)", at ? ", " : "",
                               variant_of(p)->name, strcmp(params, "-") ? " " : "",
                               strcmp(params, "-") ? params : "", 100 * share / en->facts.macs_per_token);
    }
    const double plain = plain_weights(en->model);
    if (plain > 0 && at < bytes)
        snprintf(out + at, bytes - at, "%sdense rows (%.0f %% of the weights)", at ? ", " : "",
                 100 * plain / en->facts.macs_per_token);
}

static double macs_per_token(const struct tern_hparams *hp) {
    double sum = 0;
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        size_t m, k;
        tern_role_shape(hp, r, &m, &k);
        sum += (double)m * (double)k * hp->layers;
    }
    return sum;
}

enum tern_regime tern_engine_regime(const struct tern_engine *en, const struct tern_machine *m) {
    return macs_per_token(&en->model->hp) / 4 <= (double)m->l2_bytes ? TERN_HOT : TERN_WCOLD;
}

/* Plans of what is packed, once that is decided. */
static enum tern_status plan_pieces(struct chooser *c, const struct tern_engine_options *o) {
    struct tern_engine *en = c->en;
    const size_t layers = en->model->hp.layers;
    const struct piece_plans plans = {c, plan_of, en->act == TERN_ACT_I8 ? c->wisdom : NULL, c->regime};
    const enum tern_status s = tern_engine_pieces(en, o->merge, &plans);
    if (s != TERN_OK) return c->status;
    for (size_t i = 0; i < en->pieces; i++) {
        struct piece *p = &en->piece[i];
        const size_t ternary = layers - plain_layers(en->model, p->role[0]);
        ((struct shape_plan *)(uintptr_t)p->plan)->calls += ternary;
        en->facts.planned += p->roles * ternary;
        if (p->plan->bucket[0].from_wisdom) en->facts.from_wisdom += p->roles * ternary;
        if (p->plan->bucket[0].lent) en->facts.lent += p->roles * ternary;
    }
    en->facts.merged_qkv = en->qkv_pieces == 1;
    en->facts.merged_gate_up = en->gated_pieces == 1;
    return TERN_OK;
}

enum tern_status tern_engine_plan(struct tern_engine *en, const struct tern_engine_options *o,
                                  struct tern_error *e) {
    const struct tern_hparams *hp = &en->model->hp;
    const struct tern_machine *machine;
    enum tern_status s = tern_machine_get(&machine, e);
    if (s != TERN_OK) return s;
    en->plan = tern_alloc(PLANS_MAX * sizeof *en->plan);
    if (!en->plan) return tern_fail(e, TERN_NO_MEMORY, "engine: plans: out of memory");
    en->facts.macs_per_token = macs_per_token(hp);
    struct chooser c = {.en = en, .wisdom = o->wisdom, .error = e};
    c.regime = tern_engine_regime(en, machine);
    if ((s = prove_likely(&c, machine->cpus, e)) != TERN_OK) return s;
    if ((s = plan_pieces(&c, o)) != TERN_OK) return s;
    describe(en, 0, en->facts.decode_plan, sizeof en->facts.decode_plan);
    describe(en, tern_engine_bucket(en->ubatch), en->facts.prefill_plan, sizeof en->facts.prefill_plan);

    return tern_head_choose(en, o->head, e);
}

int tern_engine_same_plan(const struct tern_engine *a, const struct tern_engine *b, size_t tokens) {
    const size_t by_a = tokens == 1 ? a->threads_decode : a->threads_prefill;
    const size_t by_b = tokens == 1 ? b->threads_decode : b->threads_prefill;
    if (a->pieces != b->pieces || by_a != by_b || a->ubatch != b->ubatch) return 0;
    for (size_t i = 0; i < a->pieces; i++) {
        const struct piece *x = &a->piece[i], *y = &b->piece[i];
        const struct chosen *p = tern_engine_plan_for(x->plan, tokens),
                            *q = tern_engine_plan_for(y->plan, tokens);
        if (x->m != y->m || x->k != y->k || x->pair != y->pair || p->proof != q->proof ||
            memcmp(p->param, q->param, sizeof p->param))
            return 0;
    }
    return 1;
}
