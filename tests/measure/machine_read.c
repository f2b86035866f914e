#define _GNU_SOURCE
#include "machine_tree.h"

#include "base/isa.h"
#include "measure/machine/machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tern_machine read_machine(void) {
    static struct tern_machine m;
    struct tern_error e = {0};
    cr_assert(tern_machine_read(&m, &e) == TERN_OK, "%s", e.text);
    return m;
}

static void put_cpu(int cpu, const char *siblings, const char *package) {
    char path[128];
    const char *const name[] = {"topology/thread_siblings_list",
                                "topology/physical_package_id",
                                "cache/index0/level",
                                "cache/index0/type",
                                "cache/index0/size",
                                "cache/index1/level",
                                "cache/index1/type",
                                "cache/index1/size",
                                "cache/index2/level",
                                "cache/index2/type",
                                "cache/index2/size",
                                "cache/index3/level",
                                "cache/index3/type",
                                "cache/index3/size",
                                "cache/index3/shared_cpu_list"};
    const char *const text[] = {siblings,  package,         "1\n",       "Data\n", "48K\n",
                                "1\n",     "Instruction\n", "64K\n",     "2\n",    "Unified\n",
                                "2048K\n", "3\n",           "Unified\n", "36M\n",  "0-1,4-5\n"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", cpu, name[i]);
        tree_put(path, text[i]);
    }
}

/* Two packages of two cores of two threads, numbered as Linux does: the second threads come last. */
static void put_two_packages(void) {
    static const char *const siblings[] = {"0,4\n", "1,5\n", "2,6\n", "3,7\n"};
    tree_put("/sys/devices/system/cpu/online", "0-7\n");
    for (int cpu = 0; cpu < 8; cpu++) put_cpu(cpu, siblings[cpu % 4], cpu % 4 < 2 ? "0\n" : "1\n");
    tree_put("/sys/devices/system/node/online", "0-1\n");
    tree_put("/sys/devices/system/node/node0/cpulist", "0-1,4-5\n");
    tree_put("/sys/devices/system/node/node1/cpulist", "2-3,6-7\n");
    tree_put("/proc/cpuinfo",
             "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 143\n"
             "model name\t: Make-believe CPU\nstepping\t: 8\nflags\t\t: fpu sse2 hypervisor avx2 \n\n"
             "processor\t: 1\nvendor_id\t: GenuineIntel\n");
    tree_put("/proc/meminfo", "MemTotal:       16384 kB\nMemFree:  1 kB\n");
}

Test(machine, counts_threads_cores_packages_and_nodes, .init = tree_begin, .fini = tree_end) {
    put_two_packages();
    const struct tern_machine m = read_machine();
    cr_assert(eq(sz, m.cpus, 8));
    cr_assert(eq(sz, m.cores, 4));
    cr_assert(eq(sz, m.packages, 2));
    cr_assert(eq(sz, m.numa_nodes, 2));
    cr_assert(eq(sz, m.core_kinds, 1));
    cr_assert(eq(str, (char *)m.topology_source, "sysfs"));
}

Test(machine, puts_the_first_thread_of_every_core_first, .init = tree_begin, .fini = tree_end) {
    /* Numbered as some firmware does: the threads of one core are neighbours. */
    static const char *const siblings[] = {"0-1\n", "0-1\n", "2-3\n", "2-3\n"};
    static const int expected[] = {0, 2, 1, 3};
    tree_put("/sys/devices/system/cpu/online", "0-3\n");
    for (int cpu = 0; cpu < 4; cpu++) put_cpu(cpu, siblings[cpu], "0\n");
    const struct tern_machine m = read_machine();
    cr_assert(eq(sz, m.cores, 2));
    for (int i = 0; i < 4; i++) cr_expect(eq(int, m.cpu[i], expected[i]));
}

Test(machine, puts_fast_cores_before_slow_ones, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/devices/system/cpu/online", "0-3\n");
    for (int cpu = 0; cpu < 4; cpu++) {
        char path[64], siblings[8];
        snprintf(siblings, sizeof siblings, "%d\n", cpu);
        put_cpu(cpu, siblings, "0\n");
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpu_capacity", cpu);
        tree_put(path, cpu < 2 ? "446\n" : "1024\n");
    }
    const struct tern_machine m = read_machine();
    static const int expected[] = {2, 3, 0, 1};
    for (int i = 0; i < 4; i++) cr_expect(eq(int, m.cpu[i], expected[i]));
    cr_assert(eq(sz, m.core_kinds, 2));
}

