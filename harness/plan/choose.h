/* Choosing a proved variant for a shape. Private to harness/plan/. */
#ifndef TERN_HARNESS_PLAN_CHOOSE_H
#define TERN_HARNESS_PLAN_CHOOSE_H

#include "harness/plan/plan.h"

#define TERN_REFUSED_MAX 64

struct chooser {
    const struct plan_request *request;
    struct model_plan *plan;
    const struct tern_variant *refused[TERN_REFUSED_MAX]; /* they failed their proof */
    size_t refused_count;
    int untuned
        [2]; /* decode, several tokens: what the tuner found is not used, because the plan as a whole was not
                       shown to be faster with it (tuner/wisdom/plan_verdict.h) */
};

/* layout.c */
struct tern_problem tern_chooser_problem(const struct chooser *c, size_t m, size_t k, size_t n);
/* The decision of wisdom, or of ranks, without its proof. As tern_plan_for. */
enum tern_status tern_chooser_plan(const struct chooser *c, const struct tern_problem *p,
                                   const struct tern_format *format, struct tern_plan *out,
                                   struct tern_error *e);
/* The layout that wisdom chooses for decode and prefill together; NULL when it does not know. */
const struct tern_format *tern_chooser_layout(const struct chooser *c, size_t m, size_t k);

/* prove.c */
int tern_chooser_refused(const struct chooser *c, const struct tern_variant *v);
/* *proof is NULL when the variant is refused; the plan's warning then says why. */
enum tern_status tern_chooser_prove(struct chooser *c, const struct tern_variant *v,
                                    const struct tern_proof **proof, struct tern_error *e);
/* Proves at once, on all processors, what the plan will most likely want. Proofs are remembered. */
enum tern_status tern_chooser_prove_likely(const struct chooser *c, struct tern_error *e);

/* choose.c: the plan of a shape, made when it is first asked for. */
enum tern_status tern_chooser_shape(struct chooser *c, size_t m, size_t k, struct shape_plan **out,
                                    struct tern_error *e);

/* merge.c: lists the projections of the plan. */
enum tern_status tern_chooser_projections(struct chooser *c, struct tern_error *e);

#endif
