/* Verify, then time: the only way from a variant to a timer or an engine.
 *
 * tern_prove runs a variant in a child process, on adversarial inputs between guard pages, and compares its
 * results with the scalar reference. A crash (illegal instruction, bad access), a hang or a wrong bit becomes
 * a verdict with a text, and the caller goes on. Only a pass gives a proof (kernels/proof.h), and nothing
 * runs a variant without its proof. */
#ifndef TERN_KERNELS_VERIFY_VERIFY_H
#define TERN_KERNELS_VERIFY_VERIFY_H

#include "kernels/proof.h"

enum tern_verdict_kind {
    TERN_PASSED,
    TERN_WRONG,     /* a result differs, or a canary byte around a buffer was overwritten */
    TERN_CRASHED,   /* killed by a signal */
    TERN_TIMED_OUT, /* did not finish */
    TERN_NOT_RUN    /* this CPU, TERN_ISA or build does not allow it */
};

struct tern_verdict {
    enum tern_verdict_kind kind;
    unsigned cases; /* shape x input combinations compared */
    double seconds;
    char text[320]; /* empty when passed: else the first failing case, or the signal */
};

enum tern_verify_effort {
    TERN_VERIFY_QUICK, /* the hardest cases, in tens of milliseconds: before a variant is timed or used */
    TERN_VERIFY_FULL   /* all cases: `tern verify` */
};

struct tern_verify_options {
    uint32_t usable; /* ISA mask */
    uint64_t seed;   /* of the random inputs; printed by the caller */
    enum tern_verify_effort effort;
    unsigned timeout_seconds; /* of processor time; 0: 120, or 10 for a quick run */
    const volatile int *stop; /* may be NULL; non-zero: a list ends at once, what runs is killed */
};

/* Proves one variant. *proof is NULL unless the verdict is TERN_PASSED. Proofs are remembered until the
 * process ends: a second call with the same or a lower effort returns at once. */
enum tern_status tern_prove(const struct tern_variant *v, const struct tern_verify_options *o,
                            struct tern_verdict *verdict, const struct tern_proof **proof,
                            struct tern_error *e);

/* Called once for each variant of a list, in the order in which they finish. `index` is the position in the
 * list. */
typedef void tern_verdict_fn(void *ctx, size_t index, const struct tern_verdict *verdict,
                             const struct tern_proof *proof);

/* Proves a list, up to `jobs` at a time. `report` may be NULL. TERN_INCONCLUSIVE when it was stopped. */
enum tern_status tern_prove_all(const struct tern_variant *const *v, size_t count, size_t jobs,
                                const struct tern_verify_options *o, tern_verdict_fn *report, void *ctx,
                                struct tern_error *e);

const char *tern_verdict_name(enum tern_verdict_kind k);

#endif
