/* Machines that are not here, read from hwloc's XML: what is found, and in which order threads are placed. */
#define _GNU_SOURCE
#include "measure/machine/machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tern_machine m;

static void read_fixture(const char *name) {
    char path[512];
    struct tern_error e = {0};
#ifndef TERN_HAVE_HWLOC
    cr_skip_test("built without hwloc");
#endif
    snprintf(path, sizeof path, TERN_SOURCE_ROOT "/tests/data/topology/%s.xml", name);
    setenv("HWLOC_XMLFILE", path, 1);
    cr_assert(tern_machine_read(&m, &e) == TERN_OK, "%s", e.text);
    cr_assert(m.foreign && strstr(m.topology_source, "XML"), "%s", m.topology_source);
}

static void order_is(const int *cpu, size_t count, const char *expected) {
    char text[256] = "";
    for (size_t i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%d", i ? " " : "", cpu[i]);
    cr_assert(eq(str, text, (char *)expected));
}

static void kind_is(size_t k, const char *name, size_t cores, const char *cpus, size_t l1d_kib,
                    size_t l2_kib) {
    int cpu[TERN_MAX_CPUS];
    cr_assert(eq(str, m.kind[k].name, (char *)name));
    cr_assert(eq(sz, m.kind[k].cores, cores));
    const size_t n = tern_machine_kind_cpus(&m, k, cpu);
    cr_assert(eq(sz, n, m.kind[k].cpus));
    order_is(cpu, n, cpus);
    cr_assert(eq(sz, m.kind[k].l1d_bytes, l1d_kib << 10));
    cr_assert(eq(sz, m.kind[k].l2_bytes, l2_kib << 10));
}

Test(topology, of_a_hybrid_laptop) {
    read_fixture("hybrid-laptop");
    cr_assert(m.cpus == 16 && m.cores == 12 && m.packages == 1 && m.numa_nodes == 1);
    cr_assert(eq(sz, m.core_kinds, 2));
    kind_is(0, "P", 4, "0 2 4 6 1 3 5 7", 48, 1280);
    kind_is(1, "E", 8, "8 9 10 11 12 13 14 15", 32, 2048);
    /* One thread of each fast core, then the slow cores, then the second threads. */
    order_is(m.cpu, m.cpus, "0 2 4 6 8 9 10 11 12 13 14 15 1 3 5 7");
    cr_assert(m.l2_bytes == 1280 << 10 && m.l3_bytes == 18 << 20 && m.l3_shared_by == 16);
}

Test(topology, of_a_server_with_two_packages) {
    read_fixture("two-socket-server");
    cr_assert(m.cpus == 16 && m.cores == 8 && m.packages == 2 && m.numa_nodes == 2);
    cr_assert(eq(sz, m.core_kinds, 1));
    kind_is(0, "all", 8, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", 48, 2048);
    cr_assert(m.l3_bytes == 60 << 20 && m.l3_shared_by == 8);
}

Test(topology, of_an_ARM_board_with_three_kinds) {
    read_fixture("arm-big-little");
    cr_assert(m.cpus == 8 && m.cores == 8 && m.core_kinds == 3);
    kind_is(0, "big", 1, "7", 64, 512);
    kind_is(1, "mid", 3, "4 5 6", 64, 256);
    kind_is(2, "little", 4, "0 1 2 3", 32, 128);
    order_is(m.cpu, m.cpus, "7 4 5 6 0 1 2 3");
    cr_assert(eq(sz, m.l2_bytes, 512 << 10), "the caches are those of the core that is used first");
}

Test(topology, a_kind_alone_is_a_machine_with_a_key_of_its_own) {
    static struct tern_machine p, e;
    read_fixture("hybrid-laptop");
    tern_machine_of_kind(&m, 0, &p);
    tern_machine_of_kind(&m, 1, &e);
    cr_assert(p.cpus == 8 && e.cpus == 8 && e.cores == 8 && e.core_kinds == 1);
    order_is(e.cpu, e.cpus, "8 9 10 11 12 13 14 15");
    cr_assert(e.l2_bytes == 2048 << 10 && p.l2_bytes == 1280 << 10);
    cr_assert(strcmp(p.key, e.key) && strcmp(p.key, m.key) && strcmp(e.key, m.key));
}

Test(topology, a_machine_of_one_kind_keeps_its_key) {
    static struct tern_machine one;
    read_fixture("two-socket-server");
    tern_machine_of_kind(&m, 0, &one);
    cr_assert(eq(str, one.key, m.key));
    cr_assert(eq(sz, one.cpus, 16));
}

Test(topology, a_file_that_is_none_leaves_this_machine) {
    struct tern_error e = {0};
    setenv("HWLOC_XMLFILE", "/nonexistent.xml", 1);
    cr_assert(tern_machine_read(&m, &e) == TERN_OK, "%s", e.text);
    cr_assert(m.foreign == 0 && m.cpus >= 1 && m.core_kinds >= 1);
}
