#define _GNU_SOURCE
#include "base/file.h"
#include "gbench_case.h"
#include "measure/machine/machine.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(gbench_output, .init = gbench_begin, .fini = gbench_end);

static uint64_t sum;

static void register_case(const char *name, const char *label, const char *refused) {
    struct tern_gbench_case c = {
        .name = name, .work = gbench_work, .ctx = &sum, .label = label, .refused = refused, .bytes = 100};
    cr_assert(eq(int, tern_gbench_register(&c, NULL), TERN_OK));
}

static void run_to(const char *file, const char *more) {
    char out[160];
    struct tern_error e = {""};
    struct tern_gbench_result r;
    snprintf(out, sizeof out, "--benchmark_out=%s", file);
    const char *flags[] = {out, more, NULL};
    cr_assert(eq(int, gbench_run(flags, NULL, NULL, &r, &e), TERN_OK), "%s", e.text);
}

static const char *context_of(json_t *file, const char *key) {
    return json_string_value(json_object_get(json_object_get(file, "context"), key));
}

Test(gbench_output, file_is_strict_json_with_the_results) {
    register_case("gemv", NULL, NULL);
    run_to(gbench_path("a.json"), NULL);
    json_t *file = gbench_json(gbench_path("a.json")), *row = gbench_row_of(file, "gemv");
    cr_assert(row != NULL);
    cr_assert(json_number_value(json_object_get(row, "real_time")) > 0);
    cr_assert(json_number_value(json_object_get(row, "bytes_per_second")) > 0);
    json_decref(file);
}

Test(gbench_output, standard_output_is_strict_json_when_asked) {
    struct tern_gbench_result r;
    const char *flags[] = {"--benchmark_format=json", NULL};
    register_case("gemv", NULL, NULL);
    cr_assert(eq(int, gbench_run(flags, NULL, NULL, &r, NULL), TERN_OK));
    json_t *file = gbench_json(gbench_path("stdout"));
    cr_assert(gbench_row_of(file, "gemv") != NULL);
    json_decref(file);
}

Test(gbench_output, names_machine_isa_version_and_seed) {
    const struct tern_machine *m;
    register_case("gemv", NULL, NULL);
    cr_assert(eq(int, tern_gbench_context("seed", "42", NULL), TERN_OK));
    run_to(gbench_path("a.json"), "--benchmark_context=who=me");
    json_t *file = gbench_json(gbench_path("a.json"));
    cr_assert(eq(int, tern_machine_get(&m, NULL), TERN_OK));
    cr_assert(eq(str, (char *)context_of(file, "machine"), (char *)m->key));
    cr_assert(context_of(file, "isa") != NULL);
    cr_assert(eq(str, (char *)context_of(file, "tern"), TERN_VERSION));
    cr_assert(eq(str, (char *)context_of(file, "seed"), "42"));
    cr_assert(eq(str, (char *)context_of(file, "who"), "me"));
    json_decref(file);
}

Test(gbench_output, context_keys_cannot_be_given_twice_or_shadow_the_library) {
    cr_assert(eq(int, tern_gbench_context("seed", "1", NULL), TERN_OK));
    cr_assert(eq(int, tern_gbench_context("seed", "2", NULL), TERN_BAD_INPUT));
    cr_assert(eq(int, tern_gbench_context("num_cpus", "2", NULL), TERN_BAD_INPUT));
    cr_assert(eq(int, tern_gbench_context("", "2", NULL), TERN_BAD_INPUT));
}

/* A counter of zero has a coefficient of variation of 0/0, which the library writes as a bare NaN. */
static void count_zero(void *ctx, uint64_t calls, struct tern_gbench_state *s) {
    (void)ctx;
    (void)calls;
    tern_gbench_count(s, "misses", 0, TERN_GBENCH_PLAIN, NULL);
}

Test(gbench_output, a_counter_of_zero_keeps_the_file_json) {
    struct tern_gbench_case c = {.name = "gemv", .work = gbench_work, .ctx = &sum, .end = count_zero};
    tern_gbench_register(&c, NULL);
    run_to(gbench_path("a.json"), "--benchmark_repetitions=3");
    json_t *file = gbench_json(gbench_path("a.json"));
    cr_assert(file != NULL);
    cr_assert(json_object_get(gbench_row_of(file, "gemv/real_time"), "misses") != NULL);
    cr_assert(gbench_row_of(file, "gemv/real_time_cv") != NULL);
    cr_assert(json_object_get(gbench_row_of(file, "gemv/real_time_cv"), "misses") == NULL);
    json_decref(file);
}

