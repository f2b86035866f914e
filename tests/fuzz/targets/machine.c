/* /sys and /proc as an archive: all that is read of the machine, its noise, its quotas, its sources of energy. */
#define _GNU_SOURCE
#include "../frame.h"

#include "harness/memory_left.h"
#include "measure/counters/backend.h"
#include "measure/energy/backend.h"
#include "measure/machine/frequency.h"
#include "measure/machine/machine.h"
#include "measure/machine/noise.h"
#include "measure/sysfs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void energy(const struct tern_energy_backend *b) {
    void *state = NULL;
    char name[128] = "";
    double joules = 0;
    struct tern_error e = {""};
    enum tern_status s = b->open("", &state, name, sizeof name, &e);
    fuzz_said(s, &e);
    if (s) return;
    FUZZ_MUST(strlen(name) < sizeof name);
    s = b->start(state, &e);
    fuzz_said(s, &e);
    if (!s) s = b->joules(state, &joules, &e);
    fuzz_said(s, &e);
    FUZZ_MUST(isfinite(joules));
    if (b->frozen) b->frozen(state);
    b->close(state);
}

/* The kernel's part of the perf source. */
static int open_one(unsigned type, uint64_t config, int cpu) {
    (void)type, (void)config;
    return cpu;
}

static int read_one(int fd, uint64_t *value) {
    static uint64_t count;
    *value = count += (unsigned)fd + 1000;
    return 0;
}

static void counters(void) {
    static const char *const names[] = {"cpu_core/mem-loads/", "cpu/event=0x3c,umask=1/",
                                        "power/energy-pkg/"};
    struct tern_core_pmu pmu[8];
    const size_t n = tern_core_pmus(pmu, 8);
    FUZZ_MUST(n <= 8);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct tern_perf_event ev;
        struct tern_error e = {""};
        fuzz_said(tern_perf_event_of(names[i], &ev, &e), &e);
        for (size_t k = 0; k < n; k++) tern_perf_own_event(&pmu[k], &ev);
    }
}

static void look(const struct tern_machine *m) {
    struct tern_noise_fact fact[TERN_NOISE_FACTS];
    struct tern_noise_snapshot one, two;
    struct tern_machine kind;
    int cpu[TERN_MAX_CPUS], capped;
    char flags[256];
    FUZZ_MUST(m->cpus >= 1 && m->cpus <= TERN_MAX_CPUS && m->core_kinds <= TERN_MAX_CORE_KINDS);
    FUZZ_MUST(m->core_kinds >= 1 && m->cores >= 1 && m->cores <= m->cpus && tern_machine_threads(m) >= 1);
    for (size_t k = 0; k < m->core_kinds; k++) {
        FUZZ_MUST(tern_machine_kind_cpus(m, k, cpu) == m->kind[k].cpus && m->kind[k].cpus >= 1);
        tern_machine_of_kind(m, k, &kind);
    }
    FUZZ_MUST(tern_cold_bytes(m, &capped) > 0 || m->memory_bytes < 4);
    tern_noise_facts(m, fact);
    tern_noise_flags(fact, flags, sizeof flags);
    tern_noise_snapshot(m, &one);
    tern_noise_snapshot(m, &two);
    const double steal = tern_noise_steal(&one, &two);
    FUZZ_MUST(steal == -1 || (steal >= 0 && steal <= 1));
}

void fuzz_on_machine(const uint8_t *data, size_t bytes) {
    struct tern_machine m;
    struct tern_error e = {""};
    setenv("TERN_SYSFS", fuzz_unpack("machine", data, bytes), 1);
    FUZZ_MUST(!tern_machine_read(&m, &e));
    look(&m);
    tern_memory_left();
    counters();
    tern_energy_perf_use(&(struct tern_energy_perf_calls){open_one, read_one});
    energy(&tern_energy_perf);
    tern_energy_perf_use(NULL);
    energy(&tern_energy_powercap);
    energy(&tern_energy_hwmon);
    energy(&tern_energy_battery);
    unsetenv("TERN_SYSFS");
}
