#include "reports/data/select.h"

#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

static struct tern_report_data chosen(const struct tern_record *r, size_t count, int all_runs) {
    struct tern_report_data d;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_report_select(r, count, all_runs, &d, &e), TERN_OK), "%s", e.text);
    return d;
}

static struct tern_record of_run(struct tern_record r, const char *run, const char *ts) {
    r.run = run, r.ts = ts;
    return r;
}

static struct tern_record ceiling(const char *run, const char *ts, double ns) {
    struct tern_record r = of_run(sample_one("read zmm", NULL, ns, 1), run, ts);
    r.kind = "ceiling", r.op = "read", r.m = r.k = r.n = 0;
    r.bytes = 1e6, r.macs = NAN;
    return r;
}

Test(select, entries_are_ranked_by_median) {
    const struct tern_record r[] = {sample_one("slow", "p64", 300, 1), sample_one("fast", "p64", 100, 1),
                                    sample_one("mid", "e80", 200, 1)};
    struct tern_report_data d = chosen(r, 3, 0);
    cr_assert(eq(sz, d.problems, 1));
    cr_assert(eq(str, (char *)d.problem[0].entry[0].record->variant, "fast"));
    cr_assert(eq(str, (char *)d.problem[0].entry[2].record->variant, "slow"));
    tern_report_data_free(&d);
}

Test(select, an_overlapping_interval_is_not_separable_and_a_disjoint_one_is_slower) {
    const struct tern_record r[] = {sample_one("best", "p64", 100, 3), sample_one("close", "p64", 105, 3),
                                    sample_one("far", "p64", 110, 3)};
    struct tern_report_data d = chosen(r, 3, 0);
    cr_assert(eq(int, (int)d.problem[0].entry[0].standing, TERN_STANDING_BEST));
    cr_assert(eq(int, (int)d.problem[0].entry[1].standing, TERN_STANDING_TIED));
    cr_assert(eq(int, (int)d.problem[0].entry[2].standing, TERN_STANDING_SLOWER));
    cr_assert(eq(sz, d.problem[0].tied, 1));
    tern_report_data_free(&d);
}

Test(select, a_rate_is_not_ranked_among_times) {
    struct tern_record r[] = {sample_one("timed", "p64", 100, 1), sample_one("rated", "p64", 5.5, 0.1)};
    r[1].unit = "GMAC/s";
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(sz, d.problem[0].count, 1));
    cr_assert(eq(str, (char *)d.problem[0].best->variant, "timed"));
    cr_assert(eq(sz, d.empty, 1));
    tern_report_data_free(&d);
}

Test(select, a_dense_baseline_never_wins) {
    const struct tern_record r[] = {sample_one("dense", "f16", 50, 1), sample_one("ternary", "p64", 100, 1)};
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(str, (char *)d.problem[0].best->variant, "ternary"));
    cr_assert(eq(str, (char *)d.problem[0].f16->variant, "dense"));
    cr_assert(eq(int, (int)d.problem[0].entry[0].standing, TERN_STANDING_DENSE));
    tern_report_data_free(&d);
}

Test(select, a_variant_without_interval_does_not_win_over_one_with_interval) {
    const struct tern_record r[] = {sample_one("three-samples", "p64", 90, NAN),
                                    sample_one("many-samples", "p64", 100, 1)};
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(str, (char *)d.problem[0].best->variant, "many-samples"));
    cr_assert(eq(int, (int)d.problem[0].entry[0].standing, TERN_STANDING_UNDECIDED));
    tern_report_data_free(&d);
}

Test(select, the_fastest_variant_of_the_baseline_format_is_the_baseline) {
    const struct tern_record r[] = {sample_one("i2s-scalar", "i2s", 900, 1),
                                    sample_one("i2s-avx2", "i2s", 200, 1), sample_one("best", "p64", 100, 1)};
    struct tern_report_data d = chosen(r, 3, 0);
    cr_assert(eq(str, (char *)d.problem[0].i2s->variant, "i2s-avx2"));
    tern_report_data_free(&d);
}

Test(select, the_newest_run_of_a_problem_counts) {
    const struct tern_record r[] = {of_run(sample_one("new", "p64", 200, 1), "b", "2026-02-02T00:00:00Z"),
                                    of_run(sample_one("old", "p64", 100, 1), "a", "2026-01-01T00:00:00Z")};
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(sz, d.problems, 1));
    cr_assert(eq(sz, d.problem[0].count, 1));
    cr_assert(eq(str, (char *)d.problem[0].best->variant, "new"));
    cr_assert(eq(sz, d.older, 1));
    tern_report_data_free(&d);
}

Test(select, with_all_runs_each_run_is_a_problem_of_its_own) {
    const struct tern_record r[] = {of_run(sample_one("new", "p64", 200, 1), "b", "2026-02-02T00:00:00Z"),
                                    of_run(sample_one("old", "p64", 100, 1), "a", "2026-01-01T00:00:00Z")};
    struct tern_report_data d = chosen(r, 2, 1);
    cr_assert(eq(sz, d.problems, 2));
    cr_assert(eq(sz, d.older, 0));
    tern_report_data_free(&d);
}

