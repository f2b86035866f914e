#include "measure/topology.h"

#include <hwloc.h>
#include <stdio.h>

/* Distinct objects of one type among the usable processors. */
static size_t count_of(hwloc_topology_t t, hwloc_obj_type_t type, hwloc_const_cpuset_t used) {
    size_t n = 0;
    hwloc_obj_t o = NULL;
    while ((o = hwloc_get_next_obj_by_type(t, type, o)) != NULL)
        if (o->cpuset && hwloc_bitmap_intersects(o->cpuset, used)) n++;
    return n;
}

static void caches(struct tern_machine *m, hwloc_obj_t pu) {
    for (hwloc_obj_t o = pu; o; o = o->parent) {
        if (o->type == HWLOC_OBJ_L1CACHE) m->l1d_bytes = (size_t)o->attr->cache.size;
        if (o->type == HWLOC_OBJ_L2CACHE) m->l2_bytes = (size_t)o->attr->cache.size;
        if (o->type != HWLOC_OBJ_L3CACHE) continue;
        m->l3_bytes = (size_t)o->attr->cache.size;
        const int sharing = hwloc_bitmap_weight(o->cpuset);
        m->l3_shared_by = sharing > 0 ? (size_t)sharing : 0;
    }
}

int tern_topology_hwloc(struct tern_machine *m, int *core_of) {
    hwloc_topology_t t;
    hwloc_cpuset_t used = NULL;
    int rc = -1;
    if (hwloc_topology_init(&t)) return -1;
    /* DONT_CHANGE_BINDING: its cpuid backend would move this thread over all processors. */
    const unsigned long flags = HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING | HWLOC_TOPOLOGY_FLAG_NO_DISTANCES |
                                HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS | HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS;
    if (hwloc_topology_set_flags(t, flags) || hwloc_topology_load(t)) goto done;

    used = hwloc_bitmap_alloc();
    if (!used) goto done;
    for (size_t i = 0; i < m->cpus; i++) {
        hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(t, (unsigned)m->cpu[i]);
        if (!pu) goto done;
        hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(t, HWLOC_OBJ_CORE, pu);
        core_of[i] = core ? (int)core->logical_index : m->cpu[i];
        hwloc_bitmap_set(used, (unsigned)m->cpu[i]);
        if (i == 0) caches(m, pu);
    }
    m->cores = count_of(t, HWLOC_OBJ_CORE, used);
    m->packages = count_of(t, HWLOC_OBJ_PACKAGE, used);
    m->numa_nodes = count_of(t, HWLOC_OBJ_NUMANODE, used);
    snprintf(m->topology_source, sizeof m->topology_source, "hwloc %s", TERN_HWLOC_VERSION);
    rc = 0;
done:
    hwloc_bitmap_free(used);
    hwloc_topology_destroy(t);
    return rc;
}
