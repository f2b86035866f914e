#include "gbench_case.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(gbench, .init = gbench_begin, .fini = gbench_end);

static const char *const no_flags[] = {NULL};

struct seen {
    size_t rows, errors, means;
    char name[64], label[64], error[128];
    double real_ns;
    int64_t calls;
    char counter[8][32];
    double value[8];
    size_t counters;
};

static void see(void *user, const struct tern_gbench_row *row) {
    struct seen *s = user;
    s->rows++;
    s->errors += row->error != NULL;
    s->means += row->aggregate && !strcmp(row->aggregate, "mean");
    snprintf(s->name, sizeof s->name, "%s", row->name);
    snprintf(s->label, sizeof s->label, "%s", row->label ? row->label : "");
    snprintf(s->error, sizeof s->error, "%s", row->error ? row->error : "");
    s->real_ns = row->real_ns;
    s->calls = row->calls;
    s->counters = row->counters;
    for (size_t i = 0; i < row->counters && i < 8; i++) {
        snprintf(s->counter[i], sizeof s->counter[i], "%s", row->counter[i]);
        s->value[i] = row->value[i];
    }
}

static double counter_of(const struct seen *s, const char *name) {
    for (size_t i = 0; i < s->counters; i++)
        if (!strcmp(s->counter[i], name)) return s->value[i];
    return NAN;
}

static void register_or_die(struct tern_gbench_case c) {
    struct tern_error e = {""};
    cr_assert(eq(int, tern_gbench_register(&c, &e), TERN_OK), "%s", e.text);
}

Test(gbench, times_a_case_and_tells_the_sink) {
    uint64_t sum = 0;
    struct seen s = {0};
    struct tern_gbench_result out;
    register_or_die(
        (struct tern_gbench_case){.name = "gemv", .work = gbench_work, .ctx = &sum, .label = "2 bpw"});
    cr_assert(eq(int, gbench_run(no_flags, see, &s, &out, NULL), TERN_OK));
    cr_assert(eq(sz, out.matched, 1));
    cr_assert(eq(sz, out.failed, 0));
    cr_assert(eq(sz, s.rows, 1));
    cr_assert(eq(str, s.name, "gemv/real_time"));
    cr_assert(eq(str, s.label, "2 bpw"));
    cr_assert(s.real_ns > 0 && s.calls > 0);
}

/* The calls it reports are calls that were made: every one adds 100, in batches larger than the loop asked
 * for. */
Test(gbench, counts_no_call_that_was_not_made) {
    uint64_t sum = 0;
    struct seen s = {0};
    struct tern_gbench_result out;
    register_or_die((struct tern_gbench_case){.name = "a", .work = gbench_work, .ctx = &sum, .batch = 1000});
    gbench_run(no_flags, see, &s, &out, NULL);
    cr_assert(eq(int, (int)(s.calls % 1000), 0));
    cr_assert(le(u64, (uint64_t)s.calls * 100, sum));
}

Test(gbench, makes_rates_of_items_bytes_and_multiply_adds) {
    uint64_t sum = 0;
    struct seen s = {0};
    struct tern_gbench_result out;
    register_or_die((struct tern_gbench_case){
        .name = "a", .work = gbench_work, .ctx = &sum, .items = 1, .bytes = 300, .macs = 1000});
    gbench_run(no_flags, see, &s, &out, NULL);
    cr_assert(epsilon_eq(dbl, counter_of(&s, "items_per_second") * s.real_ns * 1e-9, 1, 1e-9));
    cr_assert(epsilon_eq(dbl, counter_of(&s, "bytes_per_second") * s.real_ns * 1e-9, 300, 1e-6));
    cr_assert(epsilon_eq(dbl, counter_of(&s, "macs_per_second") * s.real_ns * 1e-9, 1000, 1e-6));
}

Test(gbench, has_no_rate_of_what_was_not_given) {
    uint64_t sum = 0;
    struct seen s = {0};
    struct tern_gbench_result out;
    register_or_die((struct tern_gbench_case){.name = "a", .work = gbench_work, .ctx = &sum, .bytes = NAN});
    gbench_run(no_flags, see, &s, &out, NULL);
    cr_assert(eq(sz, s.counters, 0));
}

