/* What makes times vary on this machine. Each source is a fact with its remedy. Two snapshots, before and
 * after a run, tell whether the hypervisor or a thermal limit took time away. */
#ifndef TERN_MEASURE_MACHINE_NOISE_H
#define TERN_MEASURE_MACHINE_NOISE_H

#include "measure/machine/machine.h"

#include <stddef.h>
#include <stdint.h>

enum tern_noise_state {
    TERN_NOISE_QUIET,  /* known, and as it should be */
    TERN_NOISE_NOISY,  /* known to disturb; `remedy` says what to do */
    TERN_NOISE_UNKNOWN /* the system does not tell; `value` says why */
};

struct tern_noise_fact {
    const char *name; /* "governor", "turbo", "smt", "load", "steal", "throttle", "thp", "vm" */
    enum tern_noise_state state;
    char value[96];
    const char *remedy; /* NULL unless noisy */
};

#define TERN_NOISE_FACTS 8
/* Fills fact[0..TERN_NOISE_FACTS), always in the order of the names above. */
void tern_noise_facts(const struct tern_machine *m, struct tern_noise_fact *fact);

/* Counts since boot; -1 where the system does not tell. */
struct tern_noise_snapshot {
    int64_t steal_ticks, total_ticks; /* of all processors, in the ticks of /proc/stat */
    int64_t throttles;                /* thermal throttle events of all usable cores */
    int64_t quota_waits;              /* of the control group, which had used up its processor time */
    int64_t busy_ticks;               /* of steal's source: not idle, not stolen */
    double own_seconds;               /* processor time of this process */
    double ghz;                       /* core frequency, probed; 0: not known */
};
void tern_noise_snapshot(const struct tern_machine *m, struct tern_noise_snapshot *s);
/* Share of processor time that the hypervisor took between two snapshots, 0..1; -1: not known, or no tick
 * passed. */
double tern_noise_steal(const struct tern_noise_snapshot *before, const struct tern_noise_snapshot *after);

/* The noisy facts as words for a record's `flags`: "vm turbo load". "" when all is quiet. */
void tern_noise_flags(const struct tern_noise_fact *fact, char *out, size_t out_bytes);

#endif
