#include "measure/machine/topology.h"

#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Distinct objects of one type among the usable processors. */
static size_t count_of(hwloc_topology_t t, hwloc_obj_type_t type, hwloc_const_cpuset_t used) {
    size_t n = 0;
    hwloc_obj_t o = NULL;
    while ((o = hwloc_get_next_obj_by_type(t, type, o)) != NULL)
        if (o->cpuset && hwloc_bitmap_intersects(o->cpuset, used)) n++;
    return n;
}

static void caches(struct tern_cpu_place *p, hwloc_obj_t pu) {
    for (hwloc_obj_t o = pu; o; o = o->parent) {
        if (o->type == HWLOC_OBJ_L1CACHE) p->l1d_bytes = (size_t)o->attr->cache.size;
        if (o->type == HWLOC_OBJ_L2CACHE) p->l2_bytes = (size_t)o->attr->cache.size;
        if (o->type != HWLOC_OBJ_L3CACHE) continue;
        p->l3_bytes = (size_t)o->attr->cache.size;
        const int sharing = hwloc_bitmap_weight(o->cpuset);
        p->l3_shared_by = sharing > 0 ? (size_t)sharing : 0;
    }
}

static const char *info_of(const struct hwloc_info_s *info, unsigned count, const char *name) {
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(info[i].name, name)) return info[i].value;
    return NULL;
}

/* The kinds of core as hwloc ranks them; only for foreign topologies, whose sysfs we do not have. */
static void kind(hwloc_topology_t t, hwloc_obj_t pu, struct tern_cpu_place *p) {
    struct hwloc_info_s *info = NULL;
    unsigned count = 0;
    int efficiency = -1;
    const int k = hwloc_cpukinds_get_by_cpuset(t, pu->cpuset, 0);
    if (k < 0 || hwloc_cpukinds_get_nr(t, 0) < 2 ||
        hwloc_cpukinds_get_info(t, (unsigned)k, NULL, &efficiency, &count, &info, 0))
        return;
    const char *type = info_of(info, count, "CoreType"), *capacity = info_of(info, count, "LinuxCapacity");
    p->capacity = capacity ? atoi(capacity) : efficiency + 1;
    if (type) p->efficient = !strcmp(type, "IntelAtom");
}

static int load(hwloc_topology_t *t, unsigned long extra) {
    if (hwloc_topology_init(t)) return -1;
    /* DONT_CHANGE_BINDING: its cpuid backend would move this thread over all processors. */
    const unsigned long flags = HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING | HWLOC_TOPOLOGY_FLAG_NO_DISTANCES |
                                HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS | extra;
    if (!hwloc_topology_set_flags(*t, flags) && !hwloc_topology_load(*t)) return 0;
    hwloc_topology_destroy(*t);
    return -1;
}

size_t tern_topology_foreign(void (*fn)(void *ctx, int cpu), void *ctx) {
    hwloc_topology_t t;
    size_t n = 0;
    const char *file = getenv("HWLOC_XMLFILE");
    if (!file || !*file || load(&t, 0)) return 0;
    if (!hwloc_topology_is_thissystem(t))
        for (hwloc_obj_t pu = NULL; (pu = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_PU, pu)) != NULL; n++)
            fn(ctx, (int)pu->os_index);
    hwloc_topology_destroy(t);
    return n;
}

int tern_topology_hwloc(struct tern_machine *m, struct tern_cpu_place *place) {
    hwloc_topology_t t;
    hwloc_cpuset_t used = NULL;
    int rc = -1;
    if (load(&t, m->foreign ? 0 : HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS)) return -1;

    used = hwloc_bitmap_alloc();
    if (!used) goto done;
    for (size_t i = 0; i < m->cpus; i++) {
        hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(t, (unsigned)m->cpu[i]);
        if (!pu) goto done;
        hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(t, HWLOC_OBJ_CORE, pu);
        place[i] =
            (struct tern_cpu_place){.core = core ? (int)core->logical_index : m->cpu[i], .efficient = -1};
        const int node = pu->nodeset ? hwloc_bitmap_first(pu->nodeset) : 0;
        place[i].node = node < 0 ? 0 : node;
        caches(&place[i], pu);
        if (m->foreign)
            kind(t, pu, &place[i]);
        else
            tern_core_capacity(m->cpu[i], &place[i]);
        hwloc_bitmap_set(used, (unsigned)m->cpu[i]);
    }
    m->cores = count_of(t, HWLOC_OBJ_CORE, used);
    m->packages = count_of(t, HWLOC_OBJ_PACKAGE, used);
    m->numa_nodes = count_of(t, HWLOC_OBJ_NUMANODE, used);
    snprintf(m->topology_source, sizeof m->topology_source, "hwloc %s%s", TERN_HWLOC_VERSION,
             m->foreign ? " (XML file)" : "");
    rc = 0;
done:
    hwloc_bitmap_free(used);
    hwloc_topology_destroy(t);
    return rc;
}
