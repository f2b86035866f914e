#define _GNU_SOURCE
#include "measure/machine/pin.h"

#include "base/memory.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#ifdef TERN_HAVE_HWLOC
#include <hwloc.h>
#endif

struct team {
    const int *cpus;
    int *seen; /* processor on which each worker found itself, -errno when it could not be bound */
#ifdef TERN_HAVE_HWLOC
    hwloc_topology_t topology;
#endif
};

#ifdef TERN_HAVE_HWLOC
static int bind_here(const struct team *t, int cpu) {
    hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(t->topology, (unsigned)cpu);
    if (!pu) return -ENODEV;
    if (hwloc_set_cpubind(t->topology, pu->cpuset, HWLOC_CPUBIND_THREAD | HWLOC_CPUBIND_STRICT))
        return -errno;
    /* A wish: kernels without NUMA have no such call. */
    hwloc_set_membind(t->topology, pu->nodeset, HWLOC_MEMBIND_BIND,
                      HWLOC_MEMBIND_THREAD | HWLOC_MEMBIND_BYNODESET);
    return 0;
}

static int open_topology(struct team *t) {
    if (hwloc_topology_init(&t->topology)) return -1;
    const unsigned long flags = HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM | HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING |
                                HWLOC_TOPOLOGY_FLAG_NO_DISTANCES | HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS |
                                HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS;
    if (!hwloc_topology_set_flags(t->topology, flags) && !hwloc_topology_load(t->topology)) return 0;
    hwloc_topology_destroy(t->topology);
    return -1;
}

static void close_topology(struct team *t) {
    hwloc_topology_destroy(t->topology);
}

const char *tern_pin_method(void) {
    return "hwloc " TERN_HWLOC_VERSION;
}
#else
static int bind_here(const struct team *t, int cpu) {
    cpu_set_t set;
    (void)t;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) ? -errno : 0;
}

static int open_topology(struct team *t) {
    (void)t;
    return 0;
}

static void close_topology(struct team *t) {
    (void)t;
}

const char *tern_pin_method(void) {
    return "sched_setaffinity";
}
#endif

static void pin_here(void *ctx, size_t w, size_t workers) {
    struct team *t = ctx;
    (void)workers;
    const int rc = bind_here(t, t->cpus[w]);
    t->seen[w] = rc ? rc : sched_getcpu();
}

enum tern_status tern_pin_team(struct tern_pool *pool, const int *cpus, struct tern_error *e) {
    const size_t workers = tern_pool_workers(pool);
    struct team t = {.cpus = cpus};
    if (open_topology(&t)) return tern_fail(e, TERN_UNSUPPORTED, "pin: hwloc: cannot read the topology");
    t.seen = tern_alloc(tern_mul_size(workers, sizeof *t.seen));
    enum tern_status s = t.seen ? TERN_OK : tern_fail(e, TERN_NO_MEMORY, "pin: out of memory");
    if (!s) tern_pool_run(pool, pin_here, &t);
    for (size_t i = 0; i < workers && !s; i++) {
        if (t.seen[i] < 0)
            s = tern_fail(e, TERN_UNSUPPORTED, "pin: worker %zu: processor %d: %s", i, cpus[i],
                          strerror(-t.seen[i]));
        else if (t.seen[i] != cpus[i])
            s = tern_fail(e, TERN_UNSUPPORTED, "pin: worker %zu: runs on processor %d instead of %d", i,
                          t.seen[i], cpus[i]);
    }
    tern_free(t.seen);
    close_topology(&t);
    return s;
}
