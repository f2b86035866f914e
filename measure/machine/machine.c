#define _GNU_SOURCE
#include "measure/machine/machine.h"

#include "base/hash.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/starved/starved.h"
#include "measure/machine/arch/arch.h"
#include "measure/machine/arm_cores.h"
#include "measure/machine/identity.h"
#include "measure/machine/quota.h"
#include "measure/machine/topology.h"
#include "measure/sysfs.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GIB          ((size_t)1 << 30)
#define COLD_UNKNOWN ((size_t)64 << 20) /* several candidates have such weights at the same time */

/* ---- processors ---- */

static void add_cpu(void *ctx, int cpu) {
    struct tern_machine *m = ctx;
    if (m->cpus < TERN_MAX_CPUS) m->cpu[m->cpus++] = cpu;
}

static void processors(struct tern_machine *m) {
    char list[4096];
    /* Another machine's tree: our own affinity would say nothing about it. */
    if (tern_sys_redirected() && !tern_sys_line(list, sizeof list, "/sys/devices/system/cpu/online") &&
        tern_sys_list(list, add_cpu, m) > 0)
        return;
    m->cpus = 0;
#ifdef TERN_HAVE_HWLOC
    m->foreign = tern_topology_foreign(add_cpu, m) > 0;
    if (m->foreign) return;
#endif
    const size_t bytes = CPU_ALLOC_SIZE(8 * TERN_MAX_CPUS);
    cpu_set_t *set = CPU_ALLOC(8 * TERN_MAX_CPUS);
    if (set && !sched_getaffinity(0, bytes, set))
        for (int i = 0; i < 8 * TERN_MAX_CPUS; i++)
            if (CPU_ISSET_S((unsigned)i, bytes, set)) add_cpu(m, i);
    CPU_FREE(set);
    if (!m->cpus) add_cpu(m, 0);
}

/* A processor with what decides its place in the order. */
struct ranked {
    struct tern_cpu_place at;
    int cpu, thread; /* thread: how many usable processors of the same core come before this one */
};

/* Kinds of core that the system does not rank are ranked by what is known of their designs. */
static int faster_first(const struct tern_cpu_place *a, const struct tern_cpu_place *b) {
    if (a->capacity != b->capacity) return b->capacity - a->capacity;
    const struct tern_arm_core *x = tern_arm_design(a->design), *y = tern_arm_design(b->design);
    if (x && y && x->rank != y->rank) return (int)y->rank - (int)x->rank;
    return b->design - a->design;
}

static int by_rank(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    const int faster = faster_first(&x->at, &y->at);
    if (x->thread != y->thread) return x->thread - y->thread;
    if (faster) return faster;
    if (x->at.node != y->at.node) return x->at.node - y->at.node;
    return x->cpu - y->cpu;
}

/* Names: what the vendor calls them, else by rank. */
static void name_kind(struct tern_machine *m, size_t k, const struct tern_cpu_place *p) {
    const char *name = p->efficient >= 0        ? (p->efficient ? "E" : "P")
                       : m->core_kinds == 1     ? "all"
                       : k == 0                 ? "big"
                       : k == m->core_kinds - 1 ? "little"
                                                : "mid";
    struct tern_core_kind *kind = &m->kind[k];
    snprintf(kind->name, sizeof kind->name, "%s", name);
    for (size_t other = 0; other < k; other++)
        if (!strcmp(m->kind[other].name, name))
            snprintf(kind->name, sizeof kind->name, "%.4s%u", name, (unsigned)k);
}

/* Where a kind stands among those in `of`: its own place, or the one where it belongs. */
static size_t place_among(const struct tern_cpu_place *of, size_t kinds, const struct tern_cpu_place *p) {
    size_t k = 0;
    while (k < kinds && faster_first(&of[k], p) < 0) k++;
    return k;
}

static void list_kinds(struct tern_machine *m, const struct ranked *r, struct tern_cpu_place *of) {
    m->core_kinds = 0;
    for (size_t i = 0; i < m->cpus; i++) {
        const size_t k = place_among(of, m->core_kinds, &r[i].at);
        if (k < m->core_kinds && !faster_first(&of[k], &r[i].at)) continue;
        if (m->core_kinds == TERN_MAX_CORE_KINDS) continue;
        memmove(&of[k + 1], &of[k], (m->core_kinds++ - k) * sizeof *of);
        of[k] = r[i].at;
    }
    for (size_t k = 0; k < m->core_kinds; k++) m->kind[k].capacity = of[k].capacity;
}

/* What the system tells, else what this core usually has. */
static void caches_of(struct tern_core_kind *kind, struct ranked *r, int from_sysfs) {
    if (from_sysfs) tern_sysfs_caches(r->cpu, &r->at);
    const struct tern_arm_core *core = tern_arm_design(r->at.design);
    kind->caches_usual = core && !r->at.l1d_bytes && !r->at.l2_bytes;
    if (kind->caches_usual) {
        r->at.l1d_bytes = (size_t)core->l1d_kib << 10;
        r->at.l2_bytes = (size_t)core->l2_kib << 10;
    }
    kind->l1d_bytes = r->at.l1d_bytes;
    kind->l2_bytes = r->at.l2_bytes;
}

