/* A child under ptrace: what it executes between two marks (SIGUSR2), counted by the processor or by steps.
 */
#ifndef TERN_REPORTS_GATE_TRACE_H
#define TERN_REPORTS_GATE_TRACE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* 1 when the kernel lets this process count user-mode instructions of a child. */
int tern_trace_counter_works(char *why, size_t why_bytes);
/* 1 when ptrace works here (a container may forbid it). */
int tern_trace_steps_work(char *why, size_t why_bytes);

/* Runs argv[0] with TERN_GATE_MARK=1. More than `steps_max` steps end the child: TERN_UNSUPPORTED. */
enum tern_status tern_trace_count(const char *const *argv, int by_counter, uint64_t steps_max,
                                  uint64_t *count, struct tern_error *e);

#endif
