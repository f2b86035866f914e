/* The processor time that a control group of Linux (a container) leaves to this process. */
#ifndef TERN_MEASURE_MACHINE_QUOTA_H
#define TERN_MEASURE_MACHINE_QUOTA_H

#include <stdint.h>

/* In processors: 1.5 is one and a half. 0 when there is no limit, or when the system does not tell. Reads cpu.max
 * (version 2) or cpu.cfs_quota_us (version 1) of the group and of all groups above it. */
double tern_cpu_quota(void);

/* How often this process' group and those above it had to wait because their quota was used up (nr_throttled of cpu.stat),
 * since the groups were made; -1 when the system does not tell. */
int64_t tern_cpu_quota_waits(void);

#endif
