/* The kernel's `power` PMU: RAPL counters through perf_event_open, one per package, kept from wrapping by the
 * kernel. Some virtual machines offer only energy-psys, which always reads 0: the probe rejects it. */
#define _GNU_SOURCE
#include "base/memory.h"
#include "measure/counters/backend.h"
#include "measure/energy/backend.h"
#include "measure/sysfs.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PMU         "/sys/bus/event_source/devices/power"
#define MAX_SOCKETS 64

struct counters {
    int fd[MAX_SOCKETS], cpu[MAX_SOCKETS];
    uint64_t first[MAX_SOCKETS], last[MAX_SOCKETS];
    size_t count;
    double joules_per_count;
    char event[32], frozen[48];
};

static int real_open(unsigned type, uint64_t config, int cpu) {
    struct perf_event_attr a;
    memset(&a, 0, sizeof a);
    a.size = sizeof a;
    a.type = type;
    a.config = config;
    const int fd = (int)syscall(SYS_perf_event_open, &a, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int real_read(int fd, uint64_t *value) {
    return read(fd, value, sizeof *value) == (ssize_t)sizeof *value ? 0 : -1;
}

static const struct tern_energy_perf_calls kernel = {real_open, real_read};
static const struct tern_energy_perf_calls *calls = &kernel;

void tern_energy_perf_use(const struct tern_energy_perf_calls *given) {
    calls = given ? given : &kernel;
}

static enum tern_status read_all(struct counters *m, uint64_t *value, struct tern_error *e) {
    for (size_t i = 0; i < m->count; i++)
        if (calls->read(m->fd[i], &value[i]))
            return tern_fail(e, TERN_UNSUPPORTED, "energy: perf: %s on processor %d: could not be read",
                             m->event, m->cpu[i]);
    return TERN_OK;
}

static enum tern_status start(void *state, struct tern_error *e) {
    struct counters *m = state;
    const enum tern_status s = read_all(m, m->first, e);
    memcpy(m->last, m->first, sizeof m->last);
    return s;
}

static void close_all(void *state) {
    struct counters *m = state;
    for (size_t i = 0; i < m->count; i++)
        if (calls == &kernel) close(m->fd[i]);
    tern_free(m);
}

static void add_cpu(void *ctx, int cpu) {
    struct counters *m = ctx;
    if (m->count < MAX_SOCKETS) m->cpu[m->count++] = cpu;
}

static enum tern_status refused(const struct counters *m, int why, struct tern_error *e) {
    long long paranoid = 0;
    if (why == EACCES || why == EPERM) {
        tern_sys_number(&paranoid, "/proc/sys/kernel/perf_event_paranoid");
        return tern_fail(e, TERN_UNSUPPORTED,
                         "energy: perf: %s: denied: kernel.perf_event_paranoid is %lld, "
                         "and events of the whole machine need 0 or CAP_PERFMON",
                         m->event, paranoid);
    }
    return tern_fail(e, TERN_UNSUPPORTED, "energy: perf: %s: %s", m->event, strerror(why));
}

/* Fills event, config and unit: packages where they are told, else the whole platform alone. */
static enum tern_status choose(struct counters *m, unsigned *type, uint64_t *config, struct tern_error *e) {
    static const char *const events[] = {"energy-pkg", "energy-psys"};
    char text[64], *end;
    long long number;
    if (tern_sys_number(&number, PMU "/type"))
        return tern_fail(e, TERN_UNSUPPORTED, "energy: perf: the power PMU is not there");
    *type = (unsigned)number;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        if (tern_sys_line(text, sizeof text, PMU "/events/%s", events[i])) continue;
        snprintf(m->event, sizeof m->event, "%s", events[i]);
        if (strncmp(text, "event=", 6) || (*config = strtoull(text + 6, &end, 0), end == text + 6))
            return tern_fail(e, TERN_UNSUPPORTED, "energy: perf: %s: '%s' is not understood", events[i],
                             text);
        if (tern_sys_line(text, sizeof text, PMU "/events/%s.scale", events[i]) ||
            !((m->joules_per_count = strtod(text, &end)) > 0 && isfinite(m->joules_per_count)))
            return tern_fail(e, TERN_UNSUPPORTED, "energy: perf: %s: tells no scale", events[i]);
        if (!tern_sys_line(text, sizeof text, PMU "/events/%s.unit", events[i]) && strcmp(text, "Joules"))
            return tern_fail(e, TERN_UNSUPPORTED, "energy: perf: %s: is in %s", events[i], text);
        return TERN_OK;
    }
    return tern_fail(e, TERN_UNSUPPORTED, "energy: perf: the power PMU has no energy-pkg");
}

static enum tern_status open_all(const char *file, void **state, char *name, size_t bytes,
                                 struct tern_error *e) {
    (void)file;
    struct counters *m = tern_alloc(sizeof *m);
    unsigned type = 0;
    uint64_t config = 0;
    char list[4096];
    if (!m) return tern_fail(e, TERN_NO_MEMORY, "energy: out of memory");
    enum tern_status s = choose(m, &type, &config, e);
    if (!s && (tern_sys_line(list, sizeof list, PMU "/cpumask") || tern_sys_list(list, add_cpu, m) < 1))
        s = tern_fail(e, TERN_UNSUPPORTED, "energy: perf: the power PMU tells no cpumask");
    const size_t wanted = m->count;
    for (m->count = 0; !s && m->count < wanted;) {
        const int fd = calls->open(type, config, m->cpu[m->count]);
        if (fd < 0)
            s = refused(m, -fd, e);
        else
            m->fd[m->count++] = fd;
    }
    if (!s) s = start(m, e);
    if (s) return close_all(m), s;
    snprintf(name, bytes, "%s of %zu package%s", m->event, m->count, m->count > 1 ? "s" : "");
    *state = m;
    return TERN_OK;
}

static enum tern_status joules(void *state, double *out, struct tern_error *e) {
    struct counters *m = state;
    const enum tern_status s = read_all(m, m->last, e);
    double sum = 0;
    for (size_t i = 0; !s && i < m->count; i++) sum += (double)(m->last[i] - m->first[i]);
    *out = sum * m->joules_per_count;
    return s;
}

static const char *frozen(void *state) {
    struct counters *m = state;
    for (size_t i = 0; i < m->count; i++)
        if (m->last[i] == m->first[i]) {
            snprintf(m->frozen, sizeof m->frozen, "%s", m->event);
            return m->frozen;
        }
    return NULL;
}

const struct tern_energy_backend tern_energy_perf = {TERN_ENERGY_PERF, "perf", open_all,  start,
                                                     joules,           frozen, close_all, MAX_SOCKETS};
