#include "reports/compare/compare.h"

#include "base/random.h"
#include "reports/compare/statistics.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROUNDS = 30 };

static double normal(struct tern_random *r) {
    return sqrt(-2 * log(1 - tern_random_unit(r))) * cos(6.283185307179586 * tern_random_unit(r));
}

/* U = 7 of 30 pairs, held against all C(11,5) = 462 orders. */
Test(compare, mann_whitney_is_exact_for_small_samples) {
    const double a[] = {1.1, 2.3, 3.7, 4.2, 5.9}, b[] = {2.0, 3.1, 6.3, 7.7, 8.1, 9.9};
    double above;
    size_t few = 0, orders = 0;
    for (unsigned set = 0; set < 1u << 11; set++) {
        int u = 0, ones = 0;
        for (int i = 0; i < 11; i++) {
            if (set >> i & 1) ones++, u += i - (ones - 1);
        }
        if (ones != 5) continue;
        orders++;
        few += u <= 7;
    }
    cr_assert(eq(sz, orders, 462));
    cr_assert(epsilon_eq(dbl, tern_mann_whitney(a, 5, b, 6, &above), 2.0 * (double)few / 462, 1e-12));
    cr_assert(epsilon_eq(dbl, above, 7.0 / 30, 1e-12));
}

Test(compare, mann_whitney_of_the_same_values_says_nothing) {
    const double a[] = {1, 2, 2, 3, 4, 4, 5};
    cr_assert(epsilon_eq(dbl, tern_mann_whitney(a, 7, a, 7, NULL), 1, 1e-9));
}

/* All 10 differences above zero: 2 of 1024 sign patterns are as extreme. */
Test(compare, signed_rank_is_exact_for_few_differences) {
    double d[10];
    for (int i = 0; i < 10; i++) d[i] = 0.1 + 0.01 * i;
    const struct tern_location l = tern_signed_rank(d, 10, 0.95);
    cr_assert(epsilon_eq(dbl, l.p, 2.0 / 1024, 1e-12));
    cr_assert(epsilon_eq(dbl, l.centre, 0.145, 1e-12));
    cr_assert(l.lo > 0.1 && l.lo < l.centre && l.hi > l.centre && l.hi < 0.19);
}

Test(compare, the_signed_rank_interval_covers_as_often_as_it_says) {
    struct tern_random r = {11};
    int covered = 0;
    for (int i = 0; i < 1000; i++) {
        double d[10];
        for (int j = 0; j < 10; j++) d[j] = 1 + normal(&r);
        const struct tern_location l = tern_signed_rank(d, 10, 0.95);
        covered += l.lo <= 1 && l.hi >= 1;
    }
    cr_assert(covered >= 935 && covered <= 975, "%d of 1000", covered);
}

Test(compare, five_differences_are_too_few_for_an_interval) {
    const double d[] = {1, 2, 3, 4, 5};
    cr_assert(isnan(tern_signed_rank(d, 5, 0.95).lo));
}

/* The example of Benjamini and Hochberg's paper, table 1: four rejections at 0.05. */
Test(compare, benjamini_and_hochberg_reject_four_of_their_own_example) {
    const double p[] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
    double adjusted[15];
    int rejected = 0;
    cr_assert(tern_benjamini_hochberg(p, 15, adjusted));
    for (int i = 0; i < 15; i++) rejected += adjusted[i] <= 0.05;
    cr_assert(eq(int, rejected, 4));
}

struct made {
    double sample[ROUNDS];
    struct tern_record r;
};

/* Rounds with a common disturbance, so that pairs know what samples do not. */
static void make(struct made *m, const char *variant, const char *run, double median, double common,
                 double own, uint64_t seed) {
    struct tern_random shared = {99}, r = {seed};
    for (int i = 0; i < ROUNDS; i++) m->sample[i] = median * exp(common * normal(&shared) + own * normal(&r));
    m->r = sample_one(variant, "p64", median, 1);
    m->r.run = run;
    m->r.samples = m->sample, m->r.sample_count = ROUNDS;
    m->r.est = tern_estimate_of(m->sample, ROUNDS);
}

static struct tern_compare compared(const struct tern_record *a, size_t n_a, const struct tern_record *b,
                                    size_t n_b, struct tern_compare_options o) {
    struct tern_compare c;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_compare_records(a, n_a, b, n_b, &o, &c, &e), TERN_OK), "%s", e.text);
    return c;
}

static const struct tern_compare_options plain = {.floor = NAN, .seed = 1};

