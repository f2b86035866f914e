/* perf_event_open itself: for hybrid processors and wherever PAPI is too old or absent. One group per kind of
 * core; a thread that is pinned runs on one of them, and only that one counts. */
#define _GNU_SOURCE
#include "base/memory.h"
#include "measure/counters/backend.h"
#include "measure/sysfs.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_KINDS         4
#define EXTENDED_TYPE     32   /* bit at which a generic event names its PMU (Linux 5.13) */
#define RUNNING_AT_LEAST  0.99 /* of the time enabled: less was multiplexed */
#define CAP_SYS_ADMIN_BIT 21
#define CAP_PERFMON_BIT   38

struct events {
    size_t count, kinds;
    int fd[MAX_KINDS][TERN_MAX_COUNTERS]; /* -1: not opened on this kind */
    char name[TERN_MAX_COUNTERS][48];
    int software[TERN_MAX_COUNTERS]; /* these need no counter, and their times are the scheduler's */
};

/* "Key:\t<value>" of /proc/self/status, in base `base`; -1 when it is not there. */
static long long status_field(const char *key, int base) {
    char *text = tern_sys_text("/proc/self/status");
    const char *at = text ? strstr(text, key) : NULL;
    const long long v = at ? strtoll(at + strlen(key), NULL, base) : -1;
    free(text);
    return v;
}

int tern_perf_filtered(void) {
    return status_field("\nSeccomp:", 10) > 0;
}

int tern_perf_allowed(char *why, size_t why_bytes) {
    long long paranoid;
    if (tern_sys_number(&paranoid, "/proc/sys/kernel/perf_event_paranoid")) {
        snprintf(why, why_bytes, "this kernel has no perf events");
        return 0;
    }
    const long long caps = status_field("\nCapEff:", 16);
    const int lifted = caps >= 0 && ((caps >> CAP_PERFMON_BIT & 1) || (caps >> CAP_SYS_ADMIN_BIT & 1));
    if (paranoid <= 2 || lifted) return 1;
    snprintf(why, why_bytes, "denied: kernel.perf_event_paranoid is %lld", paranoid);
    return 0;
}

static enum tern_status refused(struct tern_error *e, const char *name, int why) {
    const char *text = why == EACCES || why == EPERM ? "denied"
                       : why == ENOSYS               ? "this kernel has no perf events"
                       : why == ENOENT || why == EOPNOTSUPP || why == ENODEV || why == ENXIO
                           ? "this processor, as the kernel sees it, does not count it"
                       : why == EINVAL ? "the kernel does not take it, or not in one group with the others"
                       : why == EMFILE ? "too many open files"
                                       : strerror(why);
    return tern_fail(e, TERN_UNSUPPORTED, "perf: %s: %s", name, text);
}

static void perf_close(void *state) {
    struct events *s = state;
    for (size_t k = s->kinds; k-- > 0;)
        for (size_t i = s->count; i-- > 0;)
            if (s->fd[k][i] >= 0) close(s->fd[k][i]);
    tern_free(s);
}

