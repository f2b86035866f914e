/* Machines with ARM, by the files that their kernels have. What only instructions tell is not tried here. */
#define _GNU_SOURCE
#include "machine_tree.h"

#include "measure/machine/machine.h"
#include "measure/machine/microarchitecture.h"
#include "measure/machine/noise.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPU "/sys/devices/system/cpu/"

static struct tern_machine read_machine(void) {
    static struct tern_machine m;
    struct tern_error e = {0};
    cr_assert(tern_machine_read(&m, &e) == TERN_OK, "%s", e.text);
    return m;
}

static void put_midr(int cpu, const char *midr) {
    char path[128];
    snprintf(path, sizeof path, CPU "cpu%d/regs/identification/midr_el1", cpu);
    tree_put(path, midr);
}

static void put_text(const char *implementer, const char *variant, const char *part, const char *revision) {
    char text[256];
    snprintf(text, sizeof text,
             "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: %s\nCPU "
             "architecture: 8\n"
             "CPU variant\t: %s\nCPU part\t: %s\nCPU revision\t: %s\n",
             implementer, variant, part, revision);
    tree_put("/proc/cpuinfo", text);
}

static const char *design_of(const struct tern_machine *m) {
    static char name[TERN_MICROARCHITECTURE_NAME];
    tern_microarchitecture(m, name);
    return name;
}

Test(machine_arm, a_core_is_known_by_its_numbers, .init = tree_begin, .fini = tree_end) {
    put_text("0x41", "0x3", "0xd0c", "1");
    const struct tern_machine m = read_machine();
    cr_assert(eq(str, (char *)m.brand, "Arm Neoverse N1"));
    cr_assert(m.family == 8 && m.model == 0xd0c && m.variant == 3 && m.stepping == 1);
    cr_assert(eq(str, (char *)design_of(&m), "neoverse-n1"));
}

Test(machine_arm, a_core_that_no_table_knows_is_told_by_its_numbers, .init = tree_begin, .fini = tree_end) {
    put_text("0x61", "0x1", "0xfff", "0");
    struct tern_machine m = read_machine();
    cr_assert(eq(str, (char *)m.brand, "Apple core 0xfff"));
    put_text("0x99", "0x1", "0x001", "0");
    m = read_machine();
    cr_assert(eq(str, (char *)m.brand, "0x99 core 0x001"));
    cr_assert(eq(str, (char *)design_of(&m), "family-8-model-1"));
}

Test(machine_arm, the_register_is_read_where_the_text_is_silent, .init = tree_begin, .fini = tree_end) {
    tree_put(CPU "online", "0\n");
    tree_put("/proc/cpuinfo", "Processor\t: AArch64\nprocessor\t: 0\n");
    put_midr(0, "0x00000000411fd401\n");
    const struct tern_machine m = read_machine();
    cr_assert(eq(str, (char *)m.brand, "Arm Neoverse V1"));
    cr_assert(eq(str, (char *)m.vendor, "0x41"));
    cr_assert(m.family == 8 && m.model == 0xd40 && m.variant == 1 && m.stepping == 1);
}

Test(machine_arm, two_variants_of_a_core_have_two_keys, .init = tree_begin, .fini = tree_end) {
    put_text("0x41", "0x3", "0xd0c", "1");
    const struct tern_machine one = read_machine();
    put_text("0x41", "0x4", "0xd0c", "1");
    const struct tern_machine two = read_machine();
    cr_assert(ne(str, (char *)one.key, (char *)two.key));
}

/* An RK3399: the kernel ranks nothing and tells no caches. The slow cores have the low numbers. */
Test(machine_arm, kinds_of_core_are_told_apart_by_their_designs, .init = tree_begin, .fini = tree_end) {
    tree_put(CPU "online", "0-5\n");
    for (int cpu = 0; cpu < 6; cpu++)
        put_midr(cpu, cpu < 4 ? "0x00000000410fd034\n" : "0x00000000410fd082\n");
    const struct tern_machine m = read_machine();
    cr_assert(eq(sz, m.core_kinds, 2));
    cr_assert(eq(str, (char *)m.kind[0].name, "big"));
    cr_assert(m.kind[0].cpus == 2 && m.kind[1].cpus == 4);
    static const int expected[] = {4, 5, 0, 1, 2, 3};
    for (int i = 0; i < 6; i++) cr_expect(eq(int, m.cpu[i], expected[i]));
    cr_assert(m.kind[0].caches_usual && m.kind[0].l1d_bytes == 32 << 10 && m.kind[0].l2_bytes == 1024 << 10);
    cr_assert(m.kind[1].caches_usual && m.kind[1].l2_bytes == 512 << 10);
}

