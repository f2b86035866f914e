/* `tern verify --soak` and `--again`: random cases instead of the listed ones. Internal to cli/verify/. */
#ifndef TERN_CLI_VERIFY_SOAK_H
#define TERN_CLI_VERIFY_SOAK_H

#include "kernels/verify/soak/soak.h"

enum tern_cli_verify_output { TERN_CLI_VERIFY_TEXT, TERN_CLI_VERIFY_TAP, TERN_CLI_VERIFY_JSON };

struct tern_cli_soak {
    const struct tern_variant *const *variant;
    size_t variants;
    const size_t *operation; /* of kernels/verify/operations.h */
    size_t operations;
    struct tern_soak_options options;
    enum tern_cli_verify_output output;
    int quiet;         /* no progress bar */
    const char *level; /* the instruction sets that may be used, for the header */
};

/* Soaks, prints what failed and the count of each family, and returns the exit code. */
int tern_cli_soak(const struct tern_cli_soak *s);

#endif
