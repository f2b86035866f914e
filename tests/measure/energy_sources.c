/* Sources of energy besides powercap, each driven by make-believe files or a make-believe kernel. */
#define _GNU_SOURCE
#include "machine_tree.h"

#include "measure/energy/backend.h"
#include "measure/energy/energy.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct tern_energy *open_source(const char *name) {
    struct tern_energy *m;
    struct tern_error e = {0};
    cr_assert(tern_energy_open_source(name, &m, &e) == TERN_OK, "%s", e.text);
    return m;
}

static void refused(const char *name, enum tern_status status, const char *why) {
    struct tern_energy *m;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_energy_open_source(name, &m, &e), status));
    cr_assert(strstr(e.text, why) != NULL, "%s", e.text);
    cr_assert(m == NULL);
}

static double joules_of(struct tern_energy *m) {
    struct tern_error e = {0};
    double j = -1;
    cr_assert(tern_energy_joules(m, &j, &e) == TERN_OK, "%s", e.text);
    return j;
}

static void rest(void) {
    nanosleep(&(struct timespec){.tv_nsec = 120000000}, NULL);
}

/* ---- the power PMU ---- */

static uint64_t count[2];
static int opened, refusal;

static int fake_open(unsigned type, uint64_t config, int cpu) {
    cr_assert(type == 23 && config == 2);
    return refusal ? -refusal : (opened++, cpu ? 1 : 0);
}

static int fake_read(int fd, uint64_t *value) {
    *value = count[fd];
    return 0;
}

static const struct tern_energy_perf_calls fake = {fake_open, fake_read};

static void put_power_pmu(const char *event) {
    char path[128];
    tree_put("/sys/bus/event_source/devices/power/type", "23\n");
    tree_put("/sys/bus/event_source/devices/power/cpumask", "0,8\n");
    snprintf(path, sizeof path, "/sys/bus/event_source/devices/power/events/%s", event);
    tree_put(path, "event=0x02\n");
    strcat(path, ".scale");
    tree_put(path, "2.5e-1\n");
    tern_energy_perf_use(&fake);
}

Test(energy_perf, adds_the_packages_in_their_unit, .init = tree_begin, .fini = tree_end) {
    put_power_pmu("energy-pkg");
    count[0] = 100, count[1] = 1000;
    struct tern_energy *m = open_source("perf");
    cr_assert(eq(int, opened, 2));
    cr_assert(eq(str, (char *)tern_energy_name(m), "perf energy-pkg of 2 packages"));
    count[0] = 104, count[1] = 1008;
    cr_assert(epsilon_eq(dbl, joules_of(m), 3.0, 1e-12));
    tern_energy_close(m);
}

