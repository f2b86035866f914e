/* The machine: topology (hwloc when present, sysfs otherwise), identity and the keys derived from it.
 *
 * The hard key decides whether a remembered winner may be reused (CPU model, usable ISA, cache geometry, core
 * kind); soft facts (kernel version, governor, hypervisor ...) are recorded beside every number and only
 * warned about. */
#ifndef TERN_MEASURE_MACHINE_MACHINE_H
#define TERN_MEASURE_MACHINE_MACHINE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define TERN_MAX_CPUS       1024
#define TERN_MAX_CORE_KINDS 8

/* Cores that are alike: a kernel that wins on one kind need not win on another. */
struct tern_core_kind {
    char name[16]; /* "all"; "P" and "E"; "big", "mid", "little" */
    int capacity;  /* relative speed, larger is faster; 0: the system does not rank its cores */
    size_t cpus, cores;
    size_t l1d_bytes, l2_bytes; /* 0: not known */
    int caches_usual;           /* the system does not tell: the sizes are those that this core usually has */
};

struct tern_machine {
    char brand[128]; /* CPU brand string */
    char vendor[32];
    int family, model, stepping; /* -1: not known; on ARM the architecture, the part, the p of r1p2 */
    int variant;                 /* ARM: the r of r1p2; else -1 */
    unsigned vector_bytes;       /* of an SVE register; 0: there is none */
    uint32_t isa;                /* detected bits of base/isa.h */
    uint32_t usable;             /* isa & TERN_ISA */
    double quota;                /* processors' worth of time that the control group allows; 0: no limit */
    size_t cpus;                 /* processors this process may use, first threads of cores first,
                                    fast cores before slow ones, one memory node after the other */
    int cpu[TERN_MAX_CPUS];
    size_t cores, packages, numa_nodes, core_kinds;
    struct tern_core_kind kind[TERN_MAX_CORE_KINDS]; /* [0..core_kinds), fastest first */
    unsigned char kind_of[TERN_MAX_CPUS];            /* of cpu[i] */
    int foreign; /* the topology is another machine's (HWLOC_XMLFILE): to look at, not to run on */
    size_t l1d_bytes, l2_bytes,
        l3_bytes;        /* of cpu[0]; 0: not known. l3 as reported, which on a VM may be the host's */
    size_t l3_shared_by; /* processors sharing it, 0: not known */
    int caches_usual;    /* of cpu[0], as in its kind */
    size_t memory_bytes; /* physical, or the cgroup limit when lower */
    char hypervisor[32]; /* "kvm", "vm", ...; "": on bare metal, if hypervisor_told, else nobody tells */
    int hypervisor_told;
    char kernel[128], governor[32], thp[32];
    char topology_source[32]; /* "hwloc 2.9.0" or "sysfs" */
    char key[24];             /* "m:" and 16 hex digits: the hard key */
};

/* Reads the machine; TERN_SYSFS redirects the sysfs/procfs roots, HWLOC_XMLFILE the topology. Never fails for
 * a missing fact; fails when TERN_ISA is malformed, and without memory: a fact lost so would make it another machine. */
enum tern_status tern_machine_read(struct tern_machine *m, struct tern_error *e);

/* The process-wide copy, read on first use with the same rules. */
enum tern_status tern_machine_get(const struct tern_machine **m, struct tern_error *e);

/* How many threads to use when nobody says: one for each usable processor, or as many as the quota keeps busy. At
 * least 1. */
size_t tern_machine_threads(const struct tern_machine *m);

/* The processors of one kind of core, in the order in which threads should be placed: cpu[0..returned), with
 * room for m->cpus. */
size_t tern_machine_kind_cpus(const struct tern_machine *m, size_t kind, int *cpu);

/* The machine as if it had only the cores of this kind, with a key of its own: what is tuned for one kind is
 * looked up for one kind. It is the key that a process finds which may use this kind alone (taskset), unless
 * another kind has the same caches. A machine of one kind is copied as it is. */
void tern_machine_of_kind(const struct tern_machine *m, size_t kind, struct tern_machine *out);

/* Bytes that weights rotate through to be cold in the last-level cache: four times its size, so that a cache that does
 * not forget the oldest first has few hits (of twice its size Zen 3 still finds some, and runs 5 to 20 % too fast). At most a
 * quarter of memory or 1 GiB; *capped is set when that is less than twice the cache. When no cache is known 64 MiB stand in,
 * and *capped is set. */
size_t tern_cold_bytes(const struct tern_machine *m, int *capped);

#endif
