#include "measure/energy.h"

#include "base/memory.h"
#include "measure/clock.h"
#include "measure/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIR_OF_ZONES "/sys/class/powercap"
#define MAX_PACKAGES 64
#define PROBE_NS     50000000u
#define FROZEN_NS    100000000u

struct package {
    int zone;          /* N of intel-rapl:N */
    long long range;   /* microjoules at which the counter returns to 0; 0: not known */
    long long last;    /* of the previous reading */
    long long counted; /* microjoules since start */
};

struct tern_energy {
    struct package package[MAX_PACKAGES];
    size_t count;
    uint64_t started_ns;
    char name[128];
};

static enum tern_status read_zone(const struct package *p, long long *uj, struct tern_error *e) {
    const int rc = tern_sys_number(uj, DIR_OF_ZONES "/intel-rapl:%d/energy_uj", p->zone);
    if (!rc) return TERN_OK;
    const char *why = rc == EACCES || rc == EPERM ? "denied"
                      : rc == EINVAL              ? "holds no number"
                                                  : strerror(rc);
    return tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: intel-rapl:%d: %s", p->zone, why);
}

static int by_zone(const void *a, const void *b) {
    return ((const struct package *)a)->zone - ((const struct package *)b)->zone;
}

/* Top-level zones of the form intel-rapl:N whose name begins with "package". intel-rapl:N:M are parts of N,
 * intel-rapl-mmio:N is a second road to the same counter, "psys" holds everything. */
static void find_packages(struct tern_energy *m, DIR *d) {
    for (struct dirent *entry; m->count < MAX_PACKAGES && (entry = readdir(d)) != NULL;) {
        int zone, end = 0;
        char name[64];
        if (sscanf(entry->d_name, "intel-rapl:%d%n", &zone, &end) != 1 || entry->d_name[end]) continue;
        if (zone < 0 || tern_sys_line(name, sizeof name, DIR_OF_ZONES "/intel-rapl:%d/name", zone)) continue;
        if (strncmp(name, "package", 7)) continue;
        struct package *p = &m->package[m->count++];
        p->zone = zone;
        if (tern_sys_number(&p->range, DIR_OF_ZONES "/intel-rapl:%d/max_energy_range_uj", zone)) p->range = 0;
    }
    qsort(m->package, m->count, sizeof *m->package, by_zone);
}

static void name_packages(struct tern_energy *m) {
    size_t at = (size_t)snprintf(m->name, sizeof m->name, "powercap");
    for (size_t i = 0; i < m->count && at < sizeof m->name; i++) {
        char name[64];
        tern_sys_line(name, sizeof name, DIR_OF_ZONES "/intel-rapl:%d/name", m->package[i].zone);
        at += (size_t)snprintf(m->name + at, sizeof m->name - at, "%c%s", i ? '+' : ' ', name);
    }
}

enum tern_status tern_energy_open(struct tern_energy **out, struct tern_error *e) {
    *out = NULL;
    char path[1024];
    DIR *d = tern_sys_path(path, sizeof path, DIR_OF_ZONES) ? NULL : opendir(path);
    if (!d) {
        return tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: %s: %s", path,
                         errno == ENOENT ? "not there (no RAPL, or a virtual machine)" : strerror(errno));
    }
    struct tern_energy *m = tern_alloc(sizeof *m);
    if (m) find_packages(m, d);
    closedir(d);
    if (!m) return tern_fail(e, TERN_NO_MEMORY, "energy: out of memory");

    enum tern_status s = TERN_OK;
    if (!m->count)
        s = tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: %s: no package zone", path);
    else
        name_packages(m);
    if (!s) s = tern_energy_start(m, e);
    if (s) {
        tern_energy_close(m);
        return s;
    }
    *out = m;
    return TERN_OK;
}

void tern_energy_close(struct tern_energy *m) {
    tern_free(m);
}

