/* What unproved.sh compiles, with CALL defined as one statement that runs a variant. */
#include "kernels/epilogue.h"
#include "kernels/split.h"
#include "kernels/verify/verify.h"
#include "tuner/trial/trial.h"

void unproved(const struct tern_variant *v, const struct tern_proof *p, const struct tern_call *c,
              const struct tern_epilogue *ep, const struct tern_fused *f, const struct tern_problem *q,
              struct tern_test_weights *weights, struct tern_pool *pool, struct tern_trial **trial,
              int32_t *sums, void *scratch);

void unproved(const struct tern_variant *v, const struct tern_proof *p, const struct tern_call *c,
              const struct tern_epilogue *ep, const struct tern_fused *f, const struct tern_problem *q,
              struct tern_test_weights *weights, struct tern_pool *pool, struct tern_trial **trial,
              int32_t *sums, void *scratch) {
    (void)v, (void)p, (void)c, (void)ep, (void)f, (void)q;
    (void)weights, (void)pool, (void)trial, (void)sums, (void)scratch;
    CALL;
}
