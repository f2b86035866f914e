/* One verification in a child process, where a fault or a hang does no harm: it becomes a verdict here.
 * Internal to kernels/. */
#ifndef TERN_KERNELS_VERIFY_CHILD_H
#define TERN_KERNELS_VERIFY_CHILD_H

#include "kernels/verify/cases.h"

#include <sys/types.h>

/* What is verified: its name in messages, and what runs its cases. */
struct tern_verify_subject {
    const char *name;
    void (*run)(const void *subject, uint64_t seed, enum tern_verify_effort effort,
                struct tern_case_report *out);
    const void *subject;
};

/* So many can run at the same time. */
enum { TERN_VERIFY_JOBS_MAX = 64 };

struct tern_verify_child {
    pid_t pid;
    int fd; /* becomes readable when the child has finished or died */
    unsigned timeout;
    double started;
};

enum tern_status tern_verify_start(const struct tern_verify_subject *v, const struct tern_verify_options *o,
                                   struct tern_verify_child *c, struct tern_error *e);
/* Ends the child without a verdict. */
void tern_verify_kill(struct tern_verify_child *c);
/* Blocks until one of `running` children has finished or died; its place. `running` when the caller is to stop: `stop` may
 * be NULL. */
size_t tern_verify_wait(const struct tern_verify_child *c, size_t running, const volatile int *stop);
/* Waits for the child. The verdict says what happened to it. */
void tern_verify_collect(struct tern_verify_child *c, struct tern_verdict *verdict);

/* Makes it a TERN_NOT_RUN that "needs avx2". */
void tern_verify_lacks(uint32_t missing, struct tern_verdict *verdict);
/* The clock of time limits. */
double tern_verify_seconds(void);

#endif
