#include "tuner/wisdom/wisdom.h"

#include "base/isa.h"

#include "kernels/split.h"
#include "tuner/wisdom/ranks/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A split of K that this build cannot do at this shape decides nothing. */
static int may_share(const struct tern_variant *v, const int *param, const struct tern_problem *p) {
    return param[TERN_P_SPLIT] == TERN_SPLIT_ROWS || (p->n == 1 && tern_variant_splits(v, p->m, p->k, NULL));
}

static int may_run(const struct tern_variant *v, uint32_t usable, const struct tern_problem *p,
                   const struct tern_format *format, const char **why) {
    *why = "its results are not the int32 sums that a plan needs";
    if (v->act != TERN_ACT_I8) return 0;
    *why = "another weight format is required here";
    if (format && v->format != format) return 0;
    return tern_variant_fits(v, usable, p->m, p->k, p->n, why);
}

/* Decode (one token) and prefill are different operations: neither's wisdom speaks for the other. */
static const struct tern_wisdom_entry *nearest(const struct tern_wisdom *w, uint32_t usable,
                                               const struct tern_problem *p,
                                               const struct tern_format *format) {
    const struct tern_wisdom_entry *best = NULL;
    double best_distance = INFINITY;
    for (size_t i = 0; w && i < w->count; i++) {
        const struct tern_wisdom_entry *en = &w->entry[i];
        const struct tern_problem *q = &en->problem;
        const char *why;
        if (q->m != p->m || q->k != p->k || q->threads != p->threads || (q->n == 1) != (p->n == 1)) continue;
        if (strcmp(en->objective, "time") || (en->of_layout && !format)) continue;
        const struct tern_variant *v = tern_variant_named(en->variant);
        if (!v || !v->exact || !may_run(v, usable, p, format, &why)) continue;
        if (strcmp(en->code, tern_variant_code_key(v)) || !may_share(v, en->param, p)) continue;
        /* Cold and capped-cold are next of kin; any other regime counts less than any difference in tokens.
         */
        const double off = q->regime == p->regime                               ? 0
                           : (q->regime == TERN_HOT) == (p->regime == TERN_HOT) ? 1e-9
                                                                                : 2e-9;
        /* Of equals the winner has met more than its own layout. */
        const double apart = en->of_layout ? 1e-10 : 0;
        const double distance = fabs(log((double)q->n / (double)p->n)) + off + apart;
        if (distance < best_distance) best = en, best_distance = distance;
    }
    return best;
}

const struct tern_wisdom_entry *tern_wisdom_nearest(const struct tern_wisdom *w, uint32_t usable,
                                                    const struct tern_problem *p,
                                                    const struct tern_format *format) {
    return nearest(w, usable, p, format);
}

static int is_named(const struct tern_plan *plan, const char *text) {
    int param[TERN_MAX_PARAMS];
    return tern_wisdom_named(text, param) == plan->variant && !memcmp(param, plan->param, sizeof param);
}

/* An entry tells the time of what it names, and a winner's that of the default that it beat. */
static void take_time(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *p,
                      struct tern_plan *out) {
    const struct tern_wisdom_entry *own = nearest(w, usable, p, out->variant->format),
                                   *winner = nearest(w, usable, p, NULL);
    const struct tern_wisdom_entry *en = NULL;
    double ns = NAN;
    if (own && !own->lent && own->problem.n == (winner ? winner->problem.n : own->problem.n) &&
        tern_variant_named(own->variant) == out->variant &&
        !memcmp(own->param, out->param, sizeof own->param))
        en = own, ns = own->median_ns;
    else if (winner && !winner->lent && winner->ratio > 0 && is_named(out, winner->base))
        en = winner, ns = winner->median_ns / winner->ratio;
    if (!en) return;
    out->token_ns = ns / (double)en->problem.n;
    out->tuned_n = en->problem.n;
}

/* What TERN_KERNEL names, where it fits; out->variant is NULL where it does not. */
static enum tern_status take_forced(uint32_t usable, const struct tern_problem *p,
                                    const struct tern_format *format, struct tern_plan *out,
                                    struct tern_error *e) {
    const char *forced = getenv("TERN_KERNEL"), *why;
    *out = (struct tern_plan){.token_ns = NAN};
    if (!p->m || !p->k || !p->n)
        return tern_fail(e, TERN_BAD_INPUT, "plan: %zux%zux%zu: no side may be 0", p->m, p->k, p->n);
    if (!forced || !*forced) return TERN_OK;
    const struct tern_variant *v = tern_variant_named(forced);
    if (!v) return tern_fail(e, TERN_BAD_INPUT, "TERN_KERNEL: '%s': no such variant; see tern list", forced);
    if ((v->isa & usable) != v->isa) {
        char needs[160];
        tern_isa_text(v->isa, needs, sizeof needs);
        return tern_fail(e, TERN_UNSUPPORTED,
                         "TERN_KERNEL: '%s': needs %s, which this machine or TERN_ISA does not have", forced,
                         needs);
    }
    if (!may_run(v, usable, p, format, &why)) return TERN_OK;
    out->variant = v;
    tern_variant_defaults(v, out->param);
    return TERN_OK;
}

enum tern_status tern_plan_default(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *p,
                                   const struct tern_format *format, struct tern_plan *out,
                                   struct tern_error *e) {
    const enum tern_status s = take_forced(usable, p, format, out, e);
    if (s || out->variant) return s;
    const struct tern_rank *rank = w ? tern_ranks_decide(w->ranks, usable, p, format, &out->ranks) : NULL;
    if (rank) {
        out->variant = rank->variant;
        memcpy(out->param, rank->param, sizeof out->param);
    } else if ((out->variant = tern_variant_static(usable, TERN_ACT_I8, format, p->m, p->k, p->n))) {
        tern_variant_defaults(out->variant, out->param);
    } else {
        return tern_fail(e, TERN_UNSUPPORTED, "plan: %zux%zux%zu: no variant%s%s computes this shape", p->m,
                         p->k, p->n, format ? " of format " : "", format ? format->name : "");
    }
    take_time(w, usable, p, out);
    return TERN_OK;
}

enum tern_status tern_plan_for(const struct tern_wisdom *w, uint32_t usable, const struct tern_problem *p,
                               const struct tern_format *format, struct tern_plan *out,
                               struct tern_error *e) {
    const enum tern_status s = take_forced(usable, p, format, out, e);
    if (s || out->variant) return s;
    const struct tern_wisdom_entry *en = nearest(w, usable, p, format);
    if (en) {
        out->variant = tern_variant_named(en->variant);
        memcpy(out->param, en->param, sizeof out->param);
        out->from_wisdom = 1;
        if (!en->lent) out->token_ns = en->median_ns / (double)en->problem.n, out->tuned_n = en->problem.n;
        out->lent = en->lent;
        return TERN_OK;
    }
    return tern_plan_default(w, usable, p, format, out, e);
}