Test(machine, reads_the_data_caches_of_the_first_processor, .init = tree_begin, .fini = tree_end) {
    put_two_packages();
    const struct tern_machine m = read_machine();
    cr_assert(eq(sz, m.l1d_bytes, 48 << 10));
    cr_assert(eq(sz, m.l2_bytes, 2 << 20));
    cr_assert(eq(sz, m.l3_bytes, 36 << 20));
    cr_assert(eq(sz, m.l3_shared_by, 4));
}

/* Servers that number the processors of two packages in turn have lists without ranges. */
Test(machine, reads_a_list_of_processors_of_any_length, .init = tree_begin, .fini = tree_end) {
    char list[2048] = "0";
    put_two_packages();
    for (int cpu = 2; cpu < 300; cpu += 2)
        snprintf(list + strlen(list), sizeof list - strlen(list), ",%d", cpu);
    tree_put("/sys/devices/system/cpu/cpu0/cache/index3/shared_cpu_list", list);
    cr_assert(eq(sz, read_machine().l3_shared_by, 150));
}

Test(machine, reads_its_identity_and_the_hypervisor, .init = tree_begin, .fini = tree_end) {
    put_two_packages();
    const struct tern_machine m = read_machine();
    cr_assert(eq(str, (char *)m.brand, "Make-believe CPU"));
    cr_assert(eq(str, (char *)m.vendor, "GenuineIntel"));
    cr_assert(m.family == 6 && m.model == 143 && m.stepping == 8);
    cr_assert(eq(str, (char *)m.hypervisor, "vm"));
}

Test(machine, takes_the_lowest_group_limit_as_memory, .init = tree_begin, .fini = tree_end) {
    put_two_packages();
    tree_put("/proc/self/cgroup", "0::/a/b\n");
    tree_put("/sys/fs/cgroup/a/b/memory.max", "max\n");
    tree_put("/sys/fs/cgroup/a/memory.max", "8388608\n");
    tree_put("/sys/fs/cgroup/memory.max", "12582912\n");
    cr_assert(eq(sz, read_machine().memory_bytes, 8388608));
}

