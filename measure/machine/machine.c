#define _GNU_SOURCE
#include "measure/machine/machine.h"

#include "base/hash.h"
#include "base/isa.h"
#include "base/memory.h"
#include "measure/machine/quota.h"
#include "measure/machine/topology.h"
#include "measure/sysfs.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#define GIB ((size_t)1 << 30)

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

static int by_rank(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    if (x->thread != y->thread) return x->thread - y->thread;
    if (x->at.capacity != y->at.capacity) return y->at.capacity - x->at.capacity;
    if (x->at.node != y->at.node) return x->at.node - y->at.node;
    return x->cpu - y->cpu;
}

static int larger_first(const void *a, const void *b) {
    return *(const int *)b - *(const int *)a;
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
        if (!strcmp(m->kind[other].name, name)) snprintf(kind->name, sizeof kind->name, "%s%zu", name, k);
}

/* Kinds of core, fastest first; the caches of a kind are those of its first processor. */
static void find_kinds(struct tern_machine *m, struct ranked *r, int from_sysfs) {
    int capacity[TERN_MAX_CPUS];
    for (size_t i = 0; i < m->cpus; i++) capacity[i] = r[i].at.capacity;
    qsort(capacity, m->cpus, sizeof *capacity, larger_first);
    m->core_kinds = 0;
    for (size_t i = 0; i < m->cpus; i++)
        if ((!i || capacity[i] != capacity[i - 1]) && m->core_kinds < TERN_MAX_CORE_KINDS)
            m->kind[m->core_kinds++].capacity = capacity[i];
    for (size_t i = 0; i < m->cpus; i++) {
        size_t k = 0;
        while (k + 1 < m->core_kinds && m->kind[k].capacity > r[i].at.capacity) k++;
        struct tern_core_kind *kind = &m->kind[k];
        m->kind_of[i] = (unsigned char)k;
        kind->cores += r[i].thread == 0;
        if (kind->cpus++) continue;
        if (from_sysfs) tern_sysfs_caches(r[i].cpu, &r[i].at);
        kind->l1d_bytes = r[i].at.l1d_bytes;
        kind->l2_bytes = r[i].at.l2_bytes;
        name_kind(m, k, &r[i].at);
        if (i) continue;
        m->l1d_bytes = r[i].at.l1d_bytes;
        m->l2_bytes = r[i].at.l2_bytes;
        m->l3_bytes = r[i].at.l3_bytes;
        m->l3_shared_by = r[i].at.l3_shared_by;
    }
}