enum tern_status tern_energy_start(struct tern_energy *m, struct tern_error *e) {
    for (size_t i = 0; i < m->count; i++) {
        struct package *p = &m->package[i];
        const enum tern_status s = read_zone(p, &p->last, e);
        if (s) return s;
        p->counted = 0;
    }
    m->started_ns = tern_now_ns();
    return TERN_OK;
}

enum tern_status tern_energy_joules(struct tern_energy *m, double *joules, struct tern_error *e) {
    double sum = 0;
    int frozen = -1;
    for (size_t i = 0; i < m->count; i++) {
        struct package *p = &m->package[i];
        long long now;
        const enum tern_status s = read_zone(p, &now, e);
        if (s) return s;
        if (now < p->last && !p->range)
            return tern_fail(e, TERN_UNSUPPORTED,
                             "energy: powercap: intel-rapl:%d: ran backwards and tells no range", p->zone);
        p->counted += now < p->last ? p->range - p->last + now : now - p->last;
        p->last = now;
        if (!p->counted) frozen = p->zone;
        sum += (double)p->counted * 1e-6;
    }
    if (frozen >= 0 && tern_now_ns() - m->started_ns >= FROZEN_NS)
        return tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: intel-rapl:%d: does not move", frozen);
    *joules = sum;
    return TERN_OK;
}

enum tern_status tern_energy_probe(struct tern_energy *m, double *watts, struct tern_error *e) {
    enum tern_status s = tern_energy_start(m, e);
    if (s) return s;
    const uint64_t t0 = tern_now_ns();
    volatile double busy = 1.0;
    while (tern_now_ns() - t0 < PROBE_NS) busy = busy * 1.0000001;
    double joules;
    s = tern_energy_joules(m, &joules, e);
    if (s) return s;
    for (size_t i = 0; i < m->count; i++)
        if (!m->package[i].counted)
            return tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: intel-rapl:%d: does not move",
                             m->package[i].zone);
    const double seen = joules / ((double)(tern_now_ns() - t0) * 1e-9);
    if (watts) *watts = seen;
    if (seen < 0.05 || seen > 2000.0 * (double)m->count)
        return tern_fail(e, TERN_UNSUPPORTED, "energy: %s: %g W is not plausible", m->name, seen);
    return TERN_OK;
}

enum tern_energy_source tern_energy_source(const struct tern_energy *m) {
    return m ? TERN_ENERGY_POWERCAP : TERN_ENERGY_NONE;
}

const char *tern_energy_name(const struct tern_energy *m) {
    return m->name;
}

static struct tern_energy_facts facts;

static void find_facts(void) {
    struct tern_energy *m;
    struct tern_error e = {0};
    enum tern_status s = tern_energy_open(&m, &e);
    if (!s) {
        facts.source = tern_energy_source(m);
        snprintf(facts.name, sizeof facts.name, "%s", m->name);
        s = tern_energy_probe(m, &facts.watts, &e);
    }
    tern_energy_close(m);
    if (!s) return;
    snprintf(facts.why_not, sizeof facts.why_not, "%.380s", e.text);
    if (strstr(e.text, ": denied"))
        snprintf(facts.remedy, sizeof facts.remedy,
                 "echo 'SUBSYSTEM==\"powercap\", RUN+=\"/bin/chmod -R a+r /sys%%p\"' | "
                 "sudo tee /etc/udev/rules.d/70-rapl.rules; sudo udevadm trigger -s powercap");
    else if (strstr(e.text, "not there"))
        snprintf(facts.remedy, sizeof facts.remedy, "on bare metal: sudo modprobe intel_rapl_msr");
}

const struct tern_energy_facts *tern_energy_facts(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_facts);
    return &facts;
}

const char *tern_energy_why_not(void) {
    static struct tern_error why;
    static int known;
    if (known) return why.text[0] ? why.text : NULL;
    known = 1;
    struct tern_energy *m = NULL;
    if (tern_energy_open(&m, &why)) return why.text;
    tern_energy_close(m);
    return NULL;
}
