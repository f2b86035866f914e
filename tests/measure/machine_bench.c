/* `tern bench` as a program: counters and energy in its JSON, and every "no" with its reason. */
#define _GNU_SOURCE
#include "machine_tree.h"

#include "measure/gbench/gbench.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL "--filter '^gemm_i2s_i8_r1k1__scalar/' --problem 256x256x2 --benchmark_min_time=0.01 "

static char text[1 << 17];

static int bench(const char *arguments, int with_errors) {
    char line[1024];
    if (!tern_gbench_version()) cr_skip_test("built without Google Benchmark");
    snprintf(line, sizeof line, "'%s' bench %s --records /tmp/tern-bench-%ld.jsonl %s", TERN_EXE, arguments,
             (long)getpid(), with_errors ? "2>&1" : "2>/dev/null");
    FILE *p = popen(line, "r");
    cr_assert(p != NULL);
    text[fread(text, 1, sizeof text - 1, p)] = 0;
    const int status = pclose(p);
    snprintf(line, sizeof line, "/tmp/tern-bench-%ld.jsonl", (long)getpid());
    unlink(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static json_t *json_of(const char *arguments) {
    json_error_t why;
    const int rc = bench(arguments, 0);
    cr_assert(rc == 0, "exit %d: %s", rc, text);
    json_t *doc = json_loads(text, 0, &why);
    cr_assert(doc != NULL, "%s: %s", why.text, text);
    return doc;
}

static json_t *first(json_t *doc) {
    json_t *run = json_array_get(json_object_get(doc, "benchmarks"), 0);
    cr_assert(run != NULL, "%s", text);
    return run;
}

static double number(const json_t *o, const char *key) {
    const json_t *v = json_object_get(o, key);
    cr_assert(v && json_is_number(v), "no %s in %s", key, text);
    return json_number_value(v);
}

Test(bench, publishes_its_rounds_its_seed_and_its_floor) {
    json_t *doc = json_of(SMALL "--regime hot --seed 7 --benchmark_format=json"), *run = first(doc);
    cr_assert(eq(dbl, number(run, "rounds"), 15));
    cr_assert(number(run, "min_ns") > 0 && number(run, "min_ns") <= number(run, "median_ns"));
    cr_assert(number(run, "ci_lo_ns") <= number(run, "median_ns"));
    cr_assert(number(run, "of_read_ceiling") > 0);
    const json_t *context = json_object_get(doc, "context");
    cr_assert(eq(str, (char *)json_string_value(json_object_get(context, "seed")), "7"));
    cr_assert(json_object_get(context, "aa_floor") != NULL);
    cr_assert(json_object_get(context, "pinning") != NULL);
    json_decref(doc);
}

#ifdef TERN_HAVE_SDE
Test(bench, counts_its_own_calls_through_PAPI) {
    json_t *doc = json_of(SMALL "--regime hot --counters tern,roofline --benchmark_format=json"),
           *run = first(doc);
    cr_assert(eq(dbl, number(run, "calls_counted_per_call"), 1));
    cr_assert(epsilon_eq(dbl, number(run, "bits_per_weight"), 2, 0.05));
    cr_assert(number(run, "intensity") > 7.5 && number(run, "of_roof") > 0);
    json_decref(doc);
}
#endif

Test(bench, lists_counters_and_says_denied_where_the_kernel_refuses, .init = tree_begin, .fini = tree_end) {
    tree_put("/proc/sys/kernel/perf_event_paranoid", "4\n");
    cr_assert(eq(int, bench("--counters list", 1), 0));
    cr_assert(strstr(text, "denied: kernel.perf_event_paranoid is 4") != NULL, "%s", text);
    cr_assert(strstr(text, "sysctl kernel.perf_event_paranoid=2") != NULL);
    cr_assert(strstr(text, "ipc = instructions / cycles") != NULL);
    cr_assert(eq(int, bench(SMALL "--counters os", 1), 4), "%s", text);
    cr_assert(strstr(text, "denied") != NULL, "%s", text);
}

Test(bench, refuses_groups_and_sources_that_do_not_exist) {
    cr_assert(eq(int, bench(SMALL "--counters speed", 1), 3));
    cr_assert(strstr(text, "no such group") != NULL, "%s", text);
    cr_assert(eq(int, bench(SMALL "--energy sun", 1), 3));
    cr_assert(strstr(text, "no such source") != NULL, "%s", text);
    cr_assert(eq(int, bench(SMALL "--energy meter:/nonexistent.csv", 1), 3));
}

Test(bench, energy_without_a_source_means_auto, .init = tree_begin, .fini = tree_end) {
    cr_assert(eq(int, bench(SMALL "--energy", 1), 4), "%s", text);
    cr_assert(eq(int, bench(SMALL "--energy --seed 2", 1), 4), "%s", text);
    cr_assert(eq(int, bench(SMALL "--energy=sun", 1), 3), "%s", text);
}

Test(bench, a_named_energy_source_comes_with_its_remedy, .init = tree_begin, .fini = tree_end) {
    cr_assert(eq(int, bench(SMALL "--energy powercap", 1), 4));
    cr_assert(strstr(text, "-> on bare metal: sudo modprobe intel_rapl_msr") != NULL, "%s", text);
}

Test(bench, says_that_a_frozen_energy_counter_does_not_move, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/powercap/intel-rapl:0/name", "package-0\n");
    tree_put("/sys/class/powercap/intel-rapl:0/energy_uj", "77\n");
    tree_put("/sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850\n");
    cr_assert(eq(int, bench(SMALL "--energy powercap", 1), 4));
    cr_assert(strstr(text, "does not move") != NULL, "%s", text);
    cr_assert(eq(int, bench(SMALL "--energy auto", 1), 4));
    cr_assert(strstr(text, "does not move") != NULL, "%s", text);
}

Test(bench, measures_joules_where_a_source_moves, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/power_supply/BAT0/type", "Battery\n");
    tree_put("/sys/class/power_supply/BAT0/status", "Discharging\n");
    tree_put("/sys/class/power_supply/BAT0/power_now", "12000000\n");
    json_t *doc = json_of(SMALL "--regime hot --energy battery --benchmark_format=json"), *run = first(doc);
    cr_assert(epsilon_eq(dbl, number(run, "watts"), 12, 1), "%f", number(run, "watts"));
    cr_assert(epsilon_eq(dbl, number(run, "idle_watts"), 12, 1));
    cr_assert(number(run, "joules_per_call") > 0);
    json_decref(doc);
}

Test(bench, says_modelled_on_every_line_of_a_model) {
    json_t *doc = json_of(SMALL "--regime hot --energy model --benchmark_format=json"), *run;
    size_t i;
    json_array_foreach(json_object_get(doc, "benchmarks"), i, run) {
        const char *label = json_string_value(json_object_get(run, "label"));
        cr_assert(label && strstr(label, "modelled") && strstr(label, "not measured"), "%s", label);
        cr_assert(number(run, "modelled_joules_from") <= number(run, "modelled_joules_to"));
        cr_assert(json_object_get(run, "joules_per_call") == NULL);
    }
    cr_assert(i > 0);
    json_decref(doc);
}