/* First threads before second ones, fast cores before slow ones, one memory node after the other. */
static void order(struct tern_machine *m, const struct tern_cpu_place *place, int from_sysfs) {
    struct ranked *r = calloc(m->cpus, sizeof *r);
    if (!r) return; /* the system's order, and nothing known of kinds */
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

/* ---- identity ---- */

/* Value of "key : value" in one block of /proc/cpuinfo; 1 when present. */
static int field(const char *block, const char *end, const char *key, char *out, size_t out_bytes) {
    const size_t n = strlen(key);
    for (const char *p = block; p < end; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : end) {
        if (strncmp(p, key, n)) continue;
        const char *colon = p + n;
        while (*colon == ' ' || *colon == '\t') colon++;
        if (*colon != ':') continue;
        colon += colon[1] == ' ' ? 2 : 1;
        snprintf(out, out_bytes, "%.*s", (int)strcspn(colon, "\n"), colon);
        return 1;
    }
    return 0;
}

static int number(const char *block, const char *end, const char *key) {
    char text[32], *stop;
    if (!field(block, end, key, text, sizeof text)) return -1;
    const long v = strtol(text, &stop, 0); /* x86 writes decimal, ARM 0x... */
    return stop == text || v < 0 || v > INT32_MAX ? -1 : (int)v;
}

/* The block of processor `cpu`, or the first one: on hybrid ARM machines they differ. */
static const char *block_of(const char *text, int cpu, const char **end) {
    const char *found = NULL;
    for (const char *p = text; *p;) {
        const char *stop = strstr(p, "\n\n");
        stop = stop ? stop + 1 : p + strlen(p);
        const int n = number(p, stop, "processor");
        if (n == cpu || (!found && n >= 0)) found = p, *end = stop;
        if (n == cpu) break;
        p = *stop ? stop + 1 : stop;
    }
    return found;
}

static void hypervisor(struct tern_machine *m, int flagged) {
    static const struct {
        const char *signature, *name;
    } known[] = {{"KVMKVMKVM", "kvm"},    {"Microsoft Hv", "hyperv"}, {"VMwareVMware", "vmware"},
                 {"XenVMMXenVMM", "xen"}, {"TCGTCGTCGTCG", "qemu"},   {"bhyve bhyve ", "bhyve"},
                 {"VBoxVBoxVBox", "vbox"}};
    char text[64];
    if (flagged) snprintf(m->hypervisor, sizeof m->hypervisor, "vm");
    if (!tern_sys_line(text, sizeof text, "/sys/hypervisor/type") && text[0])
        snprintf(m->hypervisor, sizeof m->hypervisor, "%.31s", text);
    if (!m->hypervisor[0] && !tern_sys_line(text, sizeof text, "/sys/class/dmi/id/sys_vendor") &&
        strstr(text, "QEMU"))
        snprintf(m->hypervisor, sizeof m->hypervisor, "vm");
#if defined(__x86_64__) || defined(__i386__)
    if (!flagged || tern_sys_redirected()) return;
    unsigned a, r[4] = {0};
    __cpuid(0x40000000, a, r[0], r[1], r[2]);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp((const char *)r, known[i].signature))
            snprintf(m->hypervisor, sizeof m->hypervisor, "%s", known[i].name);
#else
    (void)known;
#endif
}

static void identity(struct tern_machine *m) {
    char *text = tern_sys_text("/proc/cpuinfo");
    const char *end = NULL, *block = text ? block_of(text, m->cpu[0], &end) : NULL;
    m->family = m->model = m->stepping = -1;
    int flagged = 0;
    if (block) {
        char flags[8192];
        if (!field(block, end, "vendor_id", m->vendor, sizeof m->vendor))
            field(block, end, "CPU implementer", m->vendor, sizeof m->vendor);
        if (!field(block, end, "model name", m->brand, sizeof m->brand))
            snprintf(m->brand, sizeof m->brand, "%s CPU", m->vendor[0] ? m->vendor : "unknown");
        m->family = number(block, end, "cpu family");
        m->model = number(block, end, "model");
        m->stepping = number(block, end, "stepping");
        if (m->family < 0) m->family = number(block, end, "CPU architecture");
        if (m->model < 0) m->model = number(block, end, "CPU part");
        if (m->stepping < 0) m->stepping = number(block, end, "CPU revision");
        if (field(block, end, "flags", flags, sizeof flags)) flagged = strstr(flags, " hypervisor ") != NULL;
    } else {
        snprintf(m->brand, sizeof m->brand, "unknown CPU");
    }
    free(text);
    hypervisor(m, flagged);
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
    if (text && sscanf(text, "MemTotal: %llu", &kb) == 1) bytes = (size_t)kb * 1024;
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
    const int n = snprintf(text, sizeof text, "1|%s|%d|%d|%d|%08x|%zu|%zu|%zu", m->vendor, m->family,
                           m->model, m->stepping, (unsigned)m->isa, m->l1d_bytes, m->l2_bytes, m->core_kinds);
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
    if (!m->foreign) identity(out); /* kinds of core may differ in model */
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
    const enum tern_status s = tern_isa_usable(&m->usable, e);
    if (s) return s;
    processors(m);
    topology(m);
    m->quota = tern_cpu_quota();
    identity(m);
    m->memory_bytes = memory();
    soft_facts(m);
    hard_key(m);
    return TERN_OK;
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
    const size_t want = last <= SIZE_MAX / 2 ? 2 * last : SIZE_MAX;
    *capped = want == 0 || want > cap;
    return *capped ? cap : want;
}
