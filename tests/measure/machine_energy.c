#define _GNU_SOURCE
#include "machine_tree.h"

#include "measure/clock.h"
#include "measure/energy/energy.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define RANGE 262143328850ll

static void put_zone(const char *zone, const char *name, long long uj) {
    char path[128], text[32];
    snprintf(path, sizeof path, "/sys/class/powercap/%s/name", zone);
    snprintf(text, sizeof text, "%s\n", name);
    tree_put(path, text);
    snprintf(path, sizeof path, "/sys/class/powercap/%s/max_energy_range_uj", zone);
    snprintf(text, sizeof text, "%lld\n", RANGE);
    tree_put(path, text);
    snprintf(path, sizeof path, "/sys/class/powercap/%s/energy_uj", zone);
    snprintf(text, sizeof text, "%lld\n", uj);
    tree_put(path, text);
}

static void put_two_packages(long long a, long long b) {
    put_zone("intel-rapl:0", "package-0", a);
    put_zone("intel-rapl:1", "package-1", b);
}

static struct tern_energy *open_energy(void) {
    struct tern_energy *m;
    struct tern_error e = {0};
    cr_assert(tern_energy_open(&m, &e) == TERN_OK, "%s", e.text);
    return m;
}

static double joules_of(struct tern_energy *m) {
    struct tern_error e = {0};
    double j = -1;
    cr_assert(tern_energy_joules(m, &j, &e) == TERN_OK, "%s", e.text);
    return j;
}

Test(energy, adds_the_packages, .init = tree_begin, .fini = tree_end) {
    put_two_packages(1000000, 5000000);
    struct tern_energy *m = open_energy();
    put_two_packages(3000000, 5500000);
    cr_assert(epsilon_eq(dbl, joules_of(m), 2.5, 1e-9));
    cr_assert(eq(str, (char *)tern_energy_name(m), "powercap package-0+package-1"));
    tern_energy_close(m);
}

Test(energy, never_adds_nested_mirrored_or_platform_zones, .init = tree_begin, .fini = tree_end) {
    static const char *const others[] = {"intel-rapl:0:0", "intel-rapl:0:1", "intel-rapl-mmio:0",
                                         "intel-rapl:2"};
    static const char *const names[] = {"core", "dram", "package-0", "psys"};
    put_two_packages(0, 0);
    for (int i = 0; i < 4; i++) put_zone(others[i], names[i], 0);
    struct tern_energy *m = open_energy();
    put_two_packages(1000000, 1000000);
    for (int i = 0; i < 4; i++) put_zone(others[i], names[i], 700000000);
    cr_assert(epsilon_eq(dbl, joules_of(m), 2.0, 1e-9));
    tern_energy_close(m);
}

Test(energy, goes_on_counting_when_a_counter_wraps, .init = tree_begin, .fini = tree_end) {
    put_two_packages(RANGE - 400000, 10);
    struct tern_energy *m = open_energy();
    put_two_packages(600000, 1000010);
    cr_assert(epsilon_eq(dbl, joules_of(m), 2.0, 1e-9));
    put_two_packages(1600000, 1000010);
    cr_assert(epsilon_eq(dbl, joules_of(m), 3.0, 1e-9));
    tern_energy_close(m);
}

Test(energy, never_counts_less_than_nothing, .init = tree_begin, .fini = tree_end) {
    struct tern_error e = {0};
    double joules;
    put_two_packages(RANGE + 500000, 10);
    struct tern_energy *m = open_energy();
    put_two_packages(7, 20);
    cr_assert(eq(int, tern_energy_joules(m, &joules, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "beyond its range") != NULL, "%s", e.text);
    tern_energy_close(m);
}

Test(energy, begins_again_from_zero, .init = tree_begin, .fini = tree_end) {
    put_two_packages(0, 0);
    struct tern_energy *m = open_energy();
    put_two_packages(1000000, 1000000);
    cr_assert(eq(int, tern_energy_start(m, NULL), TERN_OK));
    put_two_packages(1500000, 2000000);
    cr_assert(epsilon_eq(dbl, joules_of(m), 1.5, 1e-9));
    tern_energy_close(m);
}

static void refused(const char *reason) {
    struct tern_energy *m;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_energy_open(&m, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, reason) != NULL, "%s", e.text);
    cr_assert(m == NULL);
}

Test(energy, a_machine_without_powercap_has_a_reason, .init = tree_begin, .fini = tree_end) {
    refused("not there");
}

Test(energy, a_tree_without_packages_has_a_reason, .init = tree_begin, .fini = tree_end) {
    put_zone("dtpm", "whole", 1);
    refused("no package zone");
}

Test(energy, one_unreadable_package_denies_the_whole_sum, .init = tree_begin, .fini = tree_end) {
    put_two_packages(1, 1);
    char path[256];
    snprintf(path, sizeof path, "%s/sys/class/powercap/intel-rapl:1/energy_uj", getenv("TERN_SYSFS"));
    cr_assert(chmod(path, 0) == 0);
    if (geteuid() == 0) cr_assert(seteuid(65534) == 0); /* root may read everything */
    refused("intel-rapl:1: denied");
    if (getuid() == 0) cr_assert(seteuid(0) == 0);
}

