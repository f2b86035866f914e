/* What a source of counters provides. Internal to measure/; tests bring their own. */
#ifndef TERN_MEASURE_COUNTERS_BACKEND_H
#define TERN_MEASURE_COUNTERS_BACKEND_H

#include "measure/counters.h"

struct tern_counters_backend {
    const char *name;
    const char *cycles, *instructions; /* names of the two events of the live probe */
    enum tern_status (*open)(const char *const *names, size_t count, void **state, struct tern_error *e);
    enum tern_status (*start)(void *state, struct tern_error *e);
    enum tern_status (*read)(void *state, int64_t *value, struct tern_error *e);
    enum tern_status (*stop)(void *state, int64_t *value, struct tern_error *e);
    void (*close)(void *state);
};

extern const struct tern_counters_backend tern_counters_papi; /* when built in */

/* tern_counters_open on a given back-end. */
enum tern_status tern_counters_open_on(const struct tern_counters_backend *b, const char *const *names,
                                       size_t count, struct tern_counters **out, struct tern_error *e);
/* TERN_OK when the back-end counts cycles and a plausible number of instructions over the known loop. */
enum tern_status tern_counters_probe(const struct tern_counters_backend *b, struct tern_error *e);

/* Reason and remedy in words, from the back-end's own reason (NULL: not built in) and what /proc tells. */
void tern_counters_explain(const char *reason, char *why, size_t why_bytes, char *remedy,
                           size_t remedy_bytes);

#endif
