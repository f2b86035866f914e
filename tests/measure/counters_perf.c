#define _GNU_SOURCE
#include "machine_tree.h"

#include "measure/counters/backend.h"
#include "measure/counters/counters.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES 64

static void refused_with(const char *name, const char *text) {
    struct tern_counters *c;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_counters_open_on(&tern_counters_perf, &name, 1, &c, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, text) != NULL, "%s", e.text);
}

Test(counters_perf, a_hardened_kernel_is_printed_as_denied, .init = tree_begin, .fini = tree_end) {
    tree_put("/proc/sys/kernel/perf_event_paranoid", "4\n");
    tree_put("/proc/self/status", "Name:\ttern\nCapEff:\t0000000000000000\nSeccomp:\t0\n");
    refused_with("perf:cycles", "denied: kernel.perf_event_paranoid is 4");
    size_t count;
    const struct tern_counters_facts *f = tern_counters_backends(&count);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(f[i].backend, "perf", 4)) continue;
        cr_assert(f[i].why_not && strstr(f[i].why_not, "denied: kernel.perf_event_paranoid is 4"), "%s: %s",
                  f[i].backend, f[i].why_not);
        cr_assert(strstr(f[i].remedy, "sysctl kernel.perf_event_paranoid=2") != NULL);
    }
}

Test(counters_perf, capabilities_lift_the_paranoid_level, .init = tree_begin, .fini = tree_end) {
    char why[160];
    tree_put("/proc/sys/kernel/perf_event_paranoid", "4\n");
    tree_put("/proc/self/status", "Name:\ttern\nCapEff:\t0000004000000000\n"); /* CAP_PERFMON */
    cr_assert(tern_perf_allowed(why, sizeof why));
    tree_put("/proc/self/status", "Name:\ttern\nCapEff:\t0000000000200000\n"); /* CAP_SYS_ADMIN */
    cr_assert(tern_perf_allowed(why, sizeof why));
    tree_put("/proc/self/status", "Name:\ttern\nCapEff:\t0000000000000001\n");
    cr_assert(eq(int, tern_perf_allowed(why, sizeof why), 0));
}

Test(counters_perf, a_container_is_named, .init = tree_begin, .fini = tree_end) {
    char why[256], remedy[256];
    tree_put("/proc/sys/kernel/perf_event_paranoid", "2\n");
    tree_put("/proc/self/status", "Name:\ttern\nCapEff:\t0\nSeccomp:\t2\n");
    tree_put("/sys/bus/event_source/devices/cpu/type", "4\n");
    tern_counters_explain("perf: cycles: denied", why, sizeof why, remedy, sizeof remedy);
    cr_assert(strstr(why, "seccomp") && strstr(why, "container"), "%s", why);
    cr_assert(strstr(remedy, "PERFMON") != NULL, "%s", remedy);
}

Test(counters_perf, events_of_the_kernel_have_a_remedy_of_their_own, .init = tree_begin, .fini = tree_end) {
    char why[256], remedy[256];
    tree_put("/proc/sys/kernel/perf_event_paranoid", "2\n");
    tree_put("/proc/self/status", "Name:\ttern\nCapEff:\t0\nSeccomp:\t0\n");
    tern_counters_explain("perf: task-clock: denied", why, sizeof why, remedy, sizeof remedy);
    cr_assert(strstr(why, "kernel.perf_event_paranoid is 2") && !strstr(why, "no PMU"), "%s", why);
    cr_assert(strstr(remedy, "sysctl kernel.perf_event_paranoid=1") != NULL, "%s", remedy);
}

Test(counters_perf, every_kind_of_core_is_found, .init = tree_begin, .fini = tree_end) {
    struct tern_core_pmu pmu[4];
    tree_put("/sys/bus/event_source/devices/cpu_core/type", "4\n");
    tree_put("/sys/bus/event_source/devices/cpu_atom/type", "10\n");
    tree_put("/sys/bus/event_source/devices/uncore_imc_0/type", "20\n");
    tree_put("/sys/bus/event_source/devices/power/type", "21\n");
    cr_assert(eq(sz, tern_core_pmus(pmu, 4), 2));
    cr_assert(eq(str, pmu[0].name, "cpu_atom"));
    cr_assert(pmu[0].type == 10 && pmu[1].type == 4);
}