Test(machine_arm, what_the_system_ranks_goes_before_what_is_known_of_designs, .init = tree_begin,
     .fini = tree_end) {
    tree_put(CPU "online", "0-2\n");
    put_midr(0, "0x00000000410fd034\n"); /* A53 */
    put_midr(1, "0x00000000410fd082\n"); /* A72, clocked down */
    put_midr(2, "0x00000000410fd082\n");
    tree_put(CPU "cpu0/cpu_capacity", "1024\n");
    tree_put(CPU "cpu1/cpu_capacity", "400\n");
    tree_put(CPU "cpu2/cpu_capacity", "400\n");
    const struct tern_machine m = read_machine();
    cr_assert(eq(sz, m.core_kinds, 2));
    cr_assert(m.cpu[0] == 0 && m.kind[0].cpus == 1);
}

Test(machine_arm, caches_that_the_system_tells_are_not_replaced, .init = tree_begin, .fini = tree_end) {
    tree_put(CPU "online", "0\n");
    put_midr(0, "0x00000000413fd0c1\n");
    struct tern_machine m = read_machine();
    cr_assert(m.caches_usual && m.l1d_bytes == 64 << 10 && m.l2_bytes == 1 << 20);
    tree_put(CPU "cpu0/cache/index0/level", "1\n");
    tree_put(CPU "cpu0/cache/index0/type", "Data\n");
    tree_put(CPU "cpu0/cache/index0/size", "32K\n");
    m = read_machine();
    cr_assert(m.caches_usual == 0 && m.l1d_bytes == 32 << 10 && m.l2_bytes == 0);
}

static enum tern_noise_state vm_state(void) {
    static struct tern_noise_fact fact[TERN_NOISE_FACTS];
    const struct tern_machine m = read_machine();
    tern_noise_facts(&m, fact);
    for (size_t i = 0; i < TERN_NOISE_FACTS; i++)
        if (!strcmp(fact[i].name, "vm")) return fact[i].state;
    cr_assert(0, "no fact of that name");
    return TERN_NOISE_UNKNOWN;
}

Test(machine_arm, a_guest_is_known_without_the_firmwares_tables, .init = tree_begin, .fini = tree_end) {
    put_text("0x41", "0x1", "0xd07", "0");
    cr_assert(vm_state() == TERN_NOISE_UNKNOWN, "nobody tells");
    tree_put("/proc/device-tree/compatible", "raspberrypi,4-model-b");
    cr_assert(vm_state() == TERN_NOISE_QUIET, "a board");
    tree_put("/proc/device-tree/compatible", "linux,dummy-virt");
    cr_assert(vm_state() == TERN_NOISE_NOISY, "a guest");
    cr_assert(eq(str, (char *)read_machine().hypervisor, "vm"));
}

Test(machine_arm, a_guest_is_known_by_a_hypervisors_node, .init = tree_begin, .fini = tree_end) {
    tree_put("/proc/device-tree/compatible", "vendor,board");
    tree_put("/proc/device-tree/hypervisor/compatible", "xen,xen-4.17");
    cr_assert(eq(str, (char *)read_machine().hypervisor, "xen"));
}

Test(machine_arm, rented_metal_is_no_guest, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
    tree_put("/sys/class/dmi/id/product_name", "c7g.4xlarge\n");
    cr_assert(eq(str, (char *)read_machine().hypervisor, "ec2"));
    tree_put("/sys/class/dmi/id/product_name", "c7g.metal\n");
    cr_assert(vm_state() == TERN_NOISE_QUIET);
}
