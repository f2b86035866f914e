/* Names of perf events: the kernel's generic ones, raw codes, and what a PMU's folder in /sys describes.
 * Source: perf_event_open(2); Linux Documentation/ABI/testing/sysfs-bus-event_source-devices-{events,format}.
 */
#include "measure/counters/backend.h"
#include "measure/sysfs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES "/sys/bus/event_source/devices"

#define CACHE(which, op, result)                                                                             \
    (PERF_COUNT_HW_CACHE_##which | PERF_COUNT_HW_CACHE_OP_##op << 8 |                                        \
     PERF_COUNT_HW_CACHE_RESULT_##result << 16)

static const struct {
    const char *name;
    unsigned type;
    uint64_t config;
} generic[] = {
    {"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    {"cache-references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES},
    {"cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
    {"branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS},
    {"branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
    {"ref-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES},
    {"stalled-cycles-frontend", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND},
    {"stalled-cycles-backend", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_BACKEND},
    {"L1-dcache-loads", PERF_TYPE_HW_CACHE, CACHE(L1D, READ, ACCESS)},
    {"L1-dcache-load-misses", PERF_TYPE_HW_CACHE, CACHE(L1D, READ, MISS)},
    {"LLC-loads", PERF_TYPE_HW_CACHE, CACHE(LL, READ, ACCESS)},
    {"LLC-load-misses", PERF_TYPE_HW_CACHE, CACHE(LL, READ, MISS)},
    {"dTLB-loads", PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, ACCESS)},
    {"dTLB-load-misses", PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, MISS)},
    {"task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
    {"page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
    {"minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN},
    {"major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ},
    {"context-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES},
    {"cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS},
};

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct tern_core_pmu *)a)->name, ((const struct tern_core_pmu *)b)->name);
}

/* "cpu" on most machines; each kind of core of a hybrid or ARM machine has a list of its processors instead, which no
 * other device has under that name. */
static int is_core(const char *name) {
    char list[4096];
    if (!strcmp(name, "cpu") || !strcmp(name, "cpu_core") || !strcmp(name, "cpu_atom")) return 1;
    return !tern_sys_line(list, sizeof list, DEVICES "/%s/cpus", name);
}

size_t tern_core_pmus(struct tern_core_pmu *pmu, size_t max) {
    char path[1024];
    DIR *d = tern_sys_path(path, sizeof path, DEVICES) ? NULL : opendir(path);
    size_t n = 0;
    for (struct dirent *entry; d && n < max && (entry = readdir(d)) != NULL;) {
        long long type;
        if (strlen(entry->d_name) >= sizeof pmu->name || !is_core(entry->d_name)) continue;
        if (tern_sys_number(&type, DEVICES "/%s/type", entry->d_name) || type < 0) continue;
        snprintf(pmu[n].name, sizeof pmu[n].name, "%.31s", entry->d_name);
        pmu[n++].type = (unsigned)type;
    }
    if (d) closedir(d);
    qsort(pmu, n, sizeof *pmu, by_name);
    return n;
}

/* Puts the bits of `value` into the places of a format such as "config:0-7,32-35". NULL, or what is wrong. */
static const char *place(const char *format, uint64_t value, struct tern_perf_event *out) {
    static const char odd[] = "is not understood";
    const char *colon = strchr(format, ':');
    if (!colon) return odd;
    const size_t n = (size_t)(colon - format);
    uint64_t *field = n == 6 && !strncmp(format, "config", 6)    ? &out->config
                      : n == 7 && !strncmp(format, "config1", 7) ? &out->config1
                      : n == 7 && !strncmp(format, "config2", 7) ? &out->config2
                                                                 : NULL;
    if (!field) return odd;
    for (const char *p = colon + 1; *p;) {
        char *end;
        const long from = strtol(p, &end, 10);
        long to = from;
        if (end == p || from < 0 || from > 63) return odd;
        if (*end == '-') to = strtol(p = end + 1, &end, 10);
        if (end == p || to < from || to > 63) return odd;
        for (long bit = from; bit <= to; bit++, value >>= 1) *field |= (value & 1) << bit;
        if (*end && *end != ',' && *end != '\n') return odd;
        p = end + (*end != 0);
    }
    return value ? "has no room for the value" : NULL; /* cut off, it would be another event */
}

/* "event=0x3c,umask=0x00", or the name of a file below the PMU's events that holds such a text. */
static enum tern_status terms(const char *pmu, const char *text, struct tern_perf_event *out, int from_file,
                              struct tern_error *e) {
    char copy[256], file[256], format[128], *save = NULL;
    if (strlen(text) >= sizeof copy)
        return tern_fail(e, TERN_BAD_INPUT, "perf: %s: %.40s...: too long", pmu, text);
    memcpy(copy, text, strlen(text) + 1);
    for (char *term = strtok_r(copy, ",", &save); term; term = strtok_r(NULL, ",", &save)) {
        char *equals = strchr(term, '='), *end = NULL;
        if (!equals && !from_file && !strchr(term, '/') &&
            !tern_sys_line(file, sizeof file, DEVICES "/%s/events/%s", pmu, term)) {
            const enum tern_status s = terms(pmu, file, out, 1, e);
            if (s) return s;
            continue;
        }
        uint64_t value = 1;
        if (equals) {
            *equals = 0;
            errno = 0;
            value = strtoull(equals + 1, &end, 0);
            if (end == equals + 1 || *end || errno)
                return tern_fail(e, TERN_BAD_INPUT, "perf: %s: %s=%s: not a number", pmu, term, equals + 1);
        }
        if (strchr(term, '/') || tern_sys_line(format, sizeof format, DEVICES "/%s/format/%s", pmu, term))
            return tern_fail(e, TERN_UNSUPPORTED, "perf: %s: %s: no such event or field", pmu, term);
        const char *wrong = place(format, value, out);
        if (wrong)
            return tern_fail(e, TERN_UNSUPPORTED, "perf: %s: %s: its format '%s' %s", pmu, term, format,
                             wrong);
    }
    return TERN_OK;
}

static enum tern_status described(const char *name, const char *slash, struct tern_perf_event *out,
                                  struct tern_error *e) {
    char pmu[64], text[256];
    const size_t n = strlen(slash + 1);
    long long type;
    snprintf(pmu, sizeof pmu, "%.*s", (int)(slash - name), name);
    if (n < 2 || n >= sizeof text || slash[n] != '/' || (size_t)(slash - name) >= sizeof pmu)
        return tern_fail(e, TERN_BAD_INPUT, "perf: %s: must be pmu/event/", name);
    snprintf(text, sizeof text, "%.*s", (int)(n - 1), slash + 1);
    if (tern_sys_number(&type, DEVICES "/%s/type", pmu) || type < 0)
        return tern_fail(e, TERN_UNSUPPORTED, "perf: %s: no such PMU here", pmu);
    *out = (struct tern_perf_event){.type = (unsigned)type};
    return terms(pmu, text, out, 0, e);
}

enum tern_status tern_perf_event_of(const char *name, struct tern_perf_event *out, struct tern_error *e) {
    *out = (struct tern_perf_event){0};
    for (size_t i = 0; i < sizeof generic / sizeof *generic; i++)
        if (!strcmp(name, generic[i].name)) {
            out->type = generic[i].type;
            out->config = generic[i].config;
            out->per_core_kind = out->type != PERF_TYPE_SOFTWARE;
            return TERN_OK;
        }
    const char *slash = strchr(name, '/');
    if (slash) return described(name, slash, out, e);
    char *end;
    errno = 0;
    if (name[0] == 'r' && isxdigit((unsigned char)name[1])) {
        out->config = strtoull(name + 1, &end, 16);
        out->type = PERF_TYPE_RAW;
        out->per_core_kind = 1;
        if (!*end && !errno) return TERN_OK;
    }
    return tern_fail(e, TERN_UNSUPPORTED, "perf: %s: no such event", name);
}
