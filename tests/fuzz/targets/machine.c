/* /sys and /proc as an archive: all that is read of the machine, its noise, its quotas, its sources of energy. */
#define _GNU_SOURCE
#include "../frame.h"

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
    energy(&tern_energy_powercap);
    energy(&tern_energy_hwmon);
    energy(&tern_energy_battery);
    unsetenv("TERN_SYSFS");
}
