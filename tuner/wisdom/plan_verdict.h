/* What came of the plan as a whole: the linear layers of a model in the engine, once by the entries of wisdom and once
 * as if nothing was tuned, by turns. The sum of winners is a promise; this is what the engine made of it. Where the
 * tuned plan was not shown to be faster, the untuned one stays. */
#ifndef TERN_TUNER_WISDOM_PLAN_VERDICT_H
#define TERN_TUNER_WISDOM_PLAN_VERDICT_H

#include "measure/statistics.h"
#include "models/model.h"
#include "tuner/wisdom/wisdom.h"

/* Of decode or of prefill. */
struct tern_plan_phase {
    int untuned; /* 1: the untuned choices are used */
    struct tern_ratio
        over; /* time of the tuned plan over that of the untuned one; n == 0: they are the same */
};

/* Models of the same shapes share a verdict. */
struct tern_plan_verdict {
    size_t hidden, q, kv, ffn, threads;
    struct tern_plan_phase decode, prefill;
    char date[24];
};

/* The names of a model's shapes, with a thread count; all else is 0. */
struct tern_plan_verdict tern_plan_verdict_of(const struct tern_hparams *hp, size_t threads);
/* NULL: nothing is known of a plan of these shapes. */
const struct tern_plan_verdict *tern_plan_verdict_find(const struct tern_wisdom *w,
                                                       const struct tern_hparams *hp, size_t threads);
/* Inserts, or replaces that of the same shapes and threads. */
enum tern_status tern_plan_verdict_put(struct tern_wisdom *w, const struct tern_plan_verdict *v,
                                       struct tern_error *e);
/* They speak of the entries that there were: call it when entries change. */
void tern_plan_verdict_forget(struct tern_wisdom *w);

#endif