Test(machine, takes_physical_memory_when_the_group_limit_is_higher, .init = tree_begin, .fini = tree_end) {
    put_two_packages();
    tree_put("/proc/self/cgroup", "3:cpu:/x\n4:memory:/x\n");
    tree_put("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
    cr_assert(eq(sz, read_machine().memory_bytes, (size_t)16384 * 1024));
}

Test(machine, reads_governor_and_huge_page_mode, .init = tree_begin, .fini = tree_end) {
    put_two_packages();
    tree_put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
    tree_put("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
    const struct tern_machine m = read_machine();
    cr_assert(eq(str, (char *)m.governor, "powersave"));
    cr_assert(eq(str, (char *)m.thp, "never"));
}

Test(machine, knows_nothing_of_an_empty_tree_and_does_not_fail, .init = tree_begin, .fini = tree_end) {
    const struct tern_machine m = read_machine();
    cr_assert(eq(int, m.family, -1));
    cr_assert(eq(sz, m.l1d_bytes + m.l2_bytes + m.l3_bytes + m.memory_bytes, 0));
    cr_assert(m.cpus >= 1 && m.cores >= 1);
    cr_assert(eq(sz, strlen(m.key), 18));
}

Test(machine, survives_garbage_in_every_file, .init = tree_begin, .fini = tree_end) {
    put_cpu(0, "zero-one\n", "\n");
    tree_put("/sys/devices/system/cpu/online", "7-3,,x\n");
    tree_put("/sys/devices/system/cpu/cpu0/cache/index0/size", "99999999999999999999K\n");
    tree_put("/sys/devices/system/node/online", "0-99999999\n");
    tree_put("/proc/cpuinfo", "processor: \nprocessor : 4294967296\nmodel\n\n\n\n:\n");
    tree_put("/proc/self/cgroup", "::\n0::\n:::::\n4:memory\n");
    tree_put("/proc/meminfo", "MemTotal: lots\n");
    const struct tern_machine m = read_machine();
    cr_assert(eq(sz, m.l1d_bytes, 0));
    cr_assert(eq(int, m.family, -1));
}

Test(machine, may_use_exactly_the_processors_of_its_affinity) {
    cpu_set_t set;
    unsetenv("TERN_SYSFS");
    cr_assert(sched_getaffinity(0, sizeof set, &set) == 0);
    const struct tern_machine m = read_machine();
    cr_assert(eq(sz, m.cpus, (size_t)CPU_COUNT(&set)));
    for (size_t i = 0; i < m.cpus; i++) cr_expect(1 == CPU_ISSET((unsigned)m.cpu[i], &set));
}

Test(machine, keeps_its_key_whatever_TERN_ISA_allows) {
    unsetenv("TERN_SYSFS");
    unsetenv("TERN_ISA");
    const struct tern_machine all = read_machine();
    setenv("TERN_ISA", "scalar", 1);
    const struct tern_machine scalar = read_machine();
    cr_assert(eq(str, (char *)scalar.key, (char *)all.key));
    cr_assert(eq(u32, all.usable, all.isa));
    cr_assert(eq(u32, scalar.usable, 0));
}

Test(machine, has_one_key_whether_hwloc_or_sysfs_tells_the_topology) {
    unsetenv("TERN_ISA");
    unsetenv("TERN_SYSFS");
    const struct tern_machine here = read_machine();
    setenv("TERN_SYSFS", "/", 1); /* the same tree, but read without hwloc */
    const struct tern_machine again = read_machine();
    cr_assert(eq(str, (char *)again.topology_source, "sysfs"));
    cr_assert(eq(str, (char *)again.key, (char *)here.key));
}

Test(machine, key_tells_two_models_apart, .init = tree_begin, .fini = tree_end) {
    tree_put("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: X\ncpu family\t: 6\nmodel\t\t: 1\n");
    const struct tern_machine one = read_machine();
    tree_put("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: X\ncpu family\t: 6\nmodel\t\t: 2\n");
    const struct tern_machine two = read_machine();
    cr_assert(ne(str, (char *)one.key, (char *)two.key));
}

Test(machine, refuses_a_malformed_TERN_ISA) {
    static struct tern_machine m;
    struct tern_error e = {0};
    setenv("TERN_ISA", "avx9", 1);
    cr_assert(eq(int, tern_machine_read(&m, &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "avx9") != NULL);
}

Test(machine, cold_bytes_are_four_times_the_last_cache_until_the_cap_decides) {
    static struct tern_machine m;
    int capped = -1;
    m.l3_bytes = (size_t)32 << 20;
    m.memory_bytes = (size_t)16 << 30;
    cr_assert(eq(sz, tern_cold_bytes(&m, &capped), (size_t)128 << 20));
    cr_assert(eq(int, capped, 0));
    m.l3_bytes = (size_t)260 << 20;
    cr_assert(eq(sz, tern_cold_bytes(&m, &capped), (size_t)1 << 30),
              "the cap is still more than twice the cache");
    cr_assert(eq(int, capped, 0));
    m.l3_bytes = (size_t)1 << 30;
    cr_assert(eq(sz, tern_cold_bytes(&m, &capped), (size_t)1 << 30));
    cr_assert(eq(int, capped, 1));
    m.l3_bytes = (size_t)260 << 20;
    m.memory_bytes = (size_t)1 << 30;
    cr_assert(eq(sz, tern_cold_bytes(&m, &capped), (size_t)256 << 20));
    cr_assert(eq(int, capped, 1));
}

Test(machine, cold_bytes_of_unknown_caches_leave_memory_for_several_candidates) {
    static struct tern_machine m;
    int capped = -1;
    m.memory_bytes = (size_t)3 << 30;
    cr_assert(eq(sz, tern_cold_bytes(&m, &capped), (size_t)64 << 20));
    cr_assert(eq(int, capped, 1));
}
