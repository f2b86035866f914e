/* A child process with a time limit and without a shell. Its standard output is thrown away or kept. */
#ifndef TERN_REPORTS_GATE_PROCESS_H
#define TERN_REPORTS_GATE_PROCESS_H

#include "base/status.h"

#include <stddef.h>

/* Runs argv[0] (searched in PATH) and waits for its end. `out` (may be NULL) takes up to out_bytes - 1
 * bytes of its standard output, `said` the end of its standard error. *code is the exit code, or 128 +
 * signal when it was killed. TERN_UNSUPPORTED when it cannot be started, or when it was ended after
 * `limit_seconds`. */
enum tern_status tern_gate_process(const char *const *argv, double limit_seconds, char *out, size_t out_bytes,
                                   char *said, size_t said_bytes, int *code, struct tern_error *e);

#endif