Test(counters_perf, arm_cores_are_told_from_other_devices_by_their_processors, .init = tree_begin,
     .fini = tree_end) {
    struct tern_core_pmu pmu[4];
    tree_put("/sys/bus/event_source/devices/armv8_cortex_a55/type", "8\n");
    tree_put("/sys/bus/event_source/devices/armv8_cortex_a55/cpus", "0-3\n");
    tree_put("/sys/bus/event_source/devices/armv8_cortex_a76/type", "9\n");
    tree_put("/sys/bus/event_source/devices/armv8_cortex_a76/cpus", "4-7\n");
    tree_put("/sys/bus/event_source/devices/arm_dsu_0/type", "11\n");
    cr_assert(eq(sz, tern_core_pmus(pmu, 4), 2));
}

Test(counters_perf, cores_of_other_makers_are_found_by_their_processors, .init = tree_begin,
     .fini = tree_end) {
    struct tern_core_pmu pmu[4];
    tree_put("/sys/bus/event_source/devices/apple_icestorm_pmu/type", "8\n");
    tree_put("/sys/bus/event_source/devices/apple_icestorm_pmu/cpus", "0-3\n");
    tree_put("/sys/bus/event_source/devices/apple_firestorm_pmu/type", "9\n");
    tree_put("/sys/bus/event_source/devices/apple_firestorm_pmu/cpus", "4-7\n");
    tree_put("/sys/bus/event_source/devices/arm_spe_0/type", "10\n");
    tree_put("/sys/bus/event_source/devices/arm_spe_0/cpumask", "0-7\n");
    cr_assert(eq(sz, tern_core_pmus(pmu, 4), 2));
    cr_assert(eq(str, pmu[0].name, "apple_firestorm_pmu"));
}

/* A kernel that does not know "instructions, on that kind of core" and takes the PMU's own number instead. */
static struct perf_event_attr asked[8];
static int asks;

static int old_kernel(struct perf_event_attr *a, int leader) {
    (void)leader;
    cr_assert(asks < 8);
    asked[asks++] = *a;
    return a->config >> 32 ? -EINVAL : open("/dev/null", O_RDONLY);
}

Test(counters_perf, a_kernel_before_6_6_is_asked_for_the_PMUs_own_event, .init = tree_begin,
     .fini = tree_end) {
    const char *const names[] = {"perf:instructions"};
    void *state;
    struct tern_error e = {0};
    tree_put("/proc/sys/kernel/perf_event_paranoid", "1\n");
    tree_put("/sys/bus/event_source/devices/armv8_cortex_a55/type", "8\n");
    tree_put("/sys/bus/event_source/devices/armv8_cortex_a55/cpus", "0-3\n");
    tree_put("/sys/bus/event_source/devices/apple_firestorm_pmu/type", "9\n");
    tree_put("/sys/bus/event_source/devices/apple_firestorm_pmu/cpus", "4-7\n");
    tern_perf_use(old_kernel);
    cr_assert(tern_counters_perf.open(names, 1, &state, &e) == TERN_OK, "%s", e.text);
    tern_counters_perf.close(state);
    tern_perf_use(NULL);
    cr_assert(eq(int, asks, 4));
    cr_assert(asked[0].config == (UINT64_C(9) << 32 | PERF_COUNT_HW_INSTRUCTIONS));
    cr_assert(asked[1].type == 9 && asked[1].config == 0x8c);
    cr_assert(asked[3].type == 8 && asked[3].config == 0x08);
}

Test(counters_perf, only_what_a_PMU_has_a_number_for_is_asked_of_it) {
    const struct tern_core_pmu arm = {"armv8_cortex_a76", 9}, apple = {"apple_firestorm_pmu", 8},
                               intel = {"cpu_atom", 10};
    struct tern_perf_event ev;
    cr_assert(tern_perf_event_of("LLC-load-misses", &ev, NULL) == TERN_OK);
    cr_assert(eq(int, tern_perf_own_event(&apple, &ev), 0));
    cr_assert(eq(int, tern_perf_own_event(&intel, &ev), 0));
    cr_assert(tern_perf_own_event(&arm, &ev) && ev.type == 9 && ev.config == 0x37);
}