Test(compare, rounds_of_one_run_are_paired_and_see_through_a_common_disturbance) {
    struct made a, b;
    struct tern_compare_options o = plain;
    o.across_variants = 1;
    make(&a, "x", "run", 100, 0.2, 0.003, 1);
    make(&b, "y", "run", 103, 0.2, 0.003, 2);
    a.r.floor = 0.004, b.r.floor = 0.012;
    struct tern_compare c = compared(&a.r, 1, &b.r, 1, o);
    cr_assert(eq(int, (int)c.row[0].method, TERN_COMPARE_PAIRED));
    cr_assert(eq(int, (int)c.row[0].verdict, TERN_COMPARE_SLOWER));
    cr_assert(c.row[0].lo > 1.02 && c.row[0].hi < 1.04);
    tern_compare_free(&c);
}

Test(compare, repetitions_of_google_benchmark_are_no_pairs) {
    struct made a, b;
    struct tern_compare_options o = plain;
    o.across_variants = 1;
    make(&a, "x", "run", 100, 0, 0.003, 1);
    make(&b, "y", "run", 103, 0, 0.003, 2);
    a.r.flags = b.r.flags = "gbench vm";
    o.floor = 0.01;
    struct tern_compare c = compared(&a.r, 1, &b.r, 1, o);
    cr_assert(eq(int, (int)c.row[0].method, TERN_COMPARE_SAMPLES));
    cr_assert(eq(int, (int)c.row[0].verdict, TERN_COMPARE_SLOWER));
    tern_compare_free(&c);
}

Test(compare, a_difference_below_the_floor_is_not_a_difference) {
    struct made a, b;
    struct tern_compare_options o = plain;
    make(&a, "x", "run-1", 100, 0, 0.003, 1);
    make(&b, "x", "run-2", 103, 0, 0.003, 2);
    o.floor = 0.05;
    struct tern_compare c = compared(&a.r, 1, &b.r, 1, o);
    cr_assert(lt(dbl, c.row[0].p_adjusted, 0.01));
    cr_assert(eq(int, (int)c.row[0].verdict, TERN_COMPARE_SAME));
    tern_compare_free(&c);
}

/* The rule of the tuner and of tern bench: the near end of the interval, not the estimate, lies beyond the
 * floor. */
Test(compare, an_interval_that_reaches_into_the_floor_decides_nothing) {
    struct made a, b;
    struct tern_compare_options o = plain;
    make(&a, "x", "run-1", 100, 0, 0.003, 1);
    make(&b, "x", "run-2", 103, 0, 0.003, 2);
    o.floor = 0.0299;
    struct tern_compare c = compared(&a.r, 1, &b.r, 1, o);
    cr_assert(c.row[0].lo < 1.0299 && c.row[0].hi > 1.0299);
    cr_assert(eq(int, (int)c.row[0].verdict, TERN_COMPARE_CANNOT_TELL));
    tern_compare_free(&c);
}

Test(compare, without_a_floor_three_percent_are_not_believed) {
    struct made a, b;
    make(&a, "x", "run-1", 100, 0, 0.003, 1);
    make(&b, "x", "run-2", 103, 0, 0.003, 2);
    struct tern_compare c = compared(&a.r, 1, &b.r, 1, plain);
    cr_assert(epsilon_eq(dbl, c.row[0].floor, 0.05, 1e-9));
    cr_assert(eq(int, (int)c.row[0].floor_from, TERN_FLOOR_ASSUMED));
    cr_assert(eq(int, (int)c.row[0].verdict, TERN_COMPARE_SAME));
    tern_compare_free(&c);
}

Test(compare, the_floor_is_found_from_runs_of_the_same_thing) {
    struct made m[12];
    char run[12][8];
    struct tern_record r[12];
    for (size_t i = 0; i < 12; i++) {
        snprintf(run[i], sizeof run[i], "r%zu", i);
        make(&m[i], "x", run[i], i % 2 ? 104 : 100, 0, 0.001, i + 1);
        r[i] = m[i].r;
    }
    struct tern_compare c = compared(r, 6, r + 6, 6, plain);
    cr_assert(eq(sz, c.floor_pairs, 10));
    cr_assert(c.floor > 0.035 && c.floor < 0.045, "%g", c.floor);
    cr_assert(eq(int, (int)c.row[0].method, TERN_COMPARE_RUNS));
    cr_assert(ne(int, (int)c.row[0].verdict, TERN_COMPARE_SLOWER));
    tern_compare_free(&c);
}

