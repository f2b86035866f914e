/* Trials: the one place where a variant meets the timer. It takes a proof, never a bare variant.
 *
 * One call of a trial is everything a user pays for one linear layer: the activations are quantised, the
 * variant's preparation runs, the rows are computed, with the barriers between. Calls of one batch run inside
 * one dispatch of the pool. In a cold regime every call reads the next copy of the weights. */
#ifndef TERN_TUNER_TRIAL_TRIAL_H
#define TERN_TUNER_TRIAL_TRIAL_H

#include "base/pool.h"
#include "kernels/verify/verify.h"
#include "tuner/trial/test_weights.h"
#include "tuner/wisdom/wisdom.h"

#include <stdint.h>

struct tern_trial;

/* What one call must read, write and compute, whatever the variant does besides. */
struct tern_trial_facts {
    size_t weight_bytes; /* the packed matrix: compulsory reads in a cold regime */
    size_t input_bytes, output_bytes;
    size_t copies; /* that the calls rotate through */
    double macs;   /* m * k * n */
};

/* Builds the problem around the variant. The test weights must have the problem's shape, the pool its number
 * of threads; both must outlive the trial, which the test weights's next shape or number of tokens ends.
 * `param` in the order of the variant's space, NULL for its initial values. The first and last rows are
 * computed once and compared with the scalar reference on these very weights, so that a variant that is wrong
 * only for this shape is TERN_CHECK_FAILED and has no trial. TERN_HOT is refused (TERN_UNSUPPORTED) when the
 * packed weights exceed `l2_bytes` per thread (0: not known, not checked). */
enum tern_status tern_trial_new(const struct tern_proof *proof, const int *param,
                                const struct tern_problem *p, struct tern_test_weights *test_weights,
                                struct tern_pool *pool, uint32_t usable, size_t l2_bytes,
                                struct tern_trial **out, struct tern_error *e);
void tern_trial_free(struct tern_trial *t);

/* A tern_work_fn: ctx is the trial. */
void tern_trial_run(void *trial, uint64_t calls);

/* Makes the copies that a cold regime rotates through, where the trial was built while the test weights were sparing. */
enum tern_status tern_trial_spread(struct tern_trial *t, struct tern_error *e);

/* A rough guess of the nanoseconds of one call from a few rows on one thread: enough to spare candidates that
 * are hopeless, never reported. */
double tern_trial_guess_ns(struct tern_trial *t);

void tern_trial_facts(const struct tern_trial *t, struct tern_trial_facts *out);

#endif