Test(counters_perf, names_of_a_PMU_are_read_from_its_folder, .init = tree_begin, .fini = tree_end) {
    struct tern_perf_event ev;
    struct tern_error e = {0};
    tree_put("/sys/bus/event_source/devices/cpu_core/type", "4\n");
    tree_put("/sys/bus/event_source/devices/cpu_core/format/event", "config:0-7\n");
    tree_put("/sys/bus/event_source/devices/cpu_core/format/umask", "config:8-15,40-47\n");
    tree_put("/sys/bus/event_source/devices/cpu_core/format/ldlat", "config1:0-15\n");
    tree_put("/sys/bus/event_source/devices/cpu_core/events/mem-loads", "event=0xcd,umask=0x1,ldlat=3\n");
    cr_assert(tern_perf_event_of("cpu_core/mem-loads/", &ev, &e) == TERN_OK, "%s", e.text);
    cr_assert(ev.type == 4 && ev.config == 0x1cd && ev.config1 == 3);
    cr_assert(tern_perf_event_of("cpu_core/event=0x2e,umask=0x141/", &ev, &e) == TERN_OK, "%s", e.text);
    cr_assert(eq(u64, ev.config, (UINT64_C(1) << 40) | 0x412e), "the upper bits go to the second place");
    cr_assert(eq(int, tern_perf_event_of("cpu_core/event=0x12e/", &ev, &e), TERN_UNSUPPORTED),
              "cut to eight bits it would be another event");
    cr_assert(eq(int, tern_perf_event_of("cpu_core/none/", &ev, &e), TERN_UNSUPPORTED));
    cr_assert(eq(int, tern_perf_event_of("cpu_none/event=1/", &ev, &e), TERN_UNSUPPORTED));
    cr_assert(eq(int, tern_perf_event_of("cpu_core/event=many/", &ev, &e), TERN_BAD_INPUT));
    cr_assert(eq(int, tern_perf_event_of("cpu_core/event=1", &ev, &e), TERN_BAD_INPUT));
    cr_assert(eq(int, tern_perf_event_of("cpu_core/../../secret/", &ev, &e), TERN_UNSUPPORTED));
}

Test(counters_perf, raw_codes_and_generic_names_are_of_every_kind_of_core) {
    struct tern_perf_event ev;
    cr_assert(tern_perf_event_of("r01c2", &ev, NULL) == TERN_OK && ev.config == 0x1c2 && ev.per_core_kind);
    cr_assert(tern_perf_event_of("cycles", &ev, NULL) == TERN_OK && ev.per_core_kind);
    cr_assert(tern_perf_event_of("page-faults", &ev, NULL) == TERN_OK && !ev.per_core_kind);
    cr_assert(eq(int, tern_perf_event_of("rabbits", &ev, NULL), TERN_UNSUPPORTED));
}

/* The kernel's software events need no PMU, so the system call itself can be tried here. */
Test(counters_perf, page_faults_are_the_pages_touched) {
    const char *const names[] = {"perf:page-faults", "perf:major-faults"};
    struct tern_counters *c;
    struct tern_error e = {0};
    int64_t v[2] = {0};
    char why[160];
    if (tern_counters_open(names, 2, &c, &e)) {
        const int allowed = tern_perf_allowed(why, sizeof why) && tern_perf_filtered() == 0;
        cr_assert(allowed == 0, "%s", e.text);
        cr_skip_test("%s", e.text);
    }
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *p = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(p != MAP_FAILED);
    madvise(p, PAGES * page, MADV_NOHUGEPAGE);
    cr_assert(tern_counters_start(c, &e) == TERN_OK, "%s", e.text);
    for (size_t i = 0; i < PAGES; i++) ((volatile unsigned char *)p)[i * page] = 1;
    cr_assert(tern_counters_stop(c, v, &e) == TERN_OK, "%s", e.text);
    cr_assert(v[0] >= PAGES && v[0] < 2 * PAGES + 8, "%lld page faults for %d pages", (long long)v[0], PAGES);
    cr_assert(eq(i64, v[1], 0), "memory without a file needs no disk");
    tern_counters_close(c);
    munmap(p, PAGES * page);
}