Test(compare, without_samples_the_intervals_of_the_medians_decide) {
    struct tern_record a = sample_one("x", "p64", 100, 0.5), b = sample_one("x", "p64", 110, 0.5);
    b.run = "run-2";
    struct tern_compare c = compared(&a, 1, &b, 1, plain);
    cr_assert(eq(int, (int)c.row[0].method, TERN_COMPARE_SUMMARY));
    cr_assert(eq(int, (int)c.row[0].verdict, TERN_COMPARE_SLOWER));
    tern_compare_free(&c);
    b = sample_one("x", "p64", 101, 5);
    c = compared(&a, 1, &b, 1, plain);
    cr_assert(eq(int, (int)c.row[0].verdict, TERN_COMPARE_CANNOT_TELL));
    tern_compare_free(&c);
}

Test(compare, a_higher_rate_is_faster) {
    struct tern_record a = sample_one("x", "p64", 100, 0.5), b = sample_one("x", "p64", 110, 0.5);
    a.unit = b.unit = "tok/s";
    b.run = "run-2";
    struct tern_compare c = compared(&a, 1, &b, 1, plain);
    cr_assert(eq(int, (int)c.row[0].verdict, TERN_COMPARE_FASTER));
    cr_assert(epsilon_eq(dbl, c.row[0].ratio, 100.0 / 110, 1e-9));
    tern_compare_free(&c);
}

/* The false discovery rate, not the rate per row: of 40 equal rows hardly any is called different. */
Test(compare, of_many_equal_rows_hardly_one_is_called_different) {
    static struct made a[40], b[40];
    static struct tern_record ra[40], rb[40];
    struct tern_compare_options o = plain;
    o.floor = 0, o.threshold = 1e-6;
    for (size_t i = 0; i < 40; i++) {
        make(&a[i], "x", "run-1", 100, 0, 0.02, 100 + i);
        make(&b[i], "x", "run-2", 100, 0, 0.02, 200 + i);
        ra[i] = a[i].r, rb[i] = b[i].r;
        ra[i].m = rb[i].m = i + 1;
    }
    struct tern_compare c = compared(ra, 40, rb, 40, o);
    cr_assert(eq(sz, c.rows, 40));
    cr_assert(le(sz, c.count[TERN_COMPARE_FASTER] + c.count[TERN_COMPARE_SLOWER], 1));
    cr_assert(c.lo < 1 && c.hi > 1 && c.hi - c.lo < 0.01);
    tern_compare_free(&c);
}

Test(compare, sides_without_a_common_row_are_inconclusive) {
    struct tern_record a = sample_one("x", "p64", 100, 1), b = sample_one("y", "p64", 100, 1);
    struct tern_compare c;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_compare_records(&a, 1, &b, 1, &plain, &c, &e), TERN_INCONCLUSIVE));
    cr_assert(strstr(e.text, "nothing in common") != NULL);
}

Test(compare, best_takes_the_fastest_variant_of_each_side) {
    struct tern_record a[] = {sample_one("x", "p64", 100, 0.5), sample_one("y", "p64", 200, 0.5)};
    struct tern_record b[] = {sample_one("x", "p64", 300, 0.5), sample_one("z", "p64", 90, 0.5)};
    struct tern_compare_options o = plain;
    o.best = 1;
    struct tern_compare c = compared(a, 2, b, 2, o);
    cr_assert(eq(sz, c.rows, 1));
    cr_assert(epsilon_eq(dbl, c.row[0].ratio, 0.9, 1e-9));
    tern_compare_free(&c);
}

Test(compare, the_json_is_strict_and_holds_no_number_that_is_absent) {
    struct tern_record a = sample_one("x", "p64", 100, NAN), b = sample_one("x", "p64", 110, NAN);
    struct tern_text t = {0};
    a.est.n = b.est.n = 3;
    struct tern_compare c = compared(&a, 1, &b, 1, plain);
    tern_compare_json(&c, &plain, "A \"1\"", "B\n2", &t);
    json_t *o = json_loads(t.data, JSON_REJECT_DUPLICATES, NULL);
    const json_t *row = json_array_get(json_object_get(o, "rows"), 0);
    cr_assert(o != NULL && row != NULL);
    cr_assert(json_object_get(row, "p") == NULL && json_object_get(row, "ci95") == NULL);
    cr_assert(eq(str, (char *)json_string_value(json_object_get(row, "verdict")), "cannot tell"));
    json_decref(o);
    tern_text_free(&t);
    tern_compare_free(&c);
}
