/* A soak: random cases without end for variants and float operations, for as long as one likes.
 *
 * tern_prove runs the cases that are known to be hard. A soak looks for those that nobody thought of: shapes, parameters,
 * row ranges, shares, threads, slices, alignments and inputs are drawn at random, and each case is compared with the scalar
 * reference (kernels/verify/soak/draw.h says what is drawn). The subjects take turns in child processes, so that a crash or a
 * hang is a verdict too. Each case has a seed, from which it can be made again. */
#ifndef TERN_KERNELS_VERIFY_SOAK_SOAK_H
#define TERN_KERNELS_VERIFY_SOAK_SOAK_H

#include "kernels/verify/verify.h"

struct tern_soak_options {
    uint32_t usable;          /* ISA mask */
    uint64_t seed;            /* case i of a subject is a function of this, of the subject's name and of i */
    double seconds;           /* how long; each subject gets one case at least */
    size_t jobs;              /* subjects that run at the same time, 1 to 64 */
    unsigned timeout_seconds; /* a turn that takes more processor time is a hang; 0: 120 */
    const volatile int *stop; /* may be NULL; non-zero: no turn begins any more */
    uint64_t again;           /* not 0: only the case of this seed, once for each subject */
};

/* What is soaked. The caller fills the first two, and zeros the rest. */
struct tern_soak_subject {
    const struct tern_variant *variant;
    size_t operation;            /* of kernels/verify/operations.h where variant is NULL */
    uint64_t cases, products;    /* compared without a difference; multiply-adds of a variant */
    struct tern_verdict verdict; /* TERN_NOT_RUN with the reason, TERN_PASSED so far, or what was wrong */
    uint64_t bad;                /* the seed of the case that failed; 0: none did */
};

/* Called after each turn. `done` in 0..1. A subject that has failed gets no more turns. */
typedef void tern_soak_fn(void *ctx, const struct tern_soak_subject *s, double done);

/* TERN_OK also when subjects fail: their verdicts tell. */
enum tern_status tern_soak(struct tern_soak_subject *s, size_t count, const struct tern_soak_options *o,
                           tern_soak_fn *report, void *ctx, struct tern_error *e);

/* Writes "gemv_p64_i8_r64k4__avx2" or "op_softmax__avx2". */
void tern_soak_name(const struct tern_soak_subject *s, char *out, size_t out_bytes);
/* Writes what the case of this seed is: "640x2560x1 weights=plus ...". */
void tern_soak_case_text(const struct tern_soak_subject *s, uint64_t seed, char *out, size_t out_bytes);

#endif