static void count_things(void *ctx, uint64_t calls, struct tern_gbench_state *s) {
    (void)ctx;
    tern_gbench_count(s, "cycles", 7.0 * (double)calls, TERN_GBENCH_PER_CALL, NULL);
    tern_gbench_count(s, "threads_used", 2, TERN_GBENCH_PLAIN, NULL);
    tern_gbench_count(s, "no_number", NAN, TERN_GBENCH_PLAIN, NULL);
    tern_gbench_count(s, "endless", INFINITY, TERN_GBENCH_PER_SECOND, NULL);
    struct tern_error e = {""};
    enum tern_status clash = tern_gbench_count(s, "real_time", 1, TERN_GBENCH_PLAIN, &e);
    tern_gbench_count(s, "clash", clash == TERN_BAD_INPUT && strstr(e.text, "real_time"), TERN_GBENCH_PLAIN,
                      NULL);
    tern_gbench_label(s, "said at the end");
}

Test(gbench, takes_counters_and_leaves_out_what_is_no_number) {
    uint64_t sum = 0;
    struct seen s = {0};
    struct tern_gbench_result out;
    register_or_die(
        (struct tern_gbench_case){.name = "a", .work = gbench_work, .ctx = &sum, .end = count_things});
    gbench_run(no_flags, see, &s, &out, NULL);
    cr_assert(epsilon_eq(dbl, counter_of(&s, "cycles"), 7, 1e-9));
    cr_assert(eq(dbl, counter_of(&s, "threads_used"), 2));
    cr_assert(eq(dbl, counter_of(&s, "clash"), 1), "a counter may shadow a key of the library");
    cr_assert(eq(sz, s.counters, 3));
    cr_assert(eq(str, s.label, "said at the end"));
}

static void begin(void *ctx) {
    ((uint64_t *)ctx)[1]++;
}

static void end(void *ctx, uint64_t calls, struct tern_gbench_state *s) {
    uint64_t *n = ctx;
    (void)calls;
    n[2]++;
    tern_gbench_count(s, "begun", (double)n[1], TERN_GBENCH_PLAIN, NULL);
    tern_gbench_count(s, "ended", (double)n[2], TERN_GBENCH_PLAIN, NULL);
}

Test(gbench, begins_and_ends_every_run_once) {
    uint64_t n[3] = {0};
    struct seen s = {0};
    struct tern_gbench_result out;
    register_or_die(
        (struct tern_gbench_case){.name = "a", .work = gbench_work, .ctx = n, .begin = begin, .end = end});
    gbench_run(no_flags, see, &s, &out, NULL);
    cr_assert(n[1] > 0 && n[1] == n[2]);
    cr_assert(eq(dbl, counter_of(&s, "begun"), (double)n[1]));
}

static const char *refuse(void *ctx) {
    (void)ctx;
    return "differs from the reference at row 3";
}

static const char *allow(void *ctx) {
    uint64_t *n = ctx;
    n[1] = n[0]; /* work done before the question */
    n[2]++;
    return NULL;
}

Test(gbench, never_calls_a_case_that_may_not_run) {
    uint64_t sum[2] = {0};
    struct seen s = {0};
    struct tern_gbench_result out;
    register_or_die((struct tern_gbench_case){
        .name = "a", .work = gbench_work, .ctx = &sum[0], .refused = "needs avx512vnni"});
    register_or_die(
        (struct tern_gbench_case){.name = "b", .work = gbench_work, .ctx = &sum[1], .allowed = refuse});
    cr_assert(eq(int, gbench_run(no_flags, see, &s, &out, NULL), TERN_OK));
    cr_assert(sum[0] == 0 && sum[1] == 0, "work was called");
    cr_assert(eq(sz, out.matched, 2));
    cr_assert(eq(sz, out.failed, 2));
    cr_assert(eq(sz, s.errors, 2));
    cr_assert(eq(str, s.error, "differs from the reference at row 3"));
    cr_assert(isnan(s.real_ns), "not measured is not a time");
}

