/* The final of whole plans: what the tuner found against what would be used had nothing been tuned, in the engine, by
 * turns, judged by the time of the linear layers. Winners of single problems promise a sum; here the engine shows what
 * it makes of it, and a plan that is not shown to be faster is not used. */
#ifndef TERN_HARNESS_TIMING_PLAN_FINAL_H
#define TERN_HARNESS_TIMING_PLAN_FINAL_H

#include "base/status.h"
#include "measure/statistics.h"
#include "models/model.h"
#include "tuner/wisdom/plan_verdict.h"

#define TERN_PLAN_FINAL_SHAPES 10

struct tern_plan_final_options {
    const struct tern_hparams *hp;    /* of a model, of which as many layers run as do not fit a cache */
    const struct tern_wisdom *wisdom; /* with its ranks; its verdicts are not looked at */
    const char *races;                /* as in struct tern_engine_options */
    size_t threads, prompt;           /* tokens of a step of prefill; 1: decode alone */
    double seconds;                   /* rounds end then, once there are six */
    uint64_t seed;
    const volatile int *stop; /* may be NULL */
};

/* Of the plan that is used, seconds per token for all layers of the model. */
struct tern_plan_final_phase {
    double predicted;              /* sum of medians; NaN: wisdom does not know every layer */
    struct tern_estimate measured; /* n == 0: not measured */
};

struct tern_plan_final_shape {
    size_t m, k;
    const char *layout, *decode, *prefill; /* names of a format and of variants */
};

struct tern_plan_final {
    struct tern_plan_verdict verdict;
    struct tern_plan_final_phase decode, prefill;
    struct tern_plan_final_shape shape[TERN_PLAN_FINAL_SHAPES];
    size_t shapes, layers; /* layers: that ran */
};

/* Engines are made one after the other, and their variants proved: call this where there are no threads.
 * TERN_INCONCLUSIVE when it was stopped. */
enum tern_status tern_plan_final(const struct tern_plan_final_options *o, struct tern_plan_final *out,
                                 struct tern_error *e);

/* The rule, for a phase in which the plans differ and for one in which they do not (over.n == 0). With the same layouts
 * decode and prefill are judged apart. With other layouts the tuned plan is used as a whole: when one phase is faster
 * with its whole interval, none is slower with its whole interval, and the sum of one decoded and one prompt token is less by the
 * medians; where a mix is said, when the weighted sum of both is less at the far ends of their intervals. `ns`: what a token takes in decode and in prefill, untuned. */
void tern_plan_final_judge(struct tern_plan_verdict *v, int same_layouts, const struct tern_mix *mix,
                           const double ns[2]);

#endif
