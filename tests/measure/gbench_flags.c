#define _GNU_SOURCE
#include "gbench_case.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

TestSuite(gbench_flags, .init = gbench_begin, .fini = gbench_end);

static uint64_t sum;

static enum tern_status run_with(const char *flag, struct tern_error *e) {
    struct tern_gbench_case c = {.name = "gemv", .work = gbench_work, .ctx = &sum};
    struct tern_gbench_result out;
    const char *flags[] = {flag, NULL};
    cr_assert(eq(int, tern_gbench_register(&c, e), TERN_OK));
    return gbench_run(flags, NULL, NULL, &out, e);
}

/* Each of these ends the process, aborts it or is silently ignored when the library sees it. */
Test(gbench_flags, that_the_library_dies_of_are_refused_in_one_line) {
    static const char *const flags[] = {
        "--help",
        "-h",
        "hello",
        "",
        "--benchmark_nonsense=1",
        "--benchmark_format=xml",
        "--benchmark_format=",
        "--benchmark_out_format=yaml",
        "--benchmark_color=",
        "--benchmark_time_unit=fortnight",
        "--benchmark_min_time=0.1s",
        "--benchmark_min_time=nan",
        "--benchmark_min_time=-1",
        "--benchmark_repetitions=0",
        "--benchmark_repetitions=-1",
        "--benchmark_repetitions=99999999999",
        "--benchmark_filter",
        "--benchmark_context=nokey",
        "--benchmark_context=date=today",
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        struct tern_error e = {""};
        sum = 0;
        cr_assert(eq(int, run_with(flags[i], &e), TERN_BAD_INPUT), "%s", flags[i]);
        cr_assert(strncmp(e.text, "bench: ", 7) == 0 && strchr(e.text, '\n') == NULL, "%s", e.text);
        cr_assert(eq(u64, sum, 0), "%s was refused after the work", flags[i]);
    }
}

Test(gbench_flags, a_filter_that_matches_nothing_is_an_error) {
    struct tern_error e = {""};
    cr_assert(eq(int, run_with("--benchmark_filter=nobody", &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "--benchmark_filter") && strstr(e.text, "nobody"), "%s", e.text);
}

Test(gbench_flags, a_malformed_filter_is_an_error) {
    struct tern_error e = {""};
    cr_assert(eq(int, run_with("--benchmark_filter=(", &e), TERN_BAD_INPUT));
    cr_assert(strstr(e.text, "--benchmark_filter") && strchr(e.text, '\n') == NULL, "%s", e.text);
}

Test(gbench_flags, performance_counters_of_the_library_are_not_supported) {
    struct tern_error e = {""};
    cr_assert(eq(int, run_with("--benchmark_perf_counters=CYCLES", &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "--benchmark_perf_counters") != NULL, "%s", e.text);
}

Test(gbench_flags, given_by_the_environment_are_checked_too) {
    struct tern_error e = {""};
    setenv("BENCHMARK_FORMAT", "xml", 1);
    cr_assert(eq(int, run_with("--benchmark_color=no", &e), TERN_BAD_INPUT));
    setenv("BENCHMARK_FORMAT", "json", 1);
    setenv("BENCHMARK_PERF_COUNTERS", "CYCLES", 1);
    cr_assert(eq(int, run_with("--benchmark_color=no", &e), TERN_UNSUPPORTED));
}

Test(gbench_flags, an_output_file_that_cannot_be_made_is_an_error) {
    struct tern_error e = {""};
    cr_assert(eq(int, run_with("--benchmark_out=/dev/null/all.json", &e), TERN_IO));
    cr_assert(strstr(e.text, "/dev/null/all.json") != NULL, "%s", e.text);
}

Test(gbench_flags, a_full_disk_is_an_error) {
    struct tern_error e = {""};
    cr_assert(eq(int, run_with("--benchmark_out=/dev/full", &e), TERN_IO));
    cr_assert(strstr(e.text, "/dev/full") != NULL, "%s", e.text);
}

Test(gbench_flags, listing_runs_nothing) {
    struct tern_error e = {""};
    cr_assert(eq(int, run_with("--benchmark_list_tests=true", &e), TERN_OK));
    cr_assert(eq(u64, sum, 0));
    char *said = gbench_written("stdout");
    cr_assert(eq(str, said, "gemv/real_time\n"));
    free(said);
}

Test(gbench_flags, run_without_arguments_is_refused) {
    struct tern_gbench_result out;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_gbench_run(0, NULL, NULL, NULL, &out, &e), TERN_BAD_INPUT));
}