Test(energy, facts_of_a_denied_counter_give_the_udev_line, .init = tree_begin, .fini = tree_end) {
    char path[256];
    put_zone("intel-rapl:0", "package-0", 1);
    snprintf(path, sizeof path, "%s/sys/class/powercap/intel-rapl:0/energy_uj", getenv("TERN_SYSFS"));
    cr_assert(chmod(path, 0) == 0);
    if (geteuid() == 0) cr_assert(seteuid(65534) == 0);
    const struct tern_energy_facts *f = tern_energy_facts();
    cr_assert(strstr(f->why_not, "denied") != NULL, "%s", f->why_not);
    cr_assert(strstr(f->remedy, "udev") != NULL, "%s", f->remedy);
    if (getuid() == 0) cr_assert(seteuid(0) == 0);
}

Test(energy, says_that_the_value_is_garbage, .init = tree_begin, .fini = tree_end) {
    put_two_packages(1, 1);
    tree_put("/sys/class/powercap/intel-rapl:0/energy_uj", "many\n");
    refused("holds no number");
}

Test(energy, does_not_report_zero_joules_of_a_frozen_counter, .init = tree_begin, .fini = tree_end) {
    put_two_packages(77, 77);
    struct tern_energy *m = open_energy();
    struct tern_error e = {0};
    double j = 0;
    nanosleep(&(struct timespec){.tv_nsec = 120000000}, NULL);
    put_zone("intel-rapl:0", "package-0", 500077);
    cr_assert(eq(int, tern_energy_joules(m, &j, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "intel-rapl:1: does not move") != NULL, "%s", e.text);
    tern_energy_close(m);
}

Test(energy, probe_refuses_counters_that_stand_still, .init = tree_begin, .fini = tree_end) {
    put_two_packages(77, 77);
    struct tern_energy *m = open_energy();
    struct tern_error e = {0};
    cr_assert(eq(int, tern_energy_probe(m, NULL, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "does not move") != NULL, "%s", e.text);
    tern_energy_close(m);
}

/* A second thread that plays the hardware: both packages burn `watts` each until told to stop. */
static atomic_int stop;
static double watts;

static void *burn(void *ctx) {
    const uint64_t t0 = tern_now_ns();
    (void)ctx;
    while (!atomic_load(&stop)) {
        const long long uj = (long long)(watts * (double)(tern_now_ns() - t0) * 1e-3);
        put_two_packages(uj, uj);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return NULL;
}

static enum tern_status probe_once(double watts_each, double *seen, struct tern_error *e) {
    pthread_t t;
    put_two_packages(0, 0);
    struct tern_energy *m = open_energy();
    watts = watts_each;
    atomic_store(&stop, 0);
    cr_assert(pthread_create(&t, NULL, burn, NULL) == 0);
    const enum tern_status s = tern_energy_probe(m, seen, e);
    atomic_store(&stop, 1);
    pthread_join(t, NULL);
    tern_energy_close(m);
    return s;
}

/* On a busy machine the second thread may not get its turn within 50 ms; then the counters really stood
 * still. */
static enum tern_status probe_while_burning(double watts_each, double *seen, const char *starved,
                                            struct tern_error *e) {
    enum tern_status s = TERN_OK;
    for (int i = 0; i < 40; i++) {
        s = probe_once(watts_each, seen, e);
        if (!s || (!strstr(e->text, "does not move") && !(starved && strstr(e->text, starved)))) break;
    }
    return s;
}

Test(energy, probe_believes_a_plausible_power, .init = tree_begin, .fini = tree_end) {
    struct tern_error e = {0};
    double seen = 0;
    cr_assert(probe_while_burning(40, &seen, "not plausible", &e) == TERN_OK, "%s", e.text);
    cr_assert(seen > 0);
}

Test(energy, probe_refuses_an_absurd_power, .init = tree_begin, .fini = tree_end) {
    struct tern_error e = {0};
    double seen = 0;
    cr_assert(eq(int, probe_while_burning(4e6, &seen, NULL, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "not plausible") != NULL, "%s", e.text);
}

Test(energy, two_packages_with_parts_and_a_wrap_give_the_right_joules, .init = tree_begin, .fini = tree_end) {
    put_two_packages(RANGE - 1000000, 3000000);
    put_zone("intel-rapl:0:0", "core", 5);
    put_zone("intel-rapl:0:1", "dram", 7);
    put_zone("intel-rapl:1:0", "core", RANGE - 1);
    struct tern_energy *m = open_energy();
    put_two_packages(250000, 3500000); /* 1.25 J over the wrap, and 0.5 J */
    put_zone("intel-rapl:0:0", "core", 900005);
    put_zone("intel-rapl:0:1", "dram", 900007);
    put_zone("intel-rapl:1:0", "core", 899999);
    cr_assert(epsilon_eq(dbl, joules_of(m), 1.75, 1e-9));
    tern_energy_close(m);
}