Test(gbench, asks_before_the_first_call_and_once) {
    uint64_t n[3] = {0};
    struct seen s = {0};
    struct tern_gbench_result out;
    const char *flags[] = {"--benchmark_repetitions=3", NULL};
    register_or_die((struct tern_gbench_case){.name = "a", .work = gbench_work, .ctx = n, .allowed = allow});
    gbench_run(flags, see, &s, &out, NULL);
    cr_assert(gt(u64, n[0], 0));
    cr_assert(eq(u64, n[1], 0));
    cr_assert(eq(u64, n[2], 1));
}

Test(gbench, repeats_and_aggregates_by_flag) {
    uint64_t sum = 0;
    struct seen s = {0};
    struct tern_gbench_result out;
    const char *flags[] = {"--benchmark_repetitions=3", NULL};
    register_or_die((struct tern_gbench_case){.name = "a", .work = gbench_work, .ctx = &sum});
    gbench_run(flags, see, &s, &out, NULL);
    cr_assert(eq(sz, s.rows, 3 + 3), "three runs; mean, median and stddev");
    cr_assert(eq(sz, s.means, 1));
}

Test(gbench, runs_what_the_filter_names) {
    uint64_t sum[2] = {0};
    struct tern_gbench_result out;
    const char *flags[] = {"--benchmark_filter=gem[v]", NULL};
    register_or_die((struct tern_gbench_case){.name = "gemm", .work = gbench_work, .ctx = &sum[0]});
    register_or_die((struct tern_gbench_case){.name = "gemv", .work = gbench_work, .ctx = &sum[1]});
    cr_assert(eq(int, gbench_run(flags, NULL, NULL, &out, NULL), TERN_OK));
    cr_assert(eq(sz, out.matched, 1));
    cr_assert(sum[0] == 0 && sum[1] > 0);
}

Test(gbench, forgets_its_cases_after_a_run) {
    uint64_t sum = 0;
    struct tern_gbench_result out;
    register_or_die((struct tern_gbench_case){.name = "a", .work = gbench_work, .ctx = &sum});
    cr_assert(eq(int, gbench_run(no_flags, NULL, NULL, &out, NULL), TERN_OK));
    cr_assert(eq(int, gbench_run(no_flags, NULL, NULL, &out, NULL), TERN_BAD_INPUT));
    register_or_die((struct tern_gbench_case){.name = "b", .work = gbench_work, .ctx = &sum});
    cr_assert(eq(int, gbench_run(no_flags, NULL, NULL, &out, NULL), TERN_OK));
    cr_assert(eq(sz, out.matched, 1));
}

Test(gbench, refuses_a_case_without_name_or_work) {
    struct tern_gbench_case nameless = {.work = gbench_work}, idle = {.name = "idle"};
    cr_assert(eq(int, tern_gbench_register(&nameless, NULL), TERN_BAD_INPUT));
    cr_assert(eq(int, tern_gbench_register(&idle, NULL), TERN_BAD_INPUT));
}

Test(gbench, explains_the_warning_about_the_library) {
    uint64_t sum = 0;
    struct tern_gbench_result out;
    register_or_die((struct tern_gbench_case){.name = "a", .work = gbench_work, .ctx = &sum});
    gbench_run(no_flags, NULL, NULL, &out, NULL);
    char *said = gbench_written("stderr");
    cr_assert(strstr(said, "Run on (") != NULL, "%s", said);
    cr_assert(strstr(said, "built as DEBUG") == NULL, "%s", said);
    free(said);
}

Test(gbench_none, without_the_library_names_the_package) {
    if (tern_gbench_version()) cr_skip_test("built with %s", tern_gbench_version());
    struct tern_error e = {""};
    struct tern_gbench_case c = {.name = "a", .work = gbench_work};
    cr_assert(eq(int, tern_gbench_register(&c, &e), TERN_UNSUPPORTED));
    cr_assert(strstr(e.text, "libbenchmark-dev") != NULL);
}
