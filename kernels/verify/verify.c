#include "kernels/verify/verify.h"

#include "base/isa.h"
#include "base/memory.h"
#include "kernels/proof_make.h"
#include "kernels/verify/child.h"
#include "kernels/verify/earned.h"

#include <stdio.h>
#include <string.h>

struct earned {
    struct tern_proof proof; /* variant NULL: not earned */
    enum tern_verify_effort effort;
    enum tern_earned by;
};

#define PROOFS_MAX 4096
static struct earned proofs[PROOFS_MAX]; /* by position in the registry */

/* 1 when the answer is known without running anything. */
static int answered(const struct tern_variant *v, const struct tern_verify_options *o, size_t at,
                    struct tern_verdict *verdict, const struct tern_proof **proof) {
    *proof = NULL;
    memset(verdict, 0, sizeof *verdict);
    const uint32_t missing = v->isa & ~(o->usable & tern_isa_detected());
    if (missing) {
        tern_verify_lacks(missing, verdict);
        return 1;
    }
    if (!proofs[at].proof.variant || proofs[at].effort < o->effort) return 0;
    verdict->kind = TERN_PASSED;
    *proof = &proofs[at].proof;
    return 1;
}

static const struct tern_proof *accept(const struct tern_variant *v, enum tern_verify_effort effort,
                                       size_t at, const struct tern_verdict *verdict) {
    if (verdict->kind != TERN_PASSED) return NULL;
    proofs[at] = (struct earned){tern_proof_of(v), effort, TERN_EARNED_HERE};
    return &proofs[at].proof;
}

/* Position in the registry, or PROOFS_MAX when it is not there. */
static size_t place(const struct tern_variant *v) {
    size_t count;
    const struct tern_variant *table = tern_variants(&count);
    return v >= table && v < table + tern_min(count, PROOFS_MAX) ? (size_t)(v - table) : PROOFS_MAX;
}

enum tern_earned tern_verify_earned(const struct tern_variant *v) {
    const size_t at = place(v);
    return at < PROOFS_MAX && proofs[at].proof.variant ? proofs[at].by : TERN_NOT_EARNED;
}

int tern_verify_credit(const struct tern_variant *v) {
    const size_t at = place(v);
    if (at == PROOFS_MAX || proofs[at].proof.variant || v->isa & ~tern_isa_detected()) return 0;
    proofs[at] = (struct earned){tern_proof_of(v), TERN_VERIFY_QUICK, TERN_EARNED_EARLIER};
    return 1;
}

static void run_variant(const void *subject, uint64_t seed, enum tern_verify_effort effort,
                        struct tern_case_report *out) {
    tern_run_cases(subject, seed, effort, out);
}

static enum tern_status start(const struct tern_variant *v, const struct tern_verify_options *o,
                              struct tern_verify_child *c, struct tern_error *e) {
    const struct tern_verify_subject subject = {v->name, run_variant, v};
    return tern_verify_start(&subject, o, c, e);
}

enum tern_status tern_prove(const struct tern_variant *v, const struct tern_verify_options *o,
                            struct tern_verdict *verdict, const struct tern_proof **proof,
                            struct tern_error *e) {
    const size_t at = place(v);
    if (at == PROOFS_MAX) return tern_fail(e, TERN_BAD_INPUT, "verify: %s: not in the registry", v->name);
    if (answered(v, o, at, verdict, proof)) return TERN_OK;
    struct tern_verify_child c;
    enum tern_status s = start(v, o, &c, e);
    if (s) return s;
    tern_verify_collect(&c, verdict);
    *proof = accept(v, o->effort, at, verdict);
    return TERN_OK;
}

static enum tern_status stop_all(struct tern_verify_child *child, size_t running, struct tern_error *e) {
    for (size_t i = 0; i < running; i++) tern_verify_kill(&child[i]);
    return tern_fail(e, TERN_INCONCLUSIVE, "verify: stopped");
}

enum tern_status tern_prove_all(const struct tern_variant *const *v, size_t count, size_t jobs,
                                const struct tern_verify_options *o, tern_verdict_fn *report, void *ctx,
                                struct tern_error *e) {
    struct tern_verify_child child[TERN_VERIFY_JOBS_MAX];
    size_t index[TERN_VERIFY_JOBS_MAX]; /* in the list */
    size_t running = 0, next = 0;
    enum tern_status s = TERN_OK;
    jobs = tern_max(1, tern_min(jobs, TERN_VERIFY_JOBS_MAX));
    while (running || (next < count && !s)) {
        struct tern_verdict verdict;
        const struct tern_proof *proof;
        if (o->stop && *o->stop) return stop_all(child, running, e);
        if (next < count && !s && running < jobs) {
            const size_t at = place(v[next]);
            if (at == PROOFS_MAX)
                s = tern_fail(e, TERN_BAD_INPUT, "verify: %s: not in the registry", v[next]->name);
            else if (answered(v[next], o, at, &verdict, &proof)) {
                if (report) report(ctx, next, &verdict, proof);
            } else {
                s = start(v[next], o, &child[running], e);
                index[running] = next;
                running += s == TERN_OK;
            }
            next++;
            continue;
        }
        const size_t i = tern_verify_wait(child, running, o->stop);
        if (i == running) continue;
        const size_t which = index[i];
        tern_verify_collect(&child[i], &verdict);
        child[i] = child[--running];
        index[i] = index[running];
        proof = accept(v[which], o->effort, place(v[which]), &verdict);
        if (report) report(ctx, which, &verdict, proof);
    }
    return s;
}

const char *tern_verdict_name(enum tern_verdict_kind k) {
    static const char *const names[] = {"passed", "WRONG", "CRASHED", "TIMED OUT", "not run"};
    return names[k];
}
