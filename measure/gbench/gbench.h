/* Google Benchmark (1.7) behind plain C: the front end for people and for the exchange of results.
 *
 * Register cases, then run them once with the user's `--benchmark_*` flags; the library's own console and
 * JSON writers do the output. The tuner does not decide by these numbers: it samples in pairs
 * (measure/sampling/sampler.h).
 *
 * The state behind these functions is the library's and so the process's: one thread, one run at a time.
 * Flags keep their values from one run to the next. Without the library in the build every function returns
 * TERN_UNSUPPORTED. */
#ifndef TERN_MEASURE_GBENCH_GBENCH_H
#define TERN_MEASURE_GBENCH_GBENCH_H

#include "base/status.h"
#include "measure/work.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "Google Benchmark 1.7.1"; NULL when the build has none. */
const char *tern_gbench_version(void);

/* One timed run, while its `end` is called. */
struct tern_gbench_state;

enum tern_gbench_counter {
    TERN_GBENCH_PLAIN,     /* as it is */
    TERN_GBENCH_PER_CALL,  /* divided by the calls of the run */
    TERN_GBENCH_PER_SECOND /* divided by the run's real time */
};

/* Pointers to functions and `ctx` are borrowed until the run has ended; texts are copied. 0 or NULL: absent.
 */
struct tern_gbench_case {
    const char *name;  /* unique; "/real_time" is added by the library */
    tern_work_fn work; /* does `calls` calls back to back */
    void *ctx;
    double items, bytes, macs; /* of one call: items_per_second, bytes_per_second, macs_per_second */
    const char *label;
    const char *refused; /* reason why this case may not run: reported as an error, never timed */
    /* Asked before the first call and before any timing: NULL, or the reason why it may not run (copied). */
    const char *(*allowed)(void *ctx);
    /* Right before and after the timed loop of every run; the library may make several, the last is reported.
     */
    void (*begin)(void *ctx);
    void (*end)(void *ctx, uint64_t calls, struct tern_gbench_state *s);
    uint64_t batch;     /* calls between two looks at the loop's end; 0: calibrated to about 100 us */
    double min_seconds; /* 0: --benchmark_min_time decides */
    int repetitions;    /* 0: --benchmark_repetitions decides */
};

/* TERN_BAD_INPUT without a name or a work function. */
enum tern_status tern_gbench_register(const struct tern_gbench_case *c, struct tern_error *e);

/* Only inside `end`: adds a counter to the run. A value that is not finite is left out, because the library
 * would write JSON that is none. TERN_BAD_INPUT for a name that the library uses itself. */
enum tern_status tern_gbench_count(struct tern_gbench_state *s, const char *name, double value,
                                   enum tern_gbench_counter kind, struct tern_error *e);
/* Only inside `end`: replaces the label. */
void tern_gbench_label(struct tern_gbench_state *s, const char *label);

/* A line of the context that is printed before the results and written to the JSON. The run itself adds
 * "tern" (its version), "machine" (hard key) and "isa"; the caller adds what else decides the numbers, such
 * as the seed. TERN_BAD_INPUT for a key that is there already or that the library uses itself. */
enum tern_status tern_gbench_context(const char *key, const char *value, struct tern_error *e);

/* One reported line. Borrowed during the call of the sink. */
struct tern_gbench_row {
    const char *name;
    const char
        *aggregate; /* "mean", "median", "stddev" of the repetitions; NULL for a run. "cv" is not passed on */
    const char *label, *error; /* NULL: none */
    double real_ns, cpu_ns;    /* per call; cpu is the calling thread's. NaN with an error */
    int64_t calls;
    int64_t repetition, repetitions;
    const char *const *counter; /* names and values, rates included */
    const double *value;
    size_t counters;
};
typedef void (*tern_gbench_sink)(void *user, const struct tern_gbench_row *row);

struct tern_gbench_result {
    size_t matched; /* cases that the filter let through */
    size_t failed;  /* runs reported as errors */
};

/* Runs the registered cases and forgets them. argv[0] is the program; every other argument must be a flag of
 * the library. `sink` (may be NULL) sees what the display shows. TERN_BAD_INPUT: an unknown flag, a value it
 * does not take, a filter that is malformed or matches nothing. TERN_UNSUPPORTED: --benchmark_perf_counters,
 * which distributions build without; tern has counters of its own. TERN_IO: the output could not be written.
 */
enum tern_status tern_gbench_run(int argc, char *const *argv, tern_gbench_sink sink, void *user,
                                 struct tern_gbench_result *out, struct tern_error *e);

#ifdef __cplusplus
}
#endif

#endif