/* Kinds of core, fastest first; the caches of a kind are those of its first processor. */
static void find_kinds(struct tern_machine *m, struct ranked *r, int from_sysfs) {
    struct tern_cpu_place of[TERN_MAX_CORE_KINDS];
    list_kinds(m, r, of);
    for (size_t i = 0; i < m->cpus; i++) {
        const size_t k = tern_min(place_among(of, m->core_kinds, &r[i].at), m->core_kinds - 1);
        struct tern_core_kind *kind = &m->kind[k];
        m->kind_of[i] = (unsigned char)k;
        kind->cores += r[i].thread == 0;
        if (kind->cpus++) continue;
        caches_of(kind, &r[i], from_sysfs);
        name_kind(m, k, &r[i].at);
        if (i) continue;
        m->l1d_bytes = r[i].at.l1d_bytes;
        m->l2_bytes = r[i].at.l2_bytes;
        m->l3_bytes = r[i].at.l3_bytes;
        m->l3_shared_by = r[i].at.l3_shared_by;
        m->caches_usual = kind->caches_usual;
    }
}

/* First threads before second ones, fast cores before slow ones, one memory node after the other. */
static void order(struct tern_machine *m, const struct tern_cpu_place *place, int from_sysfs) {
    struct ranked *r = calloc(m->cpus, sizeof *r);
    if (!r) {
        tern_starve();
        return;
    }
    for (size_t i = 0; i < m->cpus; i++) {
        r[i] = (struct ranked){place[i], m->cpu[i], 0};
        for (size_t j = 0; j < i; j++) r[i].thread += place[j].core == place[i].core;
    }
    qsort(r, m->cpus, sizeof *r, by_rank);
    for (size_t i = 0; i < m->cpus; i++) m->cpu[i] = r[i].cpu;
    find_kinds(m, r, from_sysfs);
    free(r);
}

static void topology(struct tern_machine *m) {
    struct tern_cpu_place place[TERN_MAX_CPUS];
    int found = 0;
#ifdef TERN_HAVE_HWLOC
    found = (m->foreign || !tern_sys_redirected()) && !tern_topology_hwloc(m, place);
#endif
    const int from_sysfs = !found;
    if (!found && tern_topology_sysfs(m, place)) {
        snprintf(m->topology_source, sizeof m->topology_source, "none");
        m->cores = m->cpus;
        m->packages = m->numa_nodes = 1;
    }
    m->core_kinds = 1;
    order(m, place, from_sysfs);
}

size_t tern_machine_threads(const struct tern_machine *m) {
    const size_t all = m->cpus ? m->cpus : 1;
    const size_t kept = m->quota > 0 && m->quota < (double)all ? (size_t)(m->quota + 0.05) : all;
    return kept ? kept : 1;
}

size_t tern_machine_kind_cpus(const struct tern_machine *m, size_t kind, int *cpu) {
    size_t n = 0;
    for (size_t i = 0; i < m->cpus; i++)
        if (m->kind_of[i] == kind) cpu[n++] = m->cpu[i];
    return n;
}

/* ---- memory and soft facts ---- */

/* Lowest limit of this group and its parents; the group's own folder is often not visible inside a container.
 */
static size_t group_limit(const char *root, const char *group, const char *file, size_t lowest) {
    char path[512];
    snprintf(path, sizeof path, "%s", group);
    for (;;) {
        long long v;
        if (!tern_sys_number(&v, "%s%s/%s", root, strcmp(path, "/") ? path : "", file) && v > 0)
            lowest = tern_min(lowest, (size_t)v);
        char *slash = strrchr(path, '/');
        if (!slash) return lowest;
        *slash = 0;
    }
}

static size_t memory(void) {
    size_t bytes = 0;
    char *text = tern_sys_text("/proc/meminfo");
    unsigned long long kb;
    if (text && sscanf(text, "MemTotal: %llu", &kb) == 1)
        bytes = kb > SIZE_MAX / 1024 ? SIZE_MAX : (size_t)kb * 1024;
    free(text);
    if (!bytes) return 0;

    text = tern_sys_text("/proc/self/cgroup");
    char *save = NULL;
    for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
        char *kinds = strchr(line, ':'), *group = kinds ? strchr(kinds + 1, ':') : NULL;
        if (!group) continue;
        *group++ = 0;
        if (!strcmp(kinds, ":")) {
            bytes = group_limit("/sys/fs/cgroup", group, "memory.max", bytes);
            bytes = group_limit("/sys/fs/cgroup/unified", group, "memory.max", bytes);
        } else if (strstr(kinds, "memory")) {
            bytes = group_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes", bytes);
        }
    }
    free(text);
    return bytes;
}

