/* The fixture: proofs, weights, threads and ceilings, made once and shared by everything that times variants
 * in a run. */
#ifndef TERN_TUNER_TRIAL_FIXTURE_H
#define TERN_TUNER_TRIAL_FIXTURE_H

#include "base/pool.h"
#include "kernels/verify/verify.h"
#include "measure/ceilings/ceilings.h"
#include "measure/machine/machine.h"
#include "tuner/trial/test_weights.h"
#include "tuner/trial/trial.h"
#include "tuner/wisdom/wisdom.h"

#define TERN_MAX_TEAMS 64

/* The threads of one thread count, with the ceilings measured on them. */
struct tern_team {
    size_t threads;
    struct tern_pool *pool;
    struct tern_ceiling *read, *int8; /* cold read, integer peak; NULL: not made or not available, see why */
    char why_read[192], why_int8[192];
};

struct tern_fixture {
    const struct tern_machine *machine;
    uint64_t seed;
    const volatile int *stop; /* set by the caller after the opening, may be NULL; non-zero: proofs end */
    size_t cold_bytes;        /* that the copies of one format rotate through */
    enum tern_regime cold;    /* TERN_WCOLD or TERN_WCOLD_CAPPED */
    struct tern_test_weights *test_weights;
    struct tern_team team[TERN_MAX_TEAMS];
    size_t teams;
    const struct tern_proof **proof; /* by place in the registry; NULL: not proved, never timed */
};

/* The machine is borrowed. Close also after a failure. */
enum tern_status tern_fixture_open(const struct tern_machine *m, uint64_t seed, struct tern_fixture *f,
                                   struct tern_error *e);
/* The same, with at most `cold_most` bytes of each format: for those who have no time to pack more. */
enum tern_status tern_fixture_open_within(const struct tern_machine *m, uint64_t seed, size_t cold_most,
                                          struct tern_fixture *f, struct tern_error *e);
void tern_fixture_close(struct tern_fixture *f);

/* Proves a variant; its proof is kept. Call this for all variants before the first team is made: the verifier
 * forks. TERN_OK also when the verdict is no; then the fixture has no proof of it. */
enum tern_status tern_fixture_prove(struct tern_fixture *f, const struct tern_variant *v,
                                    struct tern_verdict *verdict, struct tern_error *e);
/* Proves those of a list that have no proof yet, one process per processor at a time; `report` may be NULL.
 */
enum tern_status tern_fixture_prove_all(struct tern_fixture *f, const struct tern_variant *const *v,
                                        size_t count, tern_verdict_fn *report, void *ctx,
                                        struct tern_error *e);
/* NULL when it was not proved. */
const struct tern_proof *tern_fixture_proof(const struct tern_fixture *f, const struct tern_variant *v);

/* The threads, made at the first request. TERN_UNSUPPORTED when this process has fewer processors. */
enum tern_status tern_fixture_team(struct tern_fixture *f, size_t threads, struct tern_team **out,
                                   struct tern_error *e);
/* Makes both ceilings of a team; what is not available has its reason. */
void tern_fixture_ceilings(struct tern_fixture *f, struct tern_team *t);

/* A trial of a proved variant. The test weights take its shape, which makes trials of another shape invalid. */
enum tern_status tern_fixture_trial(struct tern_fixture *f, const struct tern_variant *v, const int *param,
                                    const struct tern_problem *p, struct tern_trial **out,
                                    struct tern_error *e);

#endif
