/* What the files of the end-to-end tests share. */
#ifndef TERN_HARNESS_TIMING_E2E_INTERNAL_H
#define TERN_HARNESS_TIMING_E2E_INTERNAL_H

#include "base/talk/progress.h"
#include "harness/timing/e2e.h"
#include "measure/ceilings/ceilings.h"
#include "measure/energy/energy.h"

/* The alternatives of a round: the ceilings, then the tests. */
enum { TERN_E2E_READ, TERN_E2E_INT8, TERN_E2E_CEILINGS };

/* What one run at one thread count works with. */
struct tern_e2e_bench {
    const struct tern_e2e_options *o;
    struct tern_engine *en;
    int32_t *ids;
    float *logits;
    double *rate, *joules, *share; /* [test][round] */
    double *peak;                  /* [ceiling][round], work per ns */
    size_t tests, done;            /* done: samples of this thread count, for the progress bar */
    struct tern_ceiling *ceiling[TERN_E2E_CEILINGS]; /* NULL: not measured */
    char why_no_ceiling[TERN_E2E_CEILINGS][256], why_no_joules[400];
    struct tern_energy *energy;
    double idle_watts;
    struct tern_progress bar;
    enum tern_status status; /* of the engine; what follows a failure is not run */
    struct tern_error *e;
};

static inline size_t tern_e2e_tokens(const struct tern_e2e_bench *b, size_t test) {
    return test < b->o->prompt_count ? b->o->prompts[test] : b->o->generate;
}

/* e2e_linear.c: the parts of a token by the clocks of the operations: the breakdown that was asked for, and the
 * linear layers beside what the plan predicts. `once` runs the test. */
enum tern_status tern_e2e_take_apart(struct tern_e2e_bench *b, size_t test,
                                     enum tern_status (*once)(const struct tern_e2e_bench *b, size_t test,
                                                              struct tern_error *e),
                                     struct tern_e2e_row *row, struct tern_error *e);

/* The figures of a test from its rounds. */
void tern_e2e_fill_row(const struct tern_e2e_bench *b, size_t test, struct tern_e2e_row *row);

#endif
