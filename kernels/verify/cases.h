/* The list of verification cases of one variant. Internal to kernels/. */
#ifndef TERN_KERNELS_VERIFY_CASES_H
#define TERN_KERNELS_VERIFY_CASES_H

#include "kernels/verify/verify.h"

struct tern_case_report {
    unsigned cases; /* compared */
    int failed;
    char text[320]; /* the first failing case and what was wrong */
};

/* Runs the cases of this effort until the first failure. A fault of the variant is a fault of this process:
 * call this in a child process. */
void tern_run_cases(const struct tern_variant *v, uint64_t seed, enum tern_verify_effort effort,
                    struct tern_case_report *out);

#endif
