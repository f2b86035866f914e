/* Where cores, caches and nodes are found: two sources that fill the same fields of the machine. Internal to
 * measure/. */
#ifndef TERN_MEASURE_TOPOLOGY_H
#define TERN_MEASURE_TOPOLOGY_H

#include "measure/machine.h"

/* m->cpu[0..cpus) holds the usable processors in the system's order. Each fills cores, packages, numa_nodes,
 * the caches of cpu[0] and topology_source, and writes to core_of[i] a number that is the same for processors
 * of one core. 0, or -1 when the source tells nothing. */
int tern_topology_hwloc(struct tern_machine *m, int *core_of);
int tern_topology_sysfs(struct tern_machine *m, int *core_of);

/* Relative capacity of a processor, larger is faster; 0 when the system does not rank its cores. Always from
 * sysfs, so that builds with and without hwloc agree on the machine key. */
int tern_core_capacity(int cpu);

#endif
