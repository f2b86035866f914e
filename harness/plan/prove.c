/* Proofs of the variants that a plan wants. */
#include "harness/plan/choose.h"
#include "kernels/verify/verify.h"

#include <stdio.h>
#include <string.h>

#define LIKELY_MAX 16

static struct tern_verify_options quick(const struct chooser *c) {
    return (struct tern_verify_options){.usable = c->request->usable, .seed = 1, .effort = TERN_VERIFY_QUICK};
}

int tern_chooser_refused(const struct chooser *c, const struct tern_variant *v) {
    for (size_t i = 0; i < c->refused_count; i++)
        if (c->refused[i] == v) return 1;
    return 0;
}

enum tern_status tern_chooser_prove(struct chooser *c, const struct tern_variant *v,
                                    const struct tern_proof **proof, struct tern_error *e) {
    *proof = NULL;
    if (tern_chooser_refused(c, v)) return TERN_OK;
    const struct tern_verify_options o = quick(c);
    struct tern_verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    const enum tern_status s = tern_prove(v, &o, &verdict, proof, e);
    if (s != TERN_OK && s != TERN_CHECK_FAILED) return s;
    if (*proof) return TERN_OK;
    if (c->refused_count == TERN_REFUSED_MAX)
        return tern_fail(e, TERN_CHECK_FAILED, "engine: more than %d variants failed their proof",
                         TERN_REFUSED_MAX);
    c->refused[c->refused_count++] = v;
    char *text = c->plan->warning;
    const size_t at = strlen(text);
    snprintf(text + at, sizeof c->plan->warning - at, "%s%s refused: %s: %s", at ? "; " : "", v->name,
             tern_verdict_name(verdict.kind), verdict.text);
    return TERN_OK;
}

static void add_likely(const struct chooser *c, const struct tern_problem *p, struct tern_plan *plan,
                       const struct tern_format *format, const struct tern_variant **list, size_t *count) {
    if (tern_chooser_plan(c, p, format, plan, NULL) != TERN_OK) return;
    for (size_t i = 0; i < *count; i++)
        if (list[i] == plan->variant) return;
    if (*count < LIKELY_MAX) list[(*count)++] = plan->variant;
}

enum tern_status tern_chooser_prove_likely(const struct chooser *c, struct tern_error *e) {
    const struct plan_request *request = c->request;
    const struct tern_variant *list[LIKELY_MAX];
    size_t count = 0;
    for (enum tern_role r = 0; r < TERN_ROLES && request->act == TERN_ACT_I8; r++) {
        size_t m, k;
        struct tern_plan one = {0}, many;
        tern_role_shape(&request->model->hp, r, &m, &k);
        struct tern_problem p = tern_chooser_problem(c, m, k, 1);
        add_likely(c, &p, &one, NULL, list, &count);
        const struct tern_format *layout = one.from_wisdom ? tern_chooser_layout(c, m, k) : NULL;
        if (layout && layout != one.variant->format) add_likely(c, &p, &one, layout, list, &count);
        for (size_t n = 2; one.variant && n <= request->ubatch; n *= 2) {
            p = tern_chooser_problem(c, m, k, n);
            add_likely(c, &p, &many, one.variant->format, list, &count);
        }
    }
    const struct tern_verify_options o = quick(c);
    return count > 1 && request->cpus > 1 ? tern_prove_all(list, count, request->cpus, &o, NULL, NULL, e)
                                          : TERN_OK;
}
