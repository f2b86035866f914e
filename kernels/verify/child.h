/* One verification in a child process, where a fault or a hang does no harm: it becomes a verdict here.
 * Internal to kernels/. */
#ifndef TERN_KERNELS_VERIFY_CHILD_H
#define TERN_KERNELS_VERIFY_CHILD_H

#include "kernels/verify/verify.h"

#include <sys/types.h>

struct tern_verify_child {
    pid_t pid;
    int fd; /* becomes readable when the child has finished or died */
    unsigned timeout;
    double started;
};

enum tern_status tern_verify_start(const struct tern_variant *v, const struct tern_verify_options *o,
                                   struct tern_verify_child *c, struct tern_error *e);
/* Waits for the child. The verdict says what happened to it. */
void tern_verify_collect(struct tern_verify_child *c, struct tern_verdict *verdict);

#endif
