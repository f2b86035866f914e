/* What a source of counters provides. Internal to measure/; tests bring their own. */
#ifndef TERN_MEASURE_COUNTERS_BACKEND_H
#define TERN_MEASURE_COUNTERS_BACKEND_H

#include "measure/counters/counters.h"

struct tern_counters_backend {
    const char *name;
    const char *cycles, *instructions; /* names of the two events of the live probe; NULL: see `known` */
    enum tern_status (*open)(const char *const *names, size_t count, void **state, struct tern_error *e);
    enum tern_status (*start)(void *state, struct tern_error *e);
    enum tern_status (*read)(void *state, int64_t *value, struct tern_error *e);
    enum tern_status (*stop)(void *state, int64_t *value, struct tern_error *e);
    void (*close)(void *state);
    int (*may_rest)(const char *name);              /* NULL: every event must move over the known loop */
    enum tern_status (*loop)(struct tern_error *e); /* NULL: the loop of counters.c */
};

extern const struct tern_counters_backend tern_counters_papi; /* when built in */
extern const struct tern_counters_backend tern_counters_sde; /* when built in: libsde's events through PAPI */
extern const struct tern_counters_backend tern_counters_perf; /* always: it says why not itself */

/* tern_counters_open on a given back-end. */
enum tern_status tern_counters_open_on(const struct tern_counters_backend *b, const char *const *names,
                                       size_t count, struct tern_counters **out, struct tern_error *e);
/* TERN_OK when the back-end counts cycles and a plausible number of instructions over the known loop. */
enum tern_status tern_counters_probe(const struct tern_counters_backend *b, struct tern_error *e);

/* Reason and remedy in words, from the back-end's own reason (NULL: not built in) and what /proc tells. */
void tern_counters_explain(const char *reason, char *why, size_t why_bytes, char *remedy,
                           size_t remedy_bytes);

/* 1 when this process may open perf events of its own threads, as far as the files tell: the paranoid level,
 * and the capabilities that lift it. Else 0 with the reason ("denied: kernel.perf_event_paranoid is 4"). */
int tern_perf_allowed(char *why, size_t why_bytes);
/* 1 when a seccomp filter, as in a container, stands before the system calls. */
int tern_perf_filtered(void);
/* Event sources of cores below /sys/bus/event_source/devices: "cpu", or "cpu_core" and "cpu_atom", or one
 * per kind of ARM core. Returns how many, at most `max`. */
struct tern_core_pmu {
    char name[32];
    unsigned type;
};
size_t tern_core_pmus(struct tern_core_pmu *pmu, size_t max);

/* The attributes of one event. Internal to the perf back-end, here for its tests. */
struct tern_perf_event {
    unsigned type; /* of the PMU; 0 hardware, 1 software, 3 cache, 4 raw: perf's own numbers */
    uint64_t config, config1, config2;
    int per_core_kind; /* to be opened once on every core PMU */
};
enum tern_status tern_perf_event_of(const char *name, struct tern_perf_event *out, struct tern_error *e);
/* Turns a generic event into the PMU's own, by its number; 0 when that is not known. Kernels before 6.6 cannot be asked for
 * "instructions, on the big cores" in another way on ARM. */
int tern_perf_own_event(const struct tern_core_pmu *pmu, struct tern_perf_event *ev);

/* The system call, so that a test can play the kernel: a descriptor, or -errno. NULL: the kernel's own. */
struct perf_event_attr;
void tern_perf_use(int (*open)(struct perf_event_attr *a, int leader));

#endif
