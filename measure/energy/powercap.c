/* The kernel's powercap counters (RAPL). Nested zones (cores, memory controller) are parts of their package,
 * and a platform zone ("psys") contains the packages. */
#include "base/memory.h"
#include "measure/energy/backend.h"
#include "measure/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIR_OF_ZONES "/sys/class/powercap"
#define MAX_PACKAGES 64

#define COUNT_MOST (1ll << 50) /* microjoules: those of 13 days at 1000 W */

struct package {
    int zone;          /* N of intel-rapl:N */
    long long range;   /* microjoules at which the counter returns to 0; 0: not known */
    long long last;    /* of the previous reading */
    long long counted; /* microjoules since start */
};

struct packages {
    struct package package[MAX_PACKAGES];
    size_t count;
    char frozen[32];
};

static enum tern_status read_zone(const struct package *p, long long *uj, struct tern_error *e) {
    const int rc = tern_sys_number(uj, DIR_OF_ZONES "/intel-rapl:%d/energy_uj", p->zone);
    if (!rc && *uj >= 0 && *uj <= COUNT_MOST) return TERN_OK;
    const char *why = !rc                           ? "holds no energy"
                      : rc == EACCES || rc == EPERM ? "denied"
                      : rc == EINVAL                ? "holds no number"
                                                    : strerror(rc);
    return tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: intel-rapl:%d: %s", p->zone, why);
}

static int by_zone(const void *a, const void *b) {
    return ((const struct package *)a)->zone - ((const struct package *)b)->zone;
}

/* Top-level zones of the form intel-rapl:N whose name begins with "package". intel-rapl:N:M are parts of N,
 * intel-rapl-mmio:N is a second road to the same counter, "psys" holds everything. */
static void find_packages(struct packages *m, DIR *d) {
    for (struct dirent *entry; m->count < MAX_PACKAGES && (entry = readdir(d)) != NULL;) {
        int zone, end = 0;
        char name[64];
        if (sscanf(entry->d_name, "intel-rapl:%d%n", &zone, &end) != 1 || entry->d_name[end]) continue;
        if (zone < 0 || tern_sys_line(name, sizeof name, DIR_OF_ZONES "/intel-rapl:%d/name", zone)) continue;
        if (strncmp(name, "package", 7)) continue;
        struct package *p = &m->package[m->count++];
        p->zone = zone;
        if (tern_sys_number(&p->range, DIR_OF_ZONES "/intel-rapl:%d/max_energy_range_uj", zone) ||
            p->range < 0 || p->range > COUNT_MOST)
            p->range = 0;
    }
    qsort(m->package, m->count, sizeof *m->package, by_zone);
}

static void name_packages(const struct packages *m, char *out, size_t bytes) {
    size_t at = 0;
    out[0] = 0;
    for (size_t i = 0; i < m->count && at < bytes; i++) {
        char name[64];
        tern_sys_line(name, sizeof name, DIR_OF_ZONES "/intel-rapl:%d/name", m->package[i].zone);
        at += (size_t)snprintf(out + at, bytes - at, "%s%s", i ? "+" : "", name);
    }
}

static enum tern_status start(void *state, struct tern_error *e) {
    struct packages *m = state;
    for (size_t i = 0; i < m->count; i++) {
        struct package *p = &m->package[i];
        const enum tern_status s = read_zone(p, &p->last, e);
        if (s) return s;
        p->counted = 0;
    }
    return TERN_OK;
}

static void close_packages(void *state) {
    tern_free(state);
}

static enum tern_status open_packages(const char *file, void **state, char *name, size_t bytes,
                                      struct tern_error *e) {
    (void)file;
    char path[1024];
    DIR *d = tern_sys_path(path, sizeof path, DIR_OF_ZONES) ? NULL : opendir(path);
    if (!d)
        return tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: %s: %s", path,
                         errno == ENOENT ? "not there (no RAPL, or a virtual machine)" : strerror(errno));
    struct packages *m = tern_alloc(sizeof *m);
    if (m) find_packages(m, d);
    closedir(d);
    if (!m) return tern_fail(e, TERN_NO_MEMORY, "energy: out of memory");
    enum tern_status s =
        m->count ? TERN_OK : tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: %s: no package zone", path);
    if (!s) s = start(m, e);
    if (s) return tern_free(m), s;
    name_packages(m, name, bytes);
    *state = m;
    return TERN_OK;
}

static enum tern_status joules(void *state, double *out, struct tern_error *e) {
    struct packages *m = state;
    double sum = 0;
    for (size_t i = 0; i < m->count; i++) {
        struct package *p = &m->package[i];
        long long now;
        const enum tern_status s = read_zone(p, &now, e);
        if (s) return s;
        if (now < p->last && p->range < p->last)
            return tern_fail(e, TERN_UNSUPPORTED, "energy: powercap: intel-rapl:%d: ran backwards and %s",
                             p->zone, p->range ? "was beyond its range" : "tells no range");
        p->counted += now < p->last ? p->range - p->last + now : now - p->last;
        p->last = now;
        sum += (double)p->counted * 1e-6;
    }
    *out = sum;
    return TERN_OK;
}

static const char *frozen(void *state) {
    struct packages *m = state;
    for (size_t i = 0; i < m->count; i++)
        if (!m->package[i].counted) {
            snprintf(m->frozen, sizeof m->frozen, "intel-rapl:%d", m->package[i].zone);
            return m->frozen;
        }
    return NULL;
}

const struct tern_energy_backend tern_energy_powercap = {
    TERN_ENERGY_POWERCAP, "powercap", open_packages, start, joules, frozen, close_packages, MAX_PACKAGES};
