#include "measure/machine/topology.h"

#include "measure/machine/arm_cores.h"
#include "measure/machine/identity.h"
#include "measure/sysfs.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define CPU_DIR "/sys/devices/system/cpu/cpu%d/"

void tern_sysfs_caches(int cpu, struct tern_cpu_place *p) {
    for (int i = 0; i < 16; i++) {
        long long level, bytes;
        char type[32], sharing[4096];
        if (tern_sys_number(&level, CPU_DIR "cache/index%d/level", cpu, i)) break;
        if (tern_sys_line(type, sizeof type, CPU_DIR "cache/index%d/type", cpu, i)) continue;
        if (tern_sys_number(&bytes, CPU_DIR "cache/index%d/size", cpu, i) || bytes <= 0) continue;
        if (!strcmp(type, "Instruction")) continue;
        if (level == 1) p->l1d_bytes = (size_t)bytes;
        if (level == 2) p->l2_bytes = (size_t)bytes;
        if (level != 3) continue;
        p->l3_bytes = (size_t)bytes;
        if (tern_sys_line(sharing, sizeof sharing, CPU_DIR "cache/index%d/shared_cpu_list", cpu, i)) continue;
        const int n = tern_sys_list(sharing, NULL, NULL);
        p->l3_shared_by = n > 0 ? (size_t)n : 0;
    }
}

static size_t distinct(const int *v, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        size_t j = 0;
        while (j < i && v[j] != v[i]) j++;
        count += j == i;
    }
    return count;
}

struct node_of {
    const struct tern_machine *m;
    int node, *of;
};

static void mark(void *ctx, int cpu) {
    struct node_of *n = ctx;
    for (size_t i = 0; i < n->m->cpus; i++)
        if (n->m->cpu[i] == cpu) n->of[i] = n->node;
}

static void mark_node(void *ctx, int node) {
    struct node_of *n = ctx;
    char list[4096];
    n->node = node;
    if (tern_sys_line(list, sizeof list, "/sys/devices/system/node/node%d/cpulist", node)) return;
    tern_sys_list(list, mark, n);
}

int tern_topology_sysfs(struct tern_machine *m, struct tern_cpu_place *place) {
    int of[TERN_MAX_CPUS] = {0};
    char list[4096];
    int known = 0;
    long long level;
    for (size_t i = 0; i < m->cpus; i++) {
        long long first = m->cpu[i];
        /* The first sibling names the core: core_id repeats over packages. */
        if (!tern_sys_number(&first, CPU_DIR "topology/thread_siblings_list", m->cpu[i]))
            known = 1;
        else
            first = m->cpu[i];
        place[i] = (struct tern_cpu_place){.core = (int)first, .efficient = -1};
        tern_core_capacity(m->cpu[i], &place[i]);
        of[i] = (int)first;
    }
    m->cores = distinct(of, m->cpus);
    for (size_t i = 0; i < m->cpus; i++) {
        long long package;
        of[i] =
            tern_sys_number(&package, CPU_DIR "topology/physical_package_id", m->cpu[i]) ? 0 : (int)package;
    }
    m->packages = distinct(of, m->cpus);
    memset(of, 0, sizeof of);
    if (!tern_sys_line(list, sizeof list, "/sys/devices/system/node/online"))
        tern_sys_list(list, mark_node, &(struct node_of){m, 0, of});
    m->numa_nodes = distinct(of, m->cpus);
    for (size_t i = 0; i < m->cpus; i++) place[i].node = of[i];
    if (!known && tern_sys_number(&level, CPU_DIR "cache/index0/level", m->cpu[0])) return -1;
    snprintf(m->topology_source, sizeof m->topology_source, "sysfs");
    return 0;
}

static void find(void *ctx, int cpu) {
    int *wanted = ctx;
    if (cpu == wanted[0]) wanted[1] = 1;
}

void tern_core_capacity(int cpu, struct tern_cpu_place *p) {
    long long capacity;
    char list[4096];
    int small[2] = {cpu, 0};
    p->efficient = -1;
    p->capacity = 0;
    p->design = tern_arm_design_of(tern_machine_midr(cpu));
    if (!tern_sys_line(list, sizeof list, "/sys/devices/cpu_atom/cpus")) {
        tern_sys_list(list, find, small);
        p->efficient = small[1];
        p->capacity = small[1] ? 512 : 1024;
    } else if (!tern_sys_number(&capacity, CPU_DIR "cpu_capacity", cpu) && capacity > 0) {
        p->capacity = capacity < INT_MAX ? (int)capacity : INT_MAX;
    }
}
