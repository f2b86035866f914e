/* How much processor time a control group leaves to its processes. */
#define _GNU_SOURCE
#include "measure/machine/quota.h"

#include "measure/sysfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "100000 100000" (version 2), or a quota and a period (version 1), as processors; 0: no limit. */
static double share(const char *text, double period) {
    char *end;
    const double quota = strtod(text, &end);
    if (end == text) return 0; /* "max" */
    if (*end == ' ') period = strtod(end, NULL);
    return quota > 0 && period > 0 ? quota / period : 0;
}

static double limit_of(const char *folder, const char *group, int version) {
    char text[64];
    long long period;
    if (version == 2)
        return tern_sys_line(text, sizeof text, "%s%s/cpu.max", folder, group) ? 0 : share(text, 0);
    if (tern_sys_number(&period, "%s%s/cpu.cfs_period_us", folder, group) ||
        tern_sys_line(text, sizeof text, "%s%s/cpu.cfs_quota_us", folder, group))
        return 0;
    return share(text, (double)period);
}

/* nr_throttled of cpu.stat; -1: not told. */
static double waits_of(const char *folder, const char *group, int version) {
    char *text = tern_sys_text("%s%s/cpu.stat", folder, group);
    const char *at = text ? strstr(text, "nr_throttled ") : NULL;
    const double n = at ? strtod(at + strlen("nr_throttled "), NULL) : -1;
    (void)version;
    free(text);
    return n;
}

static double smaller(double so_far, double here) {
    return here > 0 && (!(so_far > 0) || here < so_far) ? here : so_far;
}

static double sum(double so_far, double here) {
    return here < 0 ? so_far : so_far < 0 ? here : so_far + here;
}

/* What is asked of a group, and how the answers of several become one. */
struct question {
    double (*of)(const char *folder, const char *group, int version);
    double (*with)(double so_far, double here);
    double none;
};

/* Of the group and of those above it. */
static double upwards(const struct question *q, const char *folder, char *group, int version) {
    double all = q->none;
    for (;;) {
        all = q->with(all, q->of(folder, strcmp(group, "/") ? group : "", version));
        char *slash = strrchr(group, '/');
        if (!slash || !*group) return all;
        *slash = 0;
    }
}

/* A line of /proc/self/cgroup: "0::/path" (version 2) or "4:cpu,cpuacct:/path". */
static double of_line(const struct question *q, char *line) {
    char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
    if (!path) return q->none;
    *path++ = 0;
    list++;
    if (!*list) return upwards(q, "/sys/fs/cgroup", path, 2);
    for (char *word = strtok(list, ","); word; word = strtok(NULL, ","))
        if (!strcmp(word, "cpu")) return upwards(q, "/sys/fs/cgroup/cpu", path, 1);
    return q->none;
}

static double of_all(const struct question *q) {
    char *text = tern_sys_text("/proc/self/cgroup"), *rest = text, *line;
    double all = q->none;
    while (rest && (line = strsep(&rest, "\n"))) all = q->with(all, of_line(q, line));
    free(text);
    return all;
}

double tern_cpu_quota(void) {
    return of_all(&(const struct question){limit_of, smaller, 0});
}

int64_t tern_cpu_quota_waits(void) {
    return (int64_t)of_all(&(const struct question){waits_of, sum, -1});
}
