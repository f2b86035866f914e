/* Energy of the machine while something runs, from whatever counter it has.
 *
 * A source is believed after it has been seen to move by a plausible power; one that cannot be read or stands
 * still is a reason, never 0 joules. Domains that contain each other are never added up: only whole packages
 * are summed, or else a single domain is taken. What a source measures is in its name.
 * Sources: Linux Documentation/power/powercap/powercap.rst, Documentation/hwmon/sysfs-interface.rst,
 * Documentation/ABI/testing/sysfs-class-power. */
#ifndef TERN_MEASURE_ENERGY_ENERGY_H
#define TERN_MEASURE_ENERGY_ENERGY_H

#include "base/status.h"

#include <stddef.h>

enum tern_energy_source {
    TERN_ENERGY_NONE,
    TERN_ENERGY_POWERCAP, /* "powercap": /sys/class/powercap/intel-rapl:N, on Intel and AMD */
    TERN_ENERGY_PERF,     /* "perf": the kernel's `power` PMU, the same counters */
    TERN_ENERGY_HWMON,    /* "hwmon": energy or power sensors of sockets, modules, whole boards */
    TERN_ENERGY_BATTERY,  /* "battery": discharging, the whole machine */
    TERN_ENERGY_METER     /* "meter:FILE.csv": what another program writes of a wall meter */
};

struct tern_energy;

/* The best source that can be read: perf, powercap, hwmon, battery. TERN_UNSUPPORTED with the reason
 * ("energy: powercap: ...: denied" and what to do) when there is none or a package cannot be read: a sum with
 * a package missing would be a lie. */
enum tern_status tern_energy_open(struct tern_energy **out, struct tern_error *e);
/* A source by name: "auto", "perf", "powercap", "hwmon", "battery" or "meter:FILE.csv". TERN_BAD_INPUT for
 * another name.
 *
 * A meter's file has a first line "time,watts" or "time,joules" (joules: a count that grows), then one line a
 * sample, time in seconds since 1970. It is read when joules are asked for, so its writer may be slow; when
 * the file does not reach to the end of the interval that is TERN_INCONCLUSIVE. */
enum tern_status tern_energy_open_source(const char *name, struct tern_energy **out, struct tern_error *e);
void tern_energy_close(struct tern_energy *m);

/* Keeps one core busy for about 50 ms and says whether the counters moved by a plausible power (0.05 to 2000
 * W); TERN_UNSUPPORTED with the reason when not. *watts (may be NULL) gets what was seen. A meter is only
 * looked at, and *watts is NaN. */
enum tern_status tern_energy_probe(struct tern_energy *m, double *watts, struct tern_error *e);

/* Start of an interval, then joules since it, as often as wanted. Counters wrap (after some 40 minutes at 100
 * W): read at least once between two wraps. Sensors of power are integrated between readings: read them every
 * 50 ms or so. TERN_UNSUPPORTED when 100 ms or more have passed and nothing has moved. */
enum tern_status tern_energy_start(struct tern_energy *m, struct tern_error *e);
enum tern_status tern_energy_joules(struct tern_energy *m, double *joules, struct tern_error *e);

/* The idle baseline: mean power over `seconds` during which this process sleeps. To be reported beside the
 * energy of work and never subtracted silently. */
enum tern_status tern_energy_idle(struct tern_energy *m, double seconds, double *watts, struct tern_error *e);

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
/* The same for each source that needs no file: perf, powercap, hwmon, battery. */
#define TERN_ENERGY_SOURCES 4
const struct tern_energy_facts *tern_energy_sources(void);
/* "powercap" */
const char *tern_energy_source_name(enum tern_energy_source s);

/* Why energy cannot be read here, found out once per process; NULL when it can. */
const char *tern_energy_why_not(void);

#endif
