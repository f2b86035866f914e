/* Where cores, caches and nodes are found: two sources that fill the same fields of the machine. Internal to
 * measure/. */
#ifndef TERN_MEASURE_MACHINE_TOPOLOGY_H
#define TERN_MEASURE_MACHINE_TOPOLOGY_H

#include "measure/machine/machine.h"

/* What a source tells of one usable processor. */
struct tern_cpu_place {
    int core;      /* the same number for processors of one core */
    int node;      /* of memory */
    int capacity;  /* relative speed of its core, larger is faster; 0: the system does not rank its cores */
    int design;    /* ARM: of its core (tern_arm_design); 0: not told */
    int efficient; /* 1: an "E" core, 0: a "P" core of a processor that has both, -1: not told */
    size_t l1d_bytes, l2_bytes, l3_bytes, l3_shared_by; /* 0: not known */
};

/* m->cpu[0..cpus) holds the usable processors in the system's order. Each fills cores, packages, numa_nodes
 * and topology_source, and place[i] for processor m->cpu[i]. 0, or -1 when the source tells nothing. sysfs
 * leaves the caches to tern_sysfs_caches, because reading those of every processor takes long on large
 * machines. */
int tern_topology_hwloc(struct tern_machine *m, struct tern_cpu_place *place);
int tern_topology_sysfs(struct tern_machine *m, struct tern_cpu_place *place);
void tern_sysfs_caches(int cpu, struct tern_cpu_place *p);

/* The processors of a topology that HWLOC_XMLFILE names, which is that of another machine: fn(ctx, cpu) for
 * each. Returns how many; 0 when there is no such file or it describes this machine. */
size_t tern_topology_foreign(void (*fn)(void *ctx, int cpu), void *ctx);

/* Relative capacity of a processor, whether it is an "E" core, and its design, from sysfs; builds with and without
 * hwloc agree by it on the machine key. */
void tern_core_capacity(int cpu, struct tern_cpu_place *p);

#endif