static int kernel_open(struct perf_event_attr *a, int leader) {
    const int fd = (int)syscall(SYS_perf_event_open, a, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int (*open_event)(struct perf_event_attr *a, int leader) = kernel_open;

void tern_perf_use(int (*open)(struct perf_event_attr *a, int leader)) {
    open_event = open ? open : kernel_open;
}

/* A descriptor, or -errno. */
static int open_as(const struct tern_perf_event *ev, int leader) {
    struct perf_event_attr a;
    memset(&a, 0, sizeof a);
    a.size = sizeof a;
    a.type = ev->type;
    a.config = ev->config;
    a.config1 = ev->config1;
    a.config2 = ev->config2;
    a.disabled = leader < 0;
    a.exclude_kernel = ev->type != PERF_TYPE_SOFTWARE;
    a.exclude_hv = 1;
    a.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    return open_event(&a, leader);
}

/* The event of one kind of core out of several. */
static int open_on_kind(const struct tern_perf_event *ev, const struct tern_core_pmu *pmu, int leader) {
    struct tern_perf_event of_kind = *ev, own = *ev;
    if (ev->type == PERF_TYPE_RAW)
        of_kind.type = pmu->type;
    else
        of_kind.config |= (uint64_t)pmu->type << EXTENDED_TYPE;
    const int fd = open_as(&of_kind, leader);
    const int unknown = fd == -EINVAL || fd == -ENOENT || fd == -EOPNOTSUPP;
    return unknown && tern_perf_own_event(pmu, &own) ? open_as(&own, leader) : fd;
}

/* Opens event i on kind k of core, or once for all (kind 0) when it is not of a core. 0, or errno. */
static int open_one(struct events *s, size_t k, size_t i, const struct tern_perf_event *ev,
                    const struct tern_core_pmu *pmu, int leader) {
    const int fd = ev->per_core_kind && s->kinds > 1 ? open_on_kind(ev, pmu, leader) : open_as(ev, leader);
    s->fd[k][i] = fd < 0 ? -1 : fd;
    return fd < 0 ? -fd : 0;
}

static int leader_of(const struct events *s, size_t k) {
    for (size_t i = 0; i < s->count; i++)
        if (s->fd[k][i] >= 0) return s->fd[k][i];
    return -1;
}

static enum tern_status perf_open(const char *const *names, size_t count, void **state,
                                  struct tern_error *e) {
    struct tern_core_pmu pmu[MAX_KINDS] = {{"", 0}};
    char why[160];
    if (!tern_perf_allowed(why, sizeof why)) return tern_fail(e, TERN_UNSUPPORTED, "perf: %s", why);
    struct events *s = tern_alloc(sizeof *s);
    if (!s) return tern_fail(e, TERN_NO_MEMORY, "perf: out of memory");
    memset(s->fd, -1, sizeof s->fd);
    s->count = count;
    s->kinds = tern_max(1, tern_core_pmus(pmu, MAX_KINDS));
    enum tern_status status = TERN_OK;
    for (size_t i = 0; i < count && !status; i++) {
        const char *name = strncmp(names[i], "perf:", 5) ? names[i] : names[i] + 5;
        struct tern_perf_event ev;
        snprintf(s->name[i], sizeof s->name[i], "%.47s", name);
        status = tern_perf_event_of(name, &ev, e);
        s->software[i] = ev.type == PERF_TYPE_SOFTWARE;
        const size_t kinds = ev.per_core_kind ? s->kinds : 1;
        for (size_t k = 0; k < kinds && !status; k++) {
            const int rc = open_one(s, k, i, &ev, &pmu[k], leader_of(s, k));
            if (rc) status = refused(e, name, rc);
        }
    }
    if (status) {
        perf_close(s);
        return status;
    }
    *state = s;
    return TERN_OK;
}

static enum tern_status all_leaders(struct events *s, unsigned long request, const char *what,
                                    struct tern_error *e) {
    for (size_t k = 0; k < s->kinds; k++) {
        const int fd = leader_of(s, k);
        if (fd >= 0 && ioctl(fd, request, PERF_IOC_FLAG_GROUP))
            return tern_fail(e, TERN_UNSUPPORTED, "perf: %s: %s", what, strerror(errno));
    }
    return TERN_OK;
}

static enum tern_status perf_start(void *state, struct tern_error *e) {
    const enum tern_status s = all_leaders(state, PERF_EVENT_IOC_RESET, "reset", e);
    return s ? s : all_leaders(state, PERF_EVENT_IOC_ENABLE, "start", e);
}

/* On a hybrid machine one kind of core counts while the other waits; together they must have counted all the
 * time that the thread ran. */
static enum tern_status take(struct events *s, int64_t *value, struct tern_error *e) {
    for (size_t i = 0; i < s->count; i++) {
        uint64_t sum = 0, running = 0, enabled = 0;
        for (size_t k = 0; k < s->kinds; k++) {
            uint64_t got[3]; /* value, enabled, running */
            if (s->fd[k][i] < 0) continue;
            if (read(s->fd[k][i], got, sizeof got) != (ssize_t)sizeof got)
                return tern_fail(e, TERN_UNSUPPORTED, "perf: %s: could not be read", s->name[i]);
            sum += got[0];
            running += got[2];
            enabled = tern_max(enabled, got[1]);
        }
        if (enabled && !s->software[i] && (double)running < RUNNING_AT_LEAST * (double)enabled)
            return tern_fail(
                e, TERN_UNSUPPORTED,
                "perf: %s: on a counter for %.0f %% of the time only: ask for fewer events at once",
                s->name[i], 100.0 * (double)running / (double)enabled);
        value[i] = (int64_t)sum;
    }
    return TERN_OK;
}

static enum tern_status perf_read(void *state, int64_t *value, struct tern_error *e) {
    return take(state, value, e);
}

static enum tern_status perf_stop(void *state, int64_t *value, struct tern_error *e) {
    const enum tern_status s = all_leaders(state, PERF_EVENT_IOC_DISABLE, "stop", e);
    return s ? s : take(state, value, e);
}

/* A quiet program has no page faults and no switches. */
static int may_rest(const char *name) {
    struct tern_perf_event ev;
    return !tern_perf_event_of(strncmp(name, "perf:", 5) ? name : name + 5, &ev, NULL) &&
           ev.type == PERF_TYPE_SOFTWARE;
}

const struct tern_counters_backend tern_counters_perf = {
    .name = "perf",
    .cycles = "perf:cycles",
    .instructions = "perf:instructions",
    .open = perf_open,
    .start = perf_start,
    .read = perf_read,
    .stop = perf_stop,
    .close = perf_close,
    .may_rest = may_rest,
};
