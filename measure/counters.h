/* Hardware event counters of the calling thread: cycles, instructions, cache misses.
 *
 * Most machines that people rent have none, so "no, because" is an answer as good as a number here: nothing
 * is counted unless a known loop has just been seen to move it, and every refusal has a reason that a report
 * can print. */
#ifndef TERN_MEASURE_COUNTERS_H
#define TERN_MEASURE_COUNTERS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_MAX_COUNTERS 8

struct tern_counters_facts {
    const char *backend; /* "papi", or "none" when not built in */
    const char
        *why_not; /* NULL when counters work, else the reason: "PAPI: perf_event: no PMU (virtual machine)" */
    const char *remedy; /* what a person can do about it; NULL when counters work */
};
/* Probed once per process (up to some tens of milliseconds) by counting a loop of known length. */
const struct tern_counters_facts *tern_counters_facts(void);
/* The reason alone; NULL when counters work. */
const char *tern_counters_why_not(void);

struct tern_counters;

/* Opens `count` (1 .. TERN_MAX_COUNTERS) events for the calling thread, all or none, without multiplexing.
 * Names are the back-end's: "PAPI_TOT_CYC", "perf::CACHE-MISSES". Each event must move over a loop with
 * loads, misses, branches and floating-point work, else it is refused by name. TERN_UNSUPPORTED with the
 * reason when it cannot be counted here. */
enum tern_status tern_counters_open(const char *const *names, size_t count, struct tern_counters **out,
                                    struct tern_error *e);
/* From zero. */
enum tern_status tern_counters_start(struct tern_counters *c, struct tern_error *e);
/* Counts since start, value[0..count), without stopping. */
enum tern_status tern_counters_read(struct tern_counters *c, int64_t *value, struct tern_error *e);
/* The same, and stops. */
enum tern_status tern_counters_stop(struct tern_counters *c, int64_t *value, struct tern_error *e);
/* By the thread that opened. NULL is allowed. */
void tern_counters_close(struct tern_counters *c);

#endif
