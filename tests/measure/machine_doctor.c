#define _GNU_SOURCE
#include "machine_tree.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Runs "<environment> tern <arguments>"; stdout in `out`, returns the exit code. */
static int tern(const char *before, const char *arguments, char *out, size_t out_bytes) {
    char line[1024];
    snprintf(line, sizeof line, "%s '%s' %s 2>&1", before, TERN_EXE, arguments);
    FILE *p = popen(line, "r");
    cr_assert(p != NULL);
    const size_t n = fread(out, 1, out_bytes - 1, p);
    out[n] = 0;
    const int status = pclose(p);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char text[65536];

static json_t *json_of(const char *before, const char *arguments) {
    json_error_t why;
    cr_assert(eq(int, tern(before, arguments, text, sizeof text), 0));
    json_t *doc = json_loads(text, 0, &why);
    cr_assert(doc != NULL, "%s: %s", why.text, text);
    return doc;
}

static const char *text_of(json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

Test(doctor, exits_0_and_gives_reasons_where_everything_is_missing, .init = tree_begin, .fini = tree_end) {
    json_t *doc = json_of("PATH=", "doctor --json"), *check;
    size_t i;
    int gnuplot = 0, energy = 0;
    json_array_foreach(json_object_get(doc, "checks"), i, check) {
        if (strcmp(text_of(check, "state"), "no")) continue;
        cr_expect(text_of(check, "value")[0] != 0, "%s has no reason", text_of(check, "name"));
        if (!strcmp(text_of(check, "name"), "gnuplot"))
            gnuplot = strstr(text_of(check, "remedy"), "apt install") != NULL;
        if (!strcmp(text_of(check, "name"), "energy")) energy = 1;
    }
    cr_assert(gnuplot == 1);
    cr_assert(energy == 1);
    json_decref(doc);
}

Test(doctor, leaves_out_what_it_does_not_know, .init = tree_begin, .fini = tree_end) {
    json_t *doc = json_of("", "doctor --json"), *m = json_object_get(doc, "machine");
    cr_assert(m != NULL);
    cr_assert(json_object_get(m, "l2_bytes") == NULL);
    cr_assert(json_object_get(m, "family") == NULL);
    json_decref(doc);
}

Test(doctor, shows_the_usable_and_the_detected_instructions) {
    unsetenv("TERN_SYSFS");
    json_t *doc = json_of("TERN_ISA=scalar", "doctor --json"), *m = json_object_get(doc, "machine");
    cr_assert(eq(str, (char *)text_of(json_object_get(m, "usable"), "level"), "scalar"));
    cr_assert(json_integer_value(json_object_get(json_object_get(m, "usable"), "mask")) == 0);
    json_decref(doc);
}

static json_t *check_of(json_t *doc, const char *group, const char *name) {
    json_t *check;
    size_t i;
    json_array_foreach(json_object_get(doc, "checks"), i, check) {
        if (!strcmp(text_of(check, "group"), group) && !strcmp(text_of(check, "name"), name)) return check;
    }
    cr_assert(0, "no check %s %s", group, name);
    return NULL;
}

Test(doctor, names_a_hardened_kernel_and_the_sysctl, .init = tree_begin, .fini = tree_end) {
    tree_put("/proc/sys/kernel/perf_event_paranoid", "4\n");
    json_t *doc = json_of("", "doctor --json"), *perf = check_of(doc, "counters", "perf");
    cr_assert(eq(str, (char *)text_of(perf, "state"), "no"));
    cr_assert(strstr(text_of(perf, "value"), "denied: kernel.perf_event_paranoid is 4") != NULL, "%s",
              text_of(perf, "value"));
    cr_assert(strstr(text_of(perf, "remedy"), "sysctl") != NULL);
    json_decref(doc);
}

Test(doctor, says_that_an_energy_counter_does_not_move, .init = tree_begin, .fini = tree_end) {
    tree_put("/sys/class/powercap/intel-rapl:0/name", "package-0\n");
    tree_put("/sys/class/powercap/intel-rapl:0/energy_uj", "77\n");
    tree_put("/sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850\n");
    json_t *doc = json_of("", "doctor --json"), *zone = check_of(doc, "energy", "powercap");
    cr_assert(strstr(text_of(zone, "value"), "does not move") != NULL, "%s", text_of(zone, "value"));
    cr_assert(strstr(text_of(check_of(doc, "measuring", "energy"), "value"), "does not move") != NULL);
    json_decref(doc);
}

#ifdef TERN_HAVE_HWLOC
Test(doctor, lists_the_processors_of_each_kind_of_core) {
    unsetenv("TERN_SYSFS");
    json_t *doc =
        json_of("HWLOC_XMLFILE=" TERN_SOURCE_ROOT "/tests/data/topology/hybrid-laptop.xml", "doctor --json");
    json_t *kinds = json_object_get(json_object_get(doc, "machine"), "kinds");
    cr_assert(eq(sz, json_array_size(kinds), 2));
    cr_assert(eq(str, (char *)text_of(json_array_get(kinds, 1), "name"), "E"));
    cr_assert(eq(sz, json_array_size(json_object_get(json_array_get(kinds, 1), "cpus")), 8));
    json_decref(doc);
}
#endif

Test(doctor, refuses_what_it_does_not_understand) {
    cr_assert(eq(int, tern("", "doctor --nonsense", text, sizeof text), 3));
    cr_assert(eq(int, tern("", "doctor nonsense", text, sizeof text), 3));
    cr_assert(eq(int, tern("TERN_ISA=avx9", "doctor", text, sizeof text), 3));
    cr_assert(strstr(text, "avx9") != NULL);
}

Test(ceilings, prints_medians_with_n_as_json) {
    unsetenv("TERN_SYSFS");
    json_t *doc = json_of("TERN_ISA=scalar", "ceilings --threads 1 --seconds 0.05 --json"), *row;
    size_t i, measured = 0;
    json_array_foreach(json_object_get(doc, "ceilings"), i, row) {
        if (json_object_get(row, "not_measured")) continue;
        measured++;
        cr_expect(json_integer_value(json_object_get(row, "n")) >= 1);
        cr_expect(json_real_value(json_object_get(row, "rate")) > 0);
        cr_expect(text_of(row, "unit")[0] != 0 && !strcmp(text_of(row, "estimator"), "median"));
        cr_expect(strstr(text_of(row, "name"), "mm") == NULL, "a vector loop under TERN_ISA=scalar");
    }
    cr_assert(measured >= 1);
    json_decref(doc);
}

Test(ceilings, refuses_thread_counts_that_this_process_does_not_have) {
    static const char *const bad[] = {"ceilings --threads 0",   "ceilings --threads 1,99999",
                                      "ceilings --threads ,",   "ceilings --threads",
                                      "ceilings --seconds nan", "ceilings extra"};
    unsetenv("TERN_SYSFS");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(tern("", bad[i], text, sizeof text) == 3 && !strncmp(text, "tern: ceilings: ", 16),
                  "%s: %s", bad[i], text);
}
