#include "measure/counters.h"

#include "base/memory.h"
#include "base/random.h"
#include "measure/counters_backend.h"
#include "measure/machine.h"
#include "measure/sysfs.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define STEPS      65536u
#define LOOP_BYTES ((size_t)4 << 20)

struct tern_counters {
    const struct tern_counters_backend *b;
    void *state;
    size_t count;
};

/* Something of everything: loads that miss, branches that nobody predicts, stores and floating point. At
 * least 8 instructions a step; a sanitizer's build has many more. */
static enum tern_status known_loop(struct tern_error *e) {
    volatile uint32_t *v = tern_alloc(LOOP_BYTES);
    if (!v) return tern_fail(e, TERN_NO_MEMORY, "counters: probe: out of memory");
    struct tern_random r = {1};
    volatile double product = 1.0;
    for (uint32_t i = 0; i < STEPS; i++) {
        const uint64_t x = tern_random_next(&r);
        const size_t at = (size_t)(x % (LOOP_BYTES / sizeof *v));
        if (x >> 63)
            v[at] += i;
        else
            product = product * 1.0000001;
    }
    tern_free((void *)(uintptr_t)v);
    return TERN_OK;
}

static enum tern_status count_loop(const struct tern_counters_backend *b, void *state, int64_t *value,
                                   struct tern_error *e) {
    enum tern_status s = b->start(state, e);
    if (s) return s;
    s = known_loop(e);
    const enum tern_status stopped = b->stop(state, value, s ? NULL : e);
    return s ? s : stopped;
}

enum tern_status tern_counters_open_on(const struct tern_counters_backend *b, const char *const *names,
                                       size_t count, struct tern_counters **out, struct tern_error *e) {
    *out = NULL;
    if (count < 1 || count > TERN_MAX_COUNTERS)
        return tern_fail(e, TERN_BAD_INPUT, "counters: %zu events: 1 to %d can be counted at once", count,
                         TERN_MAX_COUNTERS);
    void *state = NULL;
    enum tern_status s = b->open(names, count, &state, e);
    if (s) return s;

    int64_t value[TERN_MAX_COUNTERS] = {0};
    s = count_loop(b, state, value, e);
    for (size_t i = 0; !s && i < count; i++)
        if (value[i] <= 0)
            s = tern_fail(e, TERN_UNSUPPORTED, "counters: %s: stays at %lld over a loop that must move it",
                          names[i], (long long)value[i]);
    struct tern_counters *c = s ? NULL : tern_alloc(sizeof *c);
    if (!s && !c) s = tern_fail(e, TERN_NO_MEMORY, "counters: out of memory");
    if (s) {
        b->close(state);
        return s;
    }
    *c = (struct tern_counters){b, state, count};
    *out = c;
    return TERN_OK;
}

enum tern_status tern_counters_probe(const struct tern_counters_backend *b, struct tern_error *e) {
    const char *const names[2] = {b->cycles, b->instructions};
    void *state = NULL;
    enum tern_status s = b->open(names, 2, &state, e);
    if (s) return s;
    int64_t value[2] = {0};
    s = count_loop(b, state, value, e);
    b->close(state);
    if (s) return s;
    if (value[0] <= 0) return tern_fail(e, TERN_UNSUPPORTED, "%s: %s: does not move", b->name, b->cycles);
    if (value[1] < 8ll * STEPS || value[1] > 2000ll * STEPS)
        return tern_fail(e, TERN_UNSUPPORTED, "%s: %s: counts %lld over a loop of some %u instructions",
                         b->name, b->instructions, (long long)value[1], 20 * STEPS);
    return TERN_OK;
}

/* PAPI 7.0 may call its perf component active where the kernel has no counters at all; the kernel's own list
 * is surer. */
static int kernel_has_pmu(void) {
    char path[1024];
    DIR *d = tern_sys_path(path, sizeof path, "/sys/bus/event_source/devices") ? NULL : opendir(path);
    int found = 0;
    for (struct dirent *entry; d && !found && (entry = readdir(d)) != NULL;)
        found = !strcmp(entry->d_name, "cpu") || !strncmp(entry->d_name, "cpu_", 4) ||
                !strncmp(entry->d_name, "arm", 3);
    if (d) closedir(d);
    return found;
}

void tern_counters_explain(const char *reason, char *why, size_t why_bytes, char *remedy,
                           size_t remedy_bytes) {
    if (!reason) {
        snprintf(why, why_bytes, "not built in");
        snprintf(remedy, remedy_bytes, "apt install libpapi-dev, then build again with -Dpapi=enabled");
        return;
    }
    const struct tern_machine *m;
    const char *where = tern_machine_get(&m, NULL) || !m->hypervisor[0] ? "" : ", in a virtual machine";
    long long paranoid;
    if (tern_sys_number(&paranoid, "/proc/sys/kernel/perf_event_paranoid")) {
        snprintf(why, why_bytes, "%s; this kernel has no perf events", reason);
        snprintf(remedy, remedy_bytes, "run a kernel built with CONFIG_PERF_EVENTS");
    } else if (paranoid > 2) {
        snprintf(why, why_bytes, "%s; kernel.perf_event_paranoid is %lld", reason, paranoid);
        snprintf(remedy, remedy_bytes, "sudo sysctl kernel.perf_event_paranoid=2");
    } else if (!kernel_has_pmu()) {
        snprintf(why, why_bytes, "%s; the kernel found no PMU%s", reason, where);
        snprintf(remedy, remedy_bytes, "run on bare metal, or give the guest a virtual PMU");
    } else {
        snprintf(why, why_bytes, "%s", reason);
        snprintf(remedy, remedy_bytes, "see what papi_component_avail says (package papi-tools)");
    }
}

static struct tern_counters_facts facts;
static char why_text[512], remedy_text[256];

static void find_facts(void) {
    struct tern_error e = {0};
#ifdef TERN_HAVE_PAPI
    facts.backend = tern_counters_papi.name;
    if (!tern_counters_probe(&tern_counters_papi, &e)) return;
    const char *reason = e.text;
#else
    facts.backend = "none";
    const char *reason = NULL;
    (void)e;
#endif
    tern_counters_explain(reason, why_text, sizeof why_text, remedy_text, sizeof remedy_text);
    facts.why_not = why_text;
    facts.remedy = remedy_text;
}

const struct tern_counters_facts *tern_counters_facts(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_facts);
    return &facts;
}

const char *tern_counters_why_not(void) {
    return tern_counters_facts()->why_not;
}

enum tern_status tern_counters_open(const char *const *names, size_t count, struct tern_counters **out,
                                    struct tern_error *e) {
    *out = NULL;
    const char *why = tern_counters_why_not();
    if (why) return tern_fail(e, TERN_UNSUPPORTED, "counters: %s", why);
#ifdef TERN_HAVE_PAPI
    return tern_counters_open_on(&tern_counters_papi, names, count, out, e);
#else
    (void)names, (void)count;
    return TERN_UNSUPPORTED;
#endif
}

enum tern_status tern_counters_start(struct tern_counters *c, struct tern_error *e) {
    return c->b->start(c->state, e);
}

enum tern_status tern_counters_read(struct tern_counters *c, int64_t *value, struct tern_error *e) {
    return c->b->read(c->state, value, e);
}

enum tern_status tern_counters_stop(struct tern_counters *c, int64_t *value, struct tern_error *e) {
    return c->b->stop(c->state, value, e);
}

void tern_counters_close(struct tern_counters *c) {
    if (!c) return;
    c->b->close(c->state);
    tern_free(c);
}
