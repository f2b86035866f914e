/* Energy of boards and laptops with ARM, by the files that they have. */
#define _GNU_SOURCE
#include "machine_tree.h"

#include "measure/energy/energy.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static void put(const char *folder, const char *name, const char *text) {
    char path[160];
    snprintf(path, sizeof path, "/sys/class/%s/%s", folder, name);
    tree_put(path, text);
}

static void measures(const char *source, const char *name, double expected) {
    struct tern_energy *m;
    struct tern_error e = {0};
    double watts = 0;
    cr_assert(tern_energy_open_source(source, &m, &e) == TERN_OK, "%s", e.text);
    cr_assert(eq(str, (char *)tern_energy_name(m), (char *)name));
    cr_assert(tern_energy_idle(m, 0.1, &watts, &e) == TERN_OK, "%s", e.text);
    cr_assert(epsilon_eq(dbl, watts, expected, 0.05 * expected), "%f", watts);
    tern_energy_close(m);
}

static void refused(const char *source, const char *why) {
    struct tern_energy *m;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_energy_open_source(source, &m, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, why) != NULL, "%s", e.text);
}

/* Three channels of an ina3221: millivolts, milliamperes, no power. */
static void put_jetson(void) {
    static const char *const label[] = {"VDD_IN\n", "VDD_CPU_GPU_CV\n", "VDD_SOC\n"};
    static const char *const milliamperes[] = {"1200\n", "500\n", "300\n"};
    put("hwmon/hwmon1", "name", "ina3221\n");
    for (int i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "in%d_label", i + 1);
        put("hwmon/hwmon1", name, label[i]);
        snprintf(name, sizeof name, "in%d_input", i + 1);
        put("hwmon/hwmon1", name, "5000\n");
        snprintf(name, sizeof name, "curr%d_input", i + 1);
        put("hwmon/hwmon1", name, milliamperes[i]);
    }
}

Test(energy_boards, a_Jetson_has_the_power_of_its_supply_and_no_part_twice, .init = tree_begin,
     .fini = tree_end) {
    put_jetson();
    measures("hwmon", "hwmon VDD_IN", 6);
}

Test(energy_boards, a_Jetson_whose_current_is_not_told_is_refused, .init = tree_begin, .fini = tree_end) {
    put_jetson();
    put("hwmon/hwmon1", "curr1_input", "\n");
    refused("hwmon", "VDD_IN: holds no number");
}

Test(energy_boards, a_Jetson_whose_parts_alone_are_told_has_no_source, .init = tree_begin, .fini = tree_end) {
    put_jetson();
    put("hwmon/hwmon1", "in1_label", "VDD_GPU\n");
    refused("hwmon", "no sensor of a whole socket");
}

/* A voltage alarm and temperatures: what a Raspberry Pi has. */
Test(energy_boards, a_Raspberry_Pi_has_none_and_says_so, .init = tree_begin, .fini = tree_end) {
    put("hwmon/hwmon0", "name", "cpu_thermal\n");
    put("hwmon/hwmon0", "temp1_input", "48312\n");
    put("hwmon/hwmon1", "name", "rpi_volt\n");
    put("hwmon/hwmon1", "in0_lcrit_alarm", "0\n");
    refused("hwmon", "no sensor of a whole socket");
    refused("auto", "not there");
}

Test(energy_boards, an_Apple_laptop_has_the_power_of_the_whole_machine, .init = tree_begin,
     .fini = tree_end) {
    put("hwmon/hwmon2", "name", "macsmc_hwmon\n");
    put("hwmon/hwmon2", "power1_label", "Total System Power\n");
    put("hwmon/hwmon2", "power1_input", "9500000\n");
    put("hwmon/hwmon2", "power2_label", "3.8 V Rail Power\n");
    put("hwmon/hwmon2", "power2_input", "2500000\n");
    measures("hwmon", "hwmon Total System Power", 9.5);
}

Test(energy_boards, a_laptop_on_its_battery_is_measured_whole, .init = tree_begin, .fini = tree_end) {
    put("power_supply/qcom-battmgr-ac", "type", "Mains\n");
    put("power_supply/qcom-battmgr-bat", "type", "Battery\n");
    put("power_supply/qcom-battmgr-bat", "status", "Discharging\n");
    put("power_supply/qcom-battmgr-bat", "power_now", "-7300000\n"); /* some drivers give it a sign */
    measures("battery", "battery qcom-battmgr-bat, whole machine", 7.3);
}

Test(energy_boards, a_battery_of_current_and_voltage_is_one_of_power, .init = tree_begin, .fini = tree_end) {
    put("power_supply/axp20x-battery", "type", "Battery\n");
    put("power_supply/axp20x-battery", "status", "Discharging\n");
    put("power_supply/axp20x-battery", "current_now", "650000\n");
    put("power_supply/axp20x-battery", "voltage_now", "3800000\n");
    measures("battery", "battery axp20x-battery, whole machine", 2.47);
}