Test(select, an_older_run_of_another_problem_stays) {
    struct tern_record r[] = {of_run(sample_one("x", "p64", 200, 1), "b", "2026-02-02T00:00:00Z"),
                              of_run(sample_one("x", "p64", 100, 1), "a", "2026-01-01T00:00:00Z")};
    r[1].threads = 2;
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(sz, d.problems, 2));
    tern_report_data_free(&d);
}

Test(select, a_later_record_of_the_same_variant_replaces_the_earlier_one) {
    const struct tern_record r[] = {sample_one("x", "p64", 200, 1), sample_one("x", "p64", 100, 1)};
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(sz, d.problem[0].count, 1));
    cr_assert(eq(dbl, d.problem[0].best->est.median, 100));
    cr_assert(eq(sz, d.repeats, 1));
    tern_report_data_free(&d);
}

Test(select, an_unfinished_record_does_not_replace_a_finished_one) {
    struct tern_record r[] = {sample_one("x", "p64", 200, 1), sample_one("x", "p64", 100, 1)};
    r[1].complete = 0;
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(dbl, d.problem[0].best->est.median, 200));
    tern_report_data_free(&d);
}

Test(select, other_parameters_are_another_entry) {
    struct tern_record r[] = {sample_one("x", "p64", 200, 1), sample_one("x", "p64", 100, 1)};
    r[1].params = "prefetch=4096";
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(sz, d.problem[0].count, 2));
    tern_report_data_free(&d);
}

Test(select, records_without_a_number_are_counted_not_shown) {
    struct tern_record r[] = {sample_one("x", "p64", 200, 1), sample_one("y", "p64", NAN, 1)};
    struct tern_report_data d = chosen(r, 2, 0);
    cr_assert(eq(sz, d.problem[0].count, 1));
    cr_assert(eq(sz, d.empty, 1));
    tern_report_data_free(&d);
}

Test(select, a_ceiling_measured_once_keeps_its_own_interval) {
    const struct tern_record r[] = {ceiling("a", "2026-01-01T00:00:00Z", 100)};
    struct tern_report_data d = chosen(r, 1, 0);
    cr_assert(eq(sz, d.ceilings, 1));
    cr_assert(epsilon_eq(dbl, d.ceiling[0].rate, 1e4, 1e-6));
    cr_assert(epsilon_eq(dbl, d.ceiling[0].lo, 1e6 / 101, 1e-6));
    tern_report_data_free(&d);
}

Test(select, a_ceiling_measured_often_in_one_run_is_one_with_its_range) {
    const struct tern_record r[] = {ceiling("a", "t1", 100), ceiling("a", "t2", 125),
                                    ceiling("a", "t3", 200)};
    struct tern_report_data d = chosen(r, 3, 0);
    cr_assert(eq(sz, d.ceilings, 1));
    cr_assert(epsilon_eq(dbl, d.ceiling[0].rate, 8e3, 1e-6));
    cr_assert(epsilon_eq(dbl, d.ceiling[0].lo, 5e3, 1e-6));
    cr_assert(epsilon_eq(dbl, d.ceiling[0].hi, 1e4, 1e-6));
    tern_report_data_free(&d);
}

Test(select, roofs_come_from_the_same_run_when_it_measured_any) {
    const struct tern_record r[] = {of_run(sample_one("x", "p64", 1, .1), "a", "t1"), ceiling("a", "t1", 100),
                                    ceiling("b", "t2", 50)};
    struct tern_report_data d = chosen(r, 3, 0);
    const struct tern_report_ceiling *roof[4];
    int same;
    cr_assert(eq(sz, tern_report_ceilings_of(&d, &r[0], roof, 4, &same), 1));
    cr_assert(eq(int, same, 1));
    cr_assert(eq(str, (char *)roof[0]->record->run, "a"));
    tern_report_data_free(&d);
}

Test(select, roofs_of_the_newest_other_run_are_said_to_be_so) {
    const struct tern_record r[] = {of_run(sample_one("x", "p64", 1, .1), "a", "t1"), ceiling("c", "t3", 50),
                                    ceiling("b", "t2", 100)};
    struct tern_report_data d = chosen(r, 3, 0);
    const struct tern_report_ceiling *roof[4];
    int same;
    cr_assert(eq(sz, tern_report_ceilings_of(&d, &r[0], roof, 4, &same), 1));
    cr_assert(eq(int, same, 0));
    cr_assert(eq(str, (char *)roof[0]->record->run, "c"));
    tern_report_data_free(&d);
}

Test(select, nanoseconds_per_token_and_tokens_per_second_say_the_same) {
    struct tern_record r = sample_one("tuned", NULL, 1e8, 1e7);
    r.unit = "ns/token";
    const struct tern_report_tokens t = tern_report_tokens_of(&r);
    cr_assert(epsilon_eq(dbl, t.median, 10, 1e-9));
    cr_assert(epsilon_eq(dbl, t.lo, 1e9 / 1.1e8, 1e-9));
    cr_assert(epsilon_eq(dbl, t.hi, 1e9 / 0.9e8, 1e-9));
}