Test(energy_perf, that_always_reads_zero_is_rejected_because_it_does_not_move, .init = tree_begin,
     .fini = tree_end) {
    put_power_pmu("energy-psys");
    struct tern_energy *m = open_source("perf");
    struct tern_error e = {0};
    double j;
    cr_assert(eq(int, tern_energy_probe(m, NULL, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "energy-psys: does not move") != NULL, "%s", e.text);
    cr_assert(eq(int, tern_energy_start(m, NULL), TERN_OK));
    rest();
    cr_assert(eq(int, tern_energy_joules(m, &j, &e), TERN_UNSUPPORTED));
    tern_energy_close(m);
}

Test(energy_perf, denied_gives_the_level_and_the_remedy, .init = tree_begin, .fini = tree_end) {
    put_power_pmu("energy-pkg");
    refusal = EACCES;
    tree_put("/proc/sys/kernel/perf_event_paranoid", "2\n");
    refused("perf", TERN_UNSUPPORTED, "denied: kernel.perf_event_paranoid is 2");
    const struct tern_energy_facts *f = tern_energy_sources();
    cr_assert(f[0].source == TERN_ENERGY_PERF && strstr(f[0].remedy, "perf_event_paranoid=0"), "%s",
              f[0].remedy);
    cr_assert(strstr(tern_energy_facts()->why_not, "denied") != NULL, "the most telling reason is kept: %s",
              tern_energy_facts()->why_not);
}

Test(energy_perf, a_PMU_that_is_odd_has_a_reason, .init = tree_begin, .fini = tree_end) {
    refused("perf", TERN_UNSUPPORTED, "not there");
    put_power_pmu("energy-cores");
    refused("perf", TERN_UNSUPPORTED, "no energy-pkg");
    put_power_pmu("energy-pkg");
    tree_put("/sys/bus/event_source/devices/power/events/energy-pkg.unit", "Furlongs\n");
    refused("perf", TERN_UNSUPPORTED, "is in Furlongs");
}

Test(energy_facts, a_source_that_stands_still_is_passed_over_for_one_that_moves, .init = tree_begin,
     .fini = tree_end) {
    put_power_pmu("energy-psys");
    tree_put("/sys/class/power_supply/BAT0/type", "Battery\n");
    tree_put("/sys/class/power_supply/BAT0/status", "Discharging\n");
    tree_put("/sys/class/power_supply/BAT0/power_now", "12000000\n");
    const struct tern_energy_facts *f = tern_energy_facts();
    cr_assert(eq(str, (char *)f->why_not, ""));
    cr_assert(f->source == TERN_ENERGY_BATTERY);
    cr_assert(epsilon_eq(dbl, f->watts, 12, 0.5), "%f", f->watts);
}

/* ---- hwmon ---- */

Test(energy_hwmon, adds_sockets_and_never_their_cores, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/hwmon/hwmon3/name", "amd_energy\n");
    tree_put("/sys/class/hwmon/hwmon3/energy1_label", "Ecore000\n");
    tree_put("/sys/class/hwmon/hwmon3/energy1_input", "1000000\n");
    tree_put("/sys/class/hwmon/hwmon3/energy2_label", "Esocket0\n");
    tree_put("/sys/class/hwmon/hwmon3/energy2_input", "5000000\n");
    tree_put("/sys/class/hwmon/hwmon3/energy3_label", "Esocket1\n");
    tree_put("/sys/class/hwmon/hwmon3/energy3_input", "7000000\n");
    struct tern_energy *m = open_source("hwmon");
    cr_assert(eq(str, (char *)tern_energy_name(m), "hwmon Esocket0+Esocket1"));
    tree_put("/sys/class/hwmon/hwmon3/energy1_input", "9000000\n");
    tree_put("/sys/class/hwmon/hwmon3/energy2_input", "6000000\n");
    tree_put("/sys/class/hwmon/hwmon3/energy3_input", "7500000\n");
    cr_assert(epsilon_eq(dbl, joules_of(m), 1.5, 1e-9));
    tern_energy_close(m);
}

Test(energy_hwmon, integrates_power_of_the_whole_module_only, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/hwmon/hwmon0/name", "power_meter\n");
    tree_put("/sys/class/hwmon/hwmon0/power1_label", "CPU Power Socket 0\n");
    tree_put("/sys/class/hwmon/hwmon0/power1_average", "50000000\n");
    tree_put("/sys/class/hwmon/hwmon1/name", "power_meter\n");
    tree_put("/sys/class/hwmon/hwmon1/power1_label", "Module Power Socket 0\n");
    tree_put("/sys/class/hwmon/hwmon1/power1_average", "80000000\n");
    struct tern_energy *m = open_source("hwmon");
    cr_assert(eq(str, (char *)tern_energy_name(m), "hwmon Module Power Socket 0"));
    double watts = 0;
    struct tern_error e = {0};
    cr_assert(tern_energy_idle(m, 0.1, &watts, &e) == TERN_OK, "%s", e.text);
    cr_assert(epsilon_eq(dbl, watts, 80, 4), "%f", watts);
    tern_energy_close(m);
}

Test(energy_hwmon, of_a_fan_alone_is_no_source, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/hwmon/hwmon0/name", "nvme\n");
    tree_put("/sys/class/hwmon/hwmon0/power1_label", "Fan\n");
    tree_put("/sys/class/hwmon/hwmon0/power1_input", "3000000\n");
    refused("hwmon", TERN_UNSUPPORTED, "no sensor of a whole socket");
}

/* ---- battery ---- */

Test(energy_battery, that_is_being_charged_is_refused, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/power_supply/BAT0/type", "Battery\n");
    tree_put("/sys/class/power_supply/BAT0/status", "Charging\n");
    tree_put("/sys/class/power_supply/BAT0/power_now", "9000000\n");
    refused("battery", TERN_UNSUPPORTED, "Charging");
}

Test(energy_battery, of_a_mouse_is_not_the_machine_s, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/power_supply/mouse/type", "Battery\n");
    tree_put("/sys/class/power_supply/mouse/scope", "Device\n");
    refused("battery", TERN_UNSUPPORTED, "there is none");
}

Test(energy_battery, tells_power_by_current_and_voltage, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/power_supply/BAT1/type", "Battery\n");
    tree_put("/sys/class/power_supply/BAT1/status", "Discharging\n");
    tree_put("/sys/class/power_supply/BAT1/current_now", "1500000\n");
    tree_put("/sys/class/power_supply/BAT1/voltage_now", "12000000\n");
    struct tern_energy *m = open_source("battery");
    double watts;
    struct tern_error e = {0};
    cr_assert(tern_energy_idle(m, 0.06, &watts, &e) == TERN_OK, "%s", e.text);
    cr_assert(epsilon_eq(dbl, watts, 18, 1), "%f", watts);
    tern_energy_close(m);
}

/* ---- an imported meter ---- */

static char meter_path[64];

static void put_meter(const char *text) {
    snprintf(meter_path, sizeof meter_path, "/tmp/tern-meter-%ld.csv", (long)getpid());
    FILE *f = fopen(meter_path, "w");
    fputs(text, f);
    fclose(f);
}

static void put_samples(const char *head, double from, double to, double v0, double v1) {
    char text[256];
    snprintf(text, sizeof text, "%s\n%.6f,%g\n%.6f,%g\n", head, from, v0, to, v1);
    put_meter(text);
}

static double wall(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct tern_energy *open_meter(void) {
    char name[96];
    snprintf(name, sizeof name, "meter:%s", meter_path);
    return open_source(name);
}

Test(energy_meter, integrates_watts_over_our_interval_alone) {
    const double now = wall();
    put_samples("time,watts", now - 100, now + 100, 30, 30);
    struct tern_energy *m = open_meter();
    cr_assert(eq(int, tern_energy_start(m, NULL), TERN_OK));
    const double t0 = wall();
    rest();
    const double j = joules_of(m), t1 = wall();
    cr_assert(j >= 30 * 0.11 && j <= 30 * (t1 - t0) + 0.1, "%f J in %f s", j, t1 - t0);
    tern_energy_close(m);
    unlink(meter_path);
}

Test(energy_meter, takes_differences_of_a_count_of_joules) {
    const double now = wall();
    put_samples("time,joules", now - 100, now + 100, 1000, 3000); /* 10 W */
    struct tern_energy *m = open_meter();
    cr_assert(eq(int, tern_energy_start(m, NULL), TERN_OK));
    const double t0 = wall();
    rest();
    const double j = joules_of(m), t1 = wall();
    cr_assert(j >= 10 * 0.11 && j <= 10 * (t1 - t0) + 0.1, "%f J in %f s", j, t1 - t0);
    tern_energy_close(m);
    unlink(meter_path);
}

Test(energy_meter, whose_file_ends_too_early_is_inconclusive) {
    const double now = wall();
    struct tern_error e = {0};
    double j;
    put_samples("time,watts", now - 100, now - 50, 30, 30);
    struct tern_energy *m = open_meter();
    cr_assert(eq(int, tern_energy_joules(m, &j, &e), TERN_INCONCLUSIVE));
    cr_assert(strstr(e.text, "too old") != NULL, "%s", e.text);
    tern_energy_close(m);
    unlink(meter_path);
}

Test(energy_meter, forgives_a_torn_last_line_and_nothing_else) {
    char name[96];
    put_meter("time,watts\n1,30\n2,30\n3,3");
    tern_energy_close(open_meter());
    snprintf(name, sizeof name, "meter:%s", meter_path);
    put_meter("time,watts\n1,30\nnoise\n3,30\n");
    refused(name, TERN_BAD_INPUT, "line 3: not two numbers");
    put_meter("time,watts\n2,30\n1,30\n");
    refused(name, TERN_BAD_INPUT, "line 3: runs backwards");
    put_meter("when,what\n1,30\n2,30\n");
    refused(name, TERN_BAD_INPUT, "first line");
    put_meter("time,watts\n1,30\n");
    refused(name, TERN_UNSUPPORTED, "2 are needed");
    unlink(meter_path);
    struct tern_energy *m;
    cr_assert(tern_energy_open_source(name, &m, NULL) != TERN_OK);
}

Test(energy_facts, an_unknown_source_gets_the_list) {
    refused("sun", TERN_BAD_INPUT, "powercap");
}
