#include "machine_tree.h"

#include "measure/machine/noise.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static struct tern_noise_fact facts[TERN_NOISE_FACTS];

static const struct tern_noise_fact *fact(const struct tern_machine *m, const char *name) {
    tern_noise_facts(m, facts);
    for (size_t i = 0; i < TERN_NOISE_FACTS; i++)
        if (!strcmp(facts[i].name, name)) return &facts[i];
    cr_fatal("no fact named %s", name);
    return NULL;
}

static void expect(const char *name, enum tern_noise_state state) {
    static struct tern_machine m;
    struct tern_error e = {0};
    cr_assert(tern_machine_read(&m, &e) == TERN_OK, "%s", e.text);
    const struct tern_noise_fact *f = fact(&m, name);
    cr_expect(f->state == state, "%s is %d: %s", name, (int)f->state, f->value);
    cr_expect(state == TERN_NOISE_NOISY ? f->remedy != NULL : f->remedy == NULL, "%s", name);
}

Test(noise, nothing_is_claimed_of_an_empty_tree, .init = tree_begin, .fini = tree_end) {
    static const char *const unknown[] = {"governor", "turbo",    "smt", "load",
                                          "steal",    "throttle", "thp", "vm"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) expect(unknown[i], TERN_NOISE_UNKNOWN);
}

Test(noise, sees_a_restless_laptop, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/devices/system/cpu/online", "0-1\n");
    tree_put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
    tree_put("/sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
    tree_put("/sys/devices/system/cpu/smt/active", "1\n");
    tree_put("/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "3\n");
    tree_put("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
    tree_put("/proc/loadavg", "1.75 0.5 0.2 1/90 77\n");
    tree_put("/proc/stat", "cpu  100 0 100 700 0 0 0 100 0 0\ncpu0 1 2 3\n");
    tree_put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor sse2\n");
    static const char *const all[] = {"governor", "turbo", "smt", "load", "steal", "throttle", "thp", "vm"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) expect(all[i], TERN_NOISE_NOISY);
    char flags[128];
    tern_noise_flags(facts, flags, sizeof flags);
    cr_assert(eq(str, flags, "governor turbo smt load steal throttle thp vm"));
}

Test(noise, finds_a_well_kept_server_quiet, .init = tree_begin, .fini = tree_end) {
    tree_put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu sse2\n");
    tree_put("/sys/devices/system/cpu/online", "0-7\n");
    tree_put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    tree_put("/sys/devices/system/cpu/cpufreq/boost", "0\n");
    tree_put("/sys/devices/system/cpu/smt/active", "0\n");
    tree_put("/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "0\n");
    tree_put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    tree_put("/proc/loadavg", "0.01 0.5 0.2 1/90 77\n");
    tree_put("/proc/stat", "cpu  100 0 100 700 0 0 0 0 0 0\n");
    static const char *const all[] = {"governor", "turbo", "smt", "load", "steal", "throttle", "thp", "vm"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) expect(all[i], TERN_NOISE_QUIET);
    char flags[128] = "x";
    tern_noise_flags(facts, flags, sizeof flags);
    cr_assert(eq(str, flags, ""));
}

Test(noise, a_snapshot_pair_tells_what_was_stolen_between, .init = tree_begin, .fini = tree_end) {
    static struct tern_machine m = {.cpus = 1};
    struct tern_noise_snapshot a, b;
    tree_put("/proc/stat", "cpu  100 0 0 0 0 0 0 10\n");
    tern_noise_snapshot(&m, &a);
    tree_put("/proc/stat", "cpu  160 0 0 20 0 0 0 30\n");
    tern_noise_snapshot(&m, &b);
    cr_assert(epsilon_eq(dbl, tern_noise_steal(&a, &b), 0.2, 1e-12));
    cr_assert(tern_noise_steal(&a, &a) < 0);
}
