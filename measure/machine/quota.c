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

/* The smallest limit of the group and of those above it. */
static double tightest(const char *folder, char *group, int version) {
    double least = 0;
    for (;;) {
        const double here = limit_of(folder, strcmp(group, "/") ? group : "", version);
        if (here > 0 && (!(least > 0) || here < least)) least = here;
        char *slash = strrchr(group, '/');
        if (!slash || !*group) return least;
        *slash = 0;
    }
}

/* A line of /proc/self/cgroup: "0::/path" (version 2) or "4:cpu,cpuacct:/path". */
static double limit_of_line(char *line) {
    char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
    if (!path) return 0;
    *path++ = 0;
    list++;
    if (!*list) return tightest("/sys/fs/cgroup", path, 2);
    for (char *word = strtok(list, ","); word; word = strtok(NULL, ","))
        if (!strcmp(word, "cpu")) return tightest("/sys/fs/cgroup/cpu", path, 1);
    return 0;
}

double tern_cpu_quota(void) {
    char *text = tern_sys_text("/proc/self/cgroup"), *rest = text, *line;
    double least = 0;
    while (rest && (line = strsep(&rest, "\n"))) {
        const double here = limit_of_line(line);
        if (here > 0 && (!(least > 0) || here < least)) least = here;
    }
    free(text);
    return least;
}