static void soft_facts(struct tern_machine *m) {
    char text[128];
    if (!tern_sys_line(text, sizeof text, "/proc/sys/kernel/osrelease"))
        snprintf(m->kernel, sizeof m->kernel, "Linux %.100s", text);
    tern_sys_line(m->governor, sizeof m->governor, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor",
                  m->cpu[0]);
    if (tern_sys_line(text, sizeof text, "/sys/kernel/mm/transparent_hugepage/enabled")) return;
    char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
    if (close)
        snprintf(m->thp, sizeof m->thp, "%.*s", (int)tern_min((size_t)(close - open - 1), 31), open + 1);
}

/* ---- the key ---- */

static void hard_key(struct tern_machine *m) {
    /* Sizes only, no associativity or sharing: those depend on who reports them, and the key must not. */
    char text[512];
    int n = snprintf(text, sizeof text, "1|%s|%d|%d|%d|%08x|%zu|%zu|%zu", m->vendor, m->family, m->model,
                     m->stepping, (unsigned)m->isa, m->l1d_bytes, m->l2_bytes, m->core_kinds);
    /* Facts that some architectures alone have; elsewhere the key is as it was before they were known. */
    if (m->variant >= 0) n += snprintf(text + n, sizeof text - (size_t)n, "|r%d", m->variant);
    if (m->vector_bytes) n += snprintf(text + n, sizeof text - (size_t)n, "|vl%u", m->vector_bytes);
    const uint64_t h = tern_hash(TERN_HASH_START, text, (size_t)n);
    snprintf(m->key, sizeof m->key, "m:%016llx", (unsigned long long)h);
}

void tern_machine_of_kind(const struct tern_machine *m, size_t kind, struct tern_machine *out) {
    *out = *m;
    if (m->core_kinds < 2) return;
    const struct tern_core_kind *k = &m->kind[kind];
    size_t alike = 0;
    out->cpus = tern_machine_kind_cpus(m, kind, out->cpu);
    memset(out->kind_of, 0, sizeof out->kind_of);
    memset(out->kind, 0, sizeof out->kind);
    out->kind[0] = *k;
    out->cores = k->cores;
    out->core_kinds = 1;
    out->l1d_bytes = k->l1d_bytes;
    out->l2_bytes = k->l2_bytes;
    out->caches_usual = k->caches_usual;
    if (!m->foreign) tern_machine_identity(out); /* kinds of core may differ in model */
    hard_key(out);
    /* Kinds that differ by their clock alone. */
    for (size_t i = 0; i < m->core_kinds; i++)
        alike += m->kind[i].l1d_bytes == k->l1d_bytes && m->kind[i].l2_bytes == k->l2_bytes;
    if (alike < 2) return;
    char text[64];
    const int n = snprintf(text, sizeof text, "%s|%s", out->key, k->name);
    const uint64_t h = tern_hash(TERN_HASH_START, text, (size_t)n);
    snprintf(out->key, sizeof out->key, "m:%016llx", (unsigned long long)h);
}

enum tern_status tern_machine_read(struct tern_machine *m, struct tern_error *e) {
    memset(m, 0, sizeof *m);
    m->isa = tern_isa_detected();
    m->vector_bytes = tern_arch_vector_bytes();
    const enum tern_status s = tern_isa_usable(&m->usable, e);
    if (s) return s;
    processors(m);
    topology(m);
    tern_machine_identity(m);
    m->quota = tern_cpu_quota();
    m->memory_bytes = memory();
    soft_facts(m);
    hard_key(m);
    /* Facts that are missing for want of memory would make it another machine. */
    return tern_starved() ? tern_fail(e, TERN_NO_MEMORY, "machine: out of memory") : TERN_OK;
}

enum tern_status tern_machine_get(const struct tern_machine **m, struct tern_error *e) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct tern_machine here;
    static int known;
    enum tern_status s = TERN_OK;
    pthread_mutex_lock(&lock);
    if (!known) s = tern_machine_read(&here, e);
    known = s == TERN_OK;
    pthread_mutex_unlock(&lock);
    *m = s ? NULL : &here;
    return s;
}

size_t tern_cold_bytes(const struct tern_machine *m, int *capped) {
    const size_t cap = m->memory_bytes ? tern_min(m->memory_bytes / 4, GIB) : GIB;
    const size_t last = tern_max(m->l3_bytes, m->l2_bytes); /* some cores have no L3 */
    const size_t least = last <= SIZE_MAX / 2 ? 2 * last : SIZE_MAX;
    *capped = least == 0 || least > cap;
    if (!least) return tern_min(COLD_UNKNOWN, cap);
    return *capped ? cap : tern_min(least <= SIZE_MAX / 2 ? 2 * least : SIZE_MAX, cap);
}
