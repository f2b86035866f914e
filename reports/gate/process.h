/* A child process with a time limit, no shell, its standard output thrown away or kept. */
#ifndef TERN_REPORTS_GATE_PROCESS_H
#define TERN_REPORTS_GATE_PROCESS_H

#include "base/status.h"

#include <stddef.h>

/* Runs argv[0] (searched in PATH) and waits. `out` (may be NULL) takes up to out_bytes - 1 of its standard
 * output, `said` what its standard error ended with. *code is the exit code, 128 + signal when it was killed.
 * TERN_UNSUPPORTED when it cannot be started or takes longer than `limit_seconds` and was ended. */
enum tern_status tern_gate_process(const char *const *argv, double limit_seconds, char *out, size_t out_bytes,
                                   char *said, size_t said_bytes, int *code, struct tern_error *e);

#endif
