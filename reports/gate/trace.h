/* A child under ptrace: counts the instructions between two marks (SIGUSR2), by the processor's counter or by
 * single steps. */
#ifndef TERN_REPORTS_GATE_TRACE_H
#define TERN_REPORTS_GATE_TRACE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* 1 when the kernel lets this process count user-mode instructions of a child. */
int tern_trace_counter_works(char *why, size_t why_bytes);
/* 1 when ptrace works here (a container may forbid it). */
int tern_trace_steps_work(char *why, size_t why_bytes);

/* Runs argv[0] with TERN_GATE_MARK=1. TERN_UNSUPPORTED when it takes more than `steps_max` steps: then the
 * child is ended. */
enum tern_status tern_trace_count(const char *const *argv, int by_counter, uint64_t steps_max,
                                  uint64_t *count, struct tern_error *e);

#endif
