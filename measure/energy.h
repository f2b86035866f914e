/* Energy of the processor packages, from the kernel's powercap counters (RAPL).
 *
 * Only whole packages are added up: their nested zones (cores, memory controller) are parts of them, and a
 * platform zone
 * ("psys") contains them. A counter that cannot be read, or does not move, is a reason and never 0 joules.
 * Source: Linux Documentation/power/powercap/powercap.rst. */
#ifndef TERN_MEASURE_ENERGY_H
#define TERN_MEASURE_ENERGY_H

#include "base/status.h"

#include <stddef.h>

enum tern_energy_source {
    TERN_ENERGY_NONE,
    TERN_ENERGY_POWERCAP /* /sys/class/powercap/intel-rapl:N, on Intel and AMD */
};

struct tern_energy;

/* Finds the packages and reads each once. TERN_UNSUPPORTED with the reason ("energy: powercap: ...: denied"
 * and what to do) when there is none or one cannot be read: a sum with a package missing would be a lie. */
enum tern_status tern_energy_open(struct tern_energy **out, struct tern_error *e);
void tern_energy_close(struct tern_energy *m);

/* Keeps one core busy for about 50 ms and says whether the counters moved by a plausible power (0.05 to 2000
 * W); TERN_UNSUPPORTED with the reason when not. *watts (may be NULL) gets what was seen. */
enum tern_status tern_energy_probe(struct tern_energy *m, double *watts, struct tern_error *e);

/* Start of an interval, then joules since it, as often as wanted. Counters wrap (after some 40 minutes at 100
 * W): read at least once between two wraps. TERN_UNSUPPORTED when 100 ms or more have passed and nothing has
 * moved. */
enum tern_status tern_energy_start(struct tern_energy *m, struct tern_error *e);
enum tern_status tern_energy_joules(struct tern_energy *m, double *joules, struct tern_error *e);

enum tern_energy_source tern_energy_source(const struct tern_energy *m);
/* "powercap package-0+package-1" */
const char *tern_energy_name(const struct tern_energy *m);

/* Open, probe and close in one: the facts for a person. Probed once per process. */
struct tern_energy_facts {
    enum tern_energy_source source;
    char name[128];    /* "" when none */
    char why_not[384]; /* "" when it works */
    char remedy[256];  /* "" when it works or nothing helps */
    double watts;      /* seen by the probe */
};
const struct tern_energy_facts *tern_energy_facts(void);

/* Why energy cannot be read here, found out once per process; NULL when it can. */
const char *tern_energy_why_not(void);

#endif
