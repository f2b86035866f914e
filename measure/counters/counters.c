#include "measure/counters/counters.h"

#include "base/memory.h"
#include "base/random.h"
#include "measure/counters/backend.h"
#include "measure/counters/tally.h"
#include "measure/machine/machine.h"
#include "measure/sysfs.h"

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
    s = b->loop ? b->loop(e) : known_loop(e);
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
        if (value[i] <= 0 && !(b->may_rest && b->may_rest(names[i])))
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

static int is_denied(const char *reason) {
    return strstr(reason, "denied") || strstr(reason, "ermission");
}

/* PAPI 7.0 may call its perf component active where the kernel has no counters at all, or refuses them; what
 * the kernel itself tells is surer. */
void tern_counters_explain(const char *reason, char *why, size_t why_bytes, char *remedy,
                           size_t remedy_bytes) {
    if (!reason) {
        snprintf(why, why_bytes, "not built in");
        snprintf(remedy, remedy_bytes, "apt install libpapi-dev, then build again with -Dpapi=enabled");
        return;
    }
    const struct tern_machine *m;
    const char *where = tern_machine_get(&m, NULL) || !m->hypervisor[0] ? "" : ", in a virtual machine";
    char refusal[160];
    long long paranoid;
    struct tern_core_pmu pmu;
    if (!tern_perf_allowed(refusal, sizeof refusal)) {
        const int denied = is_denied(refusal);
        snprintf(why, why_bytes, "%s%s%s", strstr(reason, refusal) ? "" : reason,
                 strstr(reason, refusal) ? "" : "; ", strstr(reason, refusal) ? reason : refusal);
        snprintf(remedy, remedy_bytes, "%s",
                 denied ? "sudo sysctl kernel.perf_event_paranoid=2, or setcap cap_perfmon+ep on the program"
                        : "run a kernel built with CONFIG_PERF_EVENTS");
    } else if (is_denied(reason) && tern_perf_filtered()) {
        snprintf(why, why_bytes, "%s; a seccomp filter stands before the system call, as in a container",
                 reason);
        snprintf(remedy, remedy_bytes,
                 "give the container --cap-add PERFMON and a seccomp profile that allows perf_event_open");
    } else if (is_denied(reason) && !tern_sys_number(&paranoid, "/proc/sys/kernel/perf_event_paranoid") &&
               paranoid > 1) {
        snprintf(why, why_bytes, "%s: kernel.perf_event_paranoid is %lld, and to see the kernel needs 1",
                 reason, paranoid);
        snprintf(remedy, remedy_bytes,
                 "sudo sysctl kernel.perf_event_paranoid=1, or setcap cap_perfmon+ep on the program");
    } else if (!tern_core_pmus(&pmu, 1)) {
        snprintf(why, why_bytes, "%s; the kernel found no PMU%s", reason, where);
        snprintf(remedy, remedy_bytes, "run on bare metal, or give the guest a virtual PMU");
    } else {
        snprintf(why, why_bytes, "%s", reason);
        snprintf(remedy, remedy_bytes, "see what papi_component_avail says (package papi-tools)");
    }
}

/* ---- which of them works here ---- */

enum { PAPI, PERF, PERF_SOFTWARE, SDE, BACKENDS };

static struct tern_counters_facts facts[BACKENDS], chosen;
static char why_text[BACKENDS][512], remedy_text[BACKENDS][256], chosen_why[1024];

static const struct tern_counters_backend *backend_of(int which) {
#ifdef TERN_HAVE_PAPI
    if (which == PAPI) return &tern_counters_papi;
#endif
#ifdef TERN_HAVE_SDE
    if (which == SDE) return &tern_counters_sde;
#endif
    return which == PERF || which == PERF_SOFTWARE ? &tern_counters_perf : NULL;
}

static enum tern_status one_event(const struct tern_counters_backend *b, const char *name,
                                  struct tern_error *e) {
    struct tern_counters *c;
    const enum tern_status s = tern_counters_open_on(b, &name, 1, &c, e);
    if (!s) tern_counters_close(c);
    return s;
}

static enum tern_status try_one(int which, struct tern_error *e) {
    const struct tern_counters_backend *b = backend_of(which);
    if (which == PERF_SOFTWARE) return one_event(b, "perf:task-clock", e);
    if (which == SDE) return one_event(b, "sde:::tern::kernel_calls", e);
    return tern_counters_probe(b, e);
}

static void find_one(int which, const char *name, const char *gives) {
    struct tern_counters_facts *f = &facts[which];
    struct tern_error e = {0};
    *f = (struct tern_counters_facts){.backend = name, .gives = gives};
    if (backend_of(which) && !try_one(which, &e)) return;
    tern_counters_explain(backend_of(which) ? e.text : NULL, why_text[which], sizeof why_text[which],
                          remedy_text[which], sizeof remedy_text[which]);
    if (which == SDE && backend_of(which)) { /* it needs nothing of the kernel */
        snprintf(why_text[which], sizeof why_text[which], "%.500s", e.text);
        snprintf(remedy_text[which], sizeof remedy_text[which], "apt install libsde1");
    }
    f->why_not = why_text[which];
    f->remedy = remedy_text[which];
}

static void find_facts(void) {
    struct tern_core_pmu pmu[2];
    find_one(PAPI, "papi", "presets and native events of the processor");
    find_one(PERF, "perf", "events of the processor, on every kind of core");
    find_one(PERF_SOFTWARE, "perf software", "events of the kernel: page faults, switches, migrations");
    find_one(SDE, "sde", "tern's own tally, as software-defined events through PAPI");
    const int hybrid = tern_core_pmus(pmu, 2) > 1, first = hybrid ? PERF : PAPI;
    const int best =
        facts[first].why_not && !facts[PAPI + PERF - first].why_not ? PAPI + PERF - first : first;
    chosen = facts[best];
    if (!chosen.why_not) return;
    if (!backend_of(PAPI)) chosen = facts[PERF];
    snprintf(chosen_why, sizeof chosen_why, "%s", chosen.why_not);
    chosen.why_not = chosen_why;
}

static pthread_once_t facts_once = PTHREAD_ONCE_INIT;

const struct tern_counters_facts *tern_counters_facts(void) {
    pthread_once(&facts_once, find_facts);
    return &chosen;
}

const struct tern_counters_facts *tern_counters_backends(size_t *count) {
    pthread_once(&facts_once, find_facts);
    *count = BACKENDS;
    return facts;
}

const char *tern_counters_why_not(void) {
    return tern_counters_facts()->why_not;
}

static int backend_for(const char *name) {
    struct tern_perf_event ev;
    if (tern_tally_is_event(name)) return SDE;
    if (strncmp(name, "perf:", 5) || name[5] == ':') return PAPI; /* "perf::CYCLES" is libpfm's */
    if (!tern_perf_event_of(name + 5, &ev, NULL) && ev.type == 1) return PERF_SOFTWARE;
    return PERF;
}

enum tern_status tern_counters_open(const char *const *names, size_t count, struct tern_counters **out,
                                    struct tern_error *e) {
    *out = NULL;
    if (count < 1 || count > TERN_MAX_COUNTERS)
        return tern_fail(e, TERN_BAD_INPUT, "counters: %zu events: 1 to %d can be counted at once", count,
                         TERN_MAX_COUNTERS);
    pthread_once(&facts_once, find_facts);
    const int which = backend_for(names[0]);
    if (facts[which].why_not) return tern_fail(e, TERN_UNSUPPORTED, "counters: %s", facts[which].why_not);
    return tern_counters_open_on(backend_of(which), names, count, out, e);
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
