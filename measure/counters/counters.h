/* Event counters: cycles, instructions, cache misses of the processor; page faults and switches of the
 * kernel; tern's own tally.
 *
 * Most machines that people rent have no processor counters, so "no, because" is an answer as good as a
 * number here: nothing is counted unless a known loop has just been seen to move it, and every refusal has a
 * reason that a report can print. Nothing is multiplexed: what does not fit is counted in another pass
 * (measure/counters/count.h). */
#ifndef TERN_MEASURE_COUNTERS_COUNTERS_H
#define TERN_MEASURE_COUNTERS_COUNTERS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_MAX_COUNTERS 8

struct tern_counters_facts {
    const char *backend; /* "papi", "perf", "sde", or "none" when nothing is built in */
    const char *gives;   /* what it counts, for a person */
    const char
        *why_not; /* NULL when counters work, else the reason: "PAPI: perf_event: no PMU (virtual machine)" */
    const char *remedy; /* what a person can do about it; NULL when counters work */
};
/* The back-end that counts processor events here: PAPI where it works; perf_event_open where it does not, or
 * where there are two kinds of core, which PAPI 7.0 does not know. Probed once per process (up to some tens
 * of milliseconds) by counting a loop of known length. */
const struct tern_counters_facts *tern_counters_facts(void);
/* The reason alone; NULL when counters work. */
const char *tern_counters_why_not(void);

/* Every back-end, each probed: "papi", "perf", "perf software" (events of the kernel), "sde" (the tally). */
const struct tern_counters_facts *tern_counters_backends(size_t *count);

struct tern_counters;

/* Opens `count` (1 .. TERN_MAX_COUNTERS) events for the calling thread, all or none, of one back-end.
 *
 *   PAPI_TOT_CYC, perf::CACHE-MISSES   presets and native names of PAPI
 *   perf:cycles, perf:cpu/event=0x3c/, perf:r003c, perf:page-faults
 *                                      perf_event_open: the names of perf-list(1), of /sys/bus/event_source,
 *                                      or raw; on hybrid processors counted on every kind of core
 *   sde:::tern::kernel_calls           the tally (measure/counters/tally.h), of the whole process, through PAPI
 *
 * Each processor event must move over a loop with loads, misses, branches and floating-point work, else it is
 * refused by name. TERN_UNSUPPORTED with the reason when it cannot be counted here. */
enum tern_status tern_counters_open(const char *const *names, size_t count, struct tern_counters **out,
                                    struct tern_error *e);
/* From zero. */
enum tern_status tern_counters_start(struct tern_counters *c, struct tern_error *e);
/* Counts since start, value[0..count), without stopping. TERN_UNSUPPORTED when some event was not on a
 * counter all the time: it would be an extrapolation. */
enum tern_status tern_counters_read(struct tern_counters *c, int64_t *value, struct tern_error *e);
/* The same, and stops. */
enum tern_status tern_counters_stop(struct tern_counters *c, int64_t *value, struct tern_error *e);
/* By the thread that opened. NULL is allowed. */
void tern_counters_close(struct tern_counters *c);
#endif