Test(gbench_output, odd_texts_keep_the_file_json) {
    register_case("tab\there \x01 \xe9 \"quoted\" \\ end", "label\x02\n\xff", NULL);
    register_case("b", NULL, "no \x03 way");
    tern_gbench_context("odd", "\x04\xfe", NULL);
    run_to(gbench_path("a.json"), NULL);
    json_t *file = gbench_json(gbench_path("a.json"));
    cr_assert(gbench_row_of(file, "tab here   ? \"quoted\" \\ end") != NULL);
    json_decref(file);
}

Test(gbench_output, a_refused_case_is_an_error_in_the_file) {
    register_case("gemv", NULL, "needs avx512vnni");
    run_to(gbench_path("a.json"), NULL);
    json_t *file = gbench_json(gbench_path("a.json")), *row = gbench_row_of(file, "gemv");
    cr_assert(eq(int, json_is_true(json_object_get(row, "error_occurred")), 1));
    cr_assert(eq(str, (char *)json_string_value(json_object_get(row, "error_message")), "needs avx512vnni"));
    json_decref(file);
}

static void count_cycles(void *ctx, uint64_t calls, struct tern_gbench_state *s) {
    (void)ctx;
    (void)calls;
    tern_gbench_count(s, "cycles", 1, TERN_GBENCH_PLAIN, NULL);
}

/* The library's CSV writer aborts when the second case has a counter that the first had not. */
Test(gbench_output, csv_survives_counters_that_differ) {
    struct tern_gbench_case plain = {.name = "a", .work = gbench_work, .ctx = &sum};
    struct tern_gbench_case counting = {.name = "b", .work = gbench_work, .ctx = &sum, .end = count_cycles};
    tern_gbench_register(&plain, NULL);
    tern_gbench_register(&counting, NULL);
    run_to(gbench_path("a.csv"), "--benchmark_out_format=csv");
    char *text = NULL;
    tern_file_read(gbench_path("a.csv"), 1 << 20, &text, NULL, NULL);
    cr_assert(text && strstr(text, "\"a/real_time\"") && strstr(text, "\"b/real_time\""), "%s", text);
    free(text);
}

static const char compare_tool[] = "/usr/share/benchmark/compare.py";

/* The distribution's own, or whichever comes first in PATH. */
static const char *python_with_scipy(void) {
    if (!system("/usr/bin/python3 -c 'import numpy, scipy.stats' >/dev/null 2>&1")) return "/usr/bin/python3";
    if (!system("python3 -c 'import numpy, scipy.stats' >/dev/null 2>&1")) return "python3";
    return NULL;
}

Test(gbench_output, two_files_are_accepted_by_the_compare_tool) {
    if (access(compare_tool, R_OK)) cr_skip_test("no %s: install libbenchmark-tools", compare_tool);
    const char *python = python_with_scipy();
    if (!python) cr_skip_test("%s needs python3-numpy and python3-scipy", compare_tool);
    for (int i = 0; i < 2; i++) {
        register_case("gemv", "2 bpw", NULL);
        register_case("gemm", NULL, "needs avx512vnni");
        run_to(gbench_path(i ? "b.json" : "a.json"), "--benchmark_repetitions=9");
    }
    char *command = tern_format_text("%s %s --no-color benchmarks %s %s 2>&1", python, compare_tool,
                                     gbench_path("a.json"), gbench_path("b.json"));
    FILE *f = popen(command, "r");
    char said[16384] = "";
    size_t n = fread(said, 1, sizeof said - 1, f);
    said[n] = 0;
    cr_assert(eq(int, pclose(f), 0), "%s", said);
    cr_assert(strstr(said, "gemv/real_time_pvalue") != NULL, "%s", said);
    cr_assert(strstr(said, "U Test, Repetitions: 9 vs 9") != NULL, "%s", said);
    free(command);
}
