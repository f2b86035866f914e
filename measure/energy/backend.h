/* What a source of energy provides. Internal to measure/. */
#ifndef TERN_MEASURE_ENERGY_BACKEND_H
#define TERN_MEASURE_ENERGY_BACKEND_H

#include "measure/energy/energy.h"

#include <stdint.h>

struct tern_energy_backend {
    enum tern_energy_source source;
    const char *name;
    /* `file` is what stands behind "meter:"; name: what is measured, "package-0+package-1". */
    enum tern_status (*open)(const char *file, void **state, char *name, size_t bytes, struct tern_error *e);
    enum tern_status (*start)(void *state, struct tern_error *e);
    enum tern_status (*joules)(void *state, double *joules, struct tern_error *e); /* since start */
    /* The name of a counter that has not moved since start; NULL: all have. NULL function: cannot stand
     * still. */
    const char *(*frozen)(void *state);
    void (*close)(void *state);
    unsigned domains_max; /* times 2000 W is what is plausible at most */
};

extern const struct tern_energy_backend tern_energy_powercap, tern_energy_perf, tern_energy_hwmon,
    tern_energy_battery, tern_energy_meter;

/* The two system calls of the perf source, so that a test can play the kernel. */
struct tern_energy_perf_calls {
    int (*open)(unsigned type, uint64_t config, int cpu); /* a descriptor, or -errno */
    int (*read)(int fd, uint64_t *value);                 /* 0, or -1 */
};
/* NULL: the kernel's own. */
void tern_energy_perf_use(const struct tern_energy_perf_calls *calls);

#endif
