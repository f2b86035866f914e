#include "harness/plan/plan.h"

#include "base/memory.h"
#include "harness/plan/choose.h"
#include "tuner/wisdom/plan_verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Layers whose weights for this role are not ternary. */
static size_t dense_layers(const struct tern_model *m, enum tern_role r) {
    size_t n = 0;
    for (uint32_t i = 0; i < m->hp.layers; i++) n += tern_role_of(&m->layer[i], r)->plain != 0;
    return n;
}

/* Counts what the plan multiplies, and how much of it wisdom and ranks decided. */
static void count(struct model_plan *p, const struct tern_model *m) {
    for (size_t i = 0; i < p->projections; i++) {
        const struct projection *j = &p->projection[i];
        const size_t ternary = m->hp.layers - dense_layers(m, j->role[0]);
        j->plan->calls += ternary;
        p->planned += j->roles * ternary;
        if (j->plan->bucket[0].from_wisdom) p->from_wisdom += j->roles * ternary;
        if (j->plan->bucket[0].from_ranks) p->from_ranks += j->roles * ternary;
        if (j->plan->bucket[0].lent) p->lent += j->roles * ternary;
    }
}

/* One verdict speaks for decode and prefill, of one thread count. */
static void take_verdict(struct chooser *c) {
    const struct plan_request *r = c->request;
    const size_t threads = r->threads_decode;
    const struct tern_plan_verdict *v = tern_plan_verdict_find(r->wisdom, &r->model->hp, threads);
    if (!v || (r->ubatch > 1 && r->threads_prefill != threads)) return;
    c->untuned[0] = v->decode.untuned;
    c->untuned[1] = v->prefill.untuned;
}

enum tern_status tern_model_plan_make(const struct plan_request *r, struct model_plan *out,
                                      struct tern_error *e) {
    *out = (struct model_plan){0};
    struct plan_request own = *r;
    if (own.act != TERN_ACT_I8) own.wisdom = NULL; /* wisdom is about quantised activations only */
    struct chooser c = {.request = &own, .plan = out};
    take_verdict(&c);
    enum tern_status s = tern_chooser_prove_likely(&c, e);
    if (s == TERN_OK) s = tern_chooser_projections(&c, e);
    if (s == TERN_OK) count(out, r->model);
    return s;
}

void tern_model_plan_free(struct model_plan *p) {
    tern_free(p->shape);
}

double tern_model_macs(const struct tern_hparams *hp) {
    double sum = 0;
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        size_t m, k;
        tern_role_shape(hp, r, &m, &k);
        sum += (double)m * (double)k * hp->layers;
    }
    return sum;
}

enum tern_regime tern_model_regime(const struct tern_hparams *hp, const struct tern_machine *m) {
    return tern_model_macs(hp) / 4 <= (double)m->l2_bytes ? TERN_HOT : TERN_WCOLD;
}

static int same(const struct chosen *a, const struct chosen *b) {
    return a->proof == b->proof && !memcmp(a->param, b->param, sizeof a->param);
}

static double dense_weights(const struct tern_model *m) {
    double sum = 0;
    for (enum tern_role r = 0; r < TERN_ROLES; r++) {
        size_t rows, cols;
        tern_role_shape(&m->hp, r, &rows, &cols);
        sum += (double)rows * (double)cols * (double)dense_layers(m, r);
    }
    return sum;
}

static double weights_of(const struct shape_plan *sp) {
    return (double)sp->m * (double)sp->k * (double)sp->calls;
}

/* Weights that the choice of shape i multiplies, in all shapes; 0 when an earlier shape has the same choice.
 */
static double weights_like(const struct model_plan *p, size_t i, size_t tokens) {
    const struct chosen *its = tern_plan_for_tokens(&p->shape[i], tokens);
    double sum = 0;
    for (size_t j = 0; j < p->shapes; j++) {
        if (!same(tern_plan_for_tokens(&p->shape[j], tokens), its)) continue;
        if (j < i) return 0;
        sum += weights_of(&p->shape[j]);
    }
    return sum;
}

void tern_model_plan_text(const struct model_plan *p, const struct tern_model *m, size_t tokens, char *out,
                          size_t bytes) {
    const double all = tern_model_macs(&m->hp), dense = dense_weights(m);
    size_t at = 0;
    out[0] = 0;
    for (size_t i = 0; i < p->shapes && at < bytes; i++) {
        const double share = weights_like(p, i, tokens) / all;
        if (share == 0) continue;
        const struct chosen *c = tern_plan_for_tokens(&p->shape[i], tokens);
        char params[96];
        tern_variant_params_text(variant_of(c), c->param, params, sizeof params);
        at += (size_t)snprintf(out + at, bytes - at, "%s%s%s%s (%.0f %% of the weights)", at ? ", " : "",
                               variant_of(c)->name, strcmp(params, "-") ? " " : "",
                               strcmp(params, "-") ? params : "", 100 * share);
    }
    if (dense > 0 && at < bytes)
        snprintf(out + at, bytes - at, "%sdense rows (%.0f %% of the weights)", at ? ", " : "",
                 100 * dense / all);
}

double tern_model_plan_ns(const struct model_plan *p, const struct tern_model *m, size_t tokens,
                          size_t *tuned_n) {
    double sum = 0, longest = 0;
    size_t n = 0;
    for (size_t i = 0; i < p->shapes; i++) {
        const struct shape_plan *sp = &p->shape[i];
        const struct chosen *its = tern_plan_for_tokens(sp, tokens);
        if (!sp->calls) continue;
        const double ns = (double)sp->calls * its->token_ns;
        if (ns > longest) longest = ns, n = its->tuned_n;
        sum += ns;
    }
    if (tuned_n) *tuned_n = n;
    return dense_weights(m) > 0 ? NAN : sum;
}

int tern_model_plan_same_layouts(const struct model_plan *a, const struct model_plan *b) {
    if (a->projections != b->projections) return 0;
    for (size_t i = 0; i < a->projections; i++) {
        const struct projection *x = &a->projection[i], *y = &b->projection[i];
        if (x->m != y->m || x->k != y->k ||
            variant_of(&x->plan->bucket[0])->format != variant_of(&y->plan->bucket[0])->format)
            return 0;
    }
    return 1;
}

int tern_model_plan_same(const struct model_plan *a, const struct model_plan *b, size_t tokens) {
    if (a->projections != b->projections) return 0;
    for (size_t i = 0; i < a->projections; i++) {
        const struct projection *x = &a->projection[i], *y = &b->projection[i];
        if (x->m != y->m || x->k != y->k || x->pair != y->pair) return 0;
        if (!same(tern_plan_for_tokens(x->plan, tokens), tern_plan_for_tokens(y->plan, tokens))) return 0;
    }
    return 1;
}
