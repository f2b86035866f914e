/* Change points of short histories and short levels: levels that return, one step, nothing at all. */
#include "reports/changes/changes.h"
#include "tests/reports/made_noise.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

/* What was found of planted levels. */
struct found {
    size_t planted, found, right;
};

/* Levels of `length` runs that go and return: no cut divides the whole history. */
static void add_levels(struct tern_random *r, size_t length, size_t levels, double size, struct found *sum) {
    const size_t n = length * levels;
    double x[POINTS];
    struct tern_change c[POINTS];
    size_t changes;
    for (size_t i = 0; i < n; i++) x[i] = 80000 * exp(0.005 * normal(r)) * (i / length % 2 ? size : 1);
    cr_assert(tern_changes_find(x, n, NULL, c, &changes));
    sum->planted += levels - 1;
    sum->found += changes;
    for (size_t i = 0; i < changes; i++) {
        const size_t nearest = (c[i].at + length / 2) / length;
        sum->right += nearest > 0 && nearest < levels && near(c[i].at, nearest * length);
    }
}

static void expect_found(const char *what, struct found f) {
    fprintf(stderr, "%s: precision %.3f (%zu of %zu), recall %.3f (%zu of %zu)\n", what,
            (double)f.right / (double)f.found, f.right, f.found, (double)f.right / (double)f.planted, f.right,
            f.planted);
    cr_expect(ge(dbl, (double)f.right / (double)f.found, 0.95), "%s: %zu of %zu are steps", what, f.right,
              f.found);
    cr_expect(ge(dbl, (double)f.right / (double)f.planted, 0.9), "%s: %zu of %zu were found", what, f.right,
              f.planted);
}

Test(changes, levels_that_go_and_return_are_found_each_time) {
    struct tern_random r = {21};
    struct found longer = {0}, five = {0}, four = {0};
    for (size_t history = 0; history < 60; history++) {
        add_levels(&r, 8 + history % 5, 3 + history % 4, history % 2 ? 2 : 1.1, &longer);
        add_levels(&r, 5 + history % 3, 2 + history % 5, history % 2 ? 2 : 1.1, &five);
        add_levels(&r, 4, 2 + history % 2, history % 4 < 2 ? 2 : 1.1, &four);
    }
    expect_found("levels of 8 to 12 runs", longer);
    expect_found("levels of 5 to 7 runs", five);
    expect_found("levels of 4 runs", four);
}

/* One step in histories of every length from 8 runs, with at least four or five runs on either side. */
Test(changes, a_step_is_found_in_a_history_of_any_length) {
    struct tern_random r = {23};
    struct found sum = {0};
    for (size_t n = 8; n < 40; n++)
        for (size_t again = 0; again < 8; again++) {
            const size_t at = 4 + tern_random_below(&r, (uint32_t)(n - 7));
            const double size = again % 2 ? 2 : 1.1;
            double x[POINTS];
            struct tern_change c[POINTS];
            size_t changes, right = 0;
            if (n >= 16 && (at < 5 || n - at < 5)) continue; /* there a level is of five runs */
            for (size_t i = 0; i < n; i++) x[i] = 80000 * exp(0.005 * normal(&r)) * (i < at ? 1 : size);
            cr_assert(tern_changes_find(x, n, NULL, c, &changes));
            for (size_t i = 0; i < changes; i++) right += near(c[i].at, at) && c[i].ratio > 1;
            sum.planted++, sum.found += changes, sum.right += right;
        }
    expect_found("one step in 8 to 39 runs", sum);
}

/* A short level against the rest of a long history. */
Test(changes, a_short_level_in_a_long_history_is_found) {
    struct tern_random r = {24};
    for (size_t length = 5; length <= 9; length++) {
        double x[POINTS];
        struct tern_change c[POINTS];
        size_t changes;
        for (size_t i = 0; i < POINTS; i++)
            x[i] = 80000 * exp(0.003 * normal(&r)) * (i >= 40 && i < 40 + length ? 1.1 : 1);
        cr_assert(tern_changes_find(x, POINTS, NULL, c, &changes));
        cr_expect(eq(sz, changes, 2), "%zu runs", length);
        cr_expect(changes == 2 && near(c[0].at, 40) && near(c[1].at, 40 + length), "%zu runs", length);
    }
}

/* Histories of 8 to 99 runs in which nothing happens. */
Test(changes, a_quiet_history_of_any_length_has_hardly_ever_a_change) {
    struct tern_random r = {22};
    size_t alarms = 0, histories = 0;
    for (size_t n = 8; n < POINTS; n++)
        for (size_t again = 0; again < 3; again++, histories++) {
            double x[POINTS];
            struct tern_change c[POINTS];
            size_t changes;
            for (size_t i = 0; i < n; i++) x[i] = 80000 * exp(noise(&r, 0.005));
            cr_assert(tern_changes_find(x, n, NULL, c, &changes));
            alarms += changes > 0;
        }
    fprintf(stderr, "false alarms: %zu of %zu quiet histories of 8 to 99 runs\n", alarms, histories);
    cr_expect(le(sz, alarms, histories / 50), "%zu of %zu histories", alarms, histories);
}

/* Neither of the two divides the whole history. */
Test(changes, a_regression_of_ten_to_thirty_runs_and_its_fix_are_found_in_a_long_history) {
    struct tern_random r = {15};
    for (size_t length = 10; length <= 30; length += 4) {
        double x[POINTS];
        struct tern_change c[POINTS];
        size_t changes;
        for (size_t i = 0; i < POINTS; i++)
            x[i] = 80000 * exp(0.003 * normal(&r)) * (i >= 40 && i < 40 + length ? 1.05 : 1);
        cr_assert(tern_changes_find(x, POINTS, NULL, c, &changes));
        cr_expect(eq(sz, changes, 2), "%zu runs", length);
        cr_expect(changes == 2 && near(c[0].at, 40) && near(c[1].at, 40 + length), "%zu runs", length);
    }
}

Test(changes, a_drift_alone_has_no_change_point) {
    struct tern_random r = {5};
    double x[POINTS];
    struct tern_change c[POINTS];
    size_t changes;
    for (size_t i = 0; i < POINTS; i++) x[i] = 100 * exp(0.04 * (double)i / POINTS + 0.002 * normal(&r));
    cr_assert(tern_changes_find(x, POINTS, NULL, c, &changes));
    cr_assert(eq(sz, changes, 0));
}

Test(changes, an_outlier_is_no_change_and_seven_points_are_too_few) {
    struct tern_random r = {6};
    double x[POINTS];
    struct tern_change c[POINTS];
    size_t changes;
    for (size_t i = 0; i < POINTS; i++) x[i] = 100 * exp(0.003 * normal(&r)) * (i == 50 ? 2 : 1);
    cr_assert(tern_changes_find(x, POINTS, NULL, c, &changes));
    cr_assert(eq(sz, changes, 0));
    for (size_t i = 0; i < 8; i++) x[i] = i < 4 ? 1 : 2;
    cr_assert(tern_changes_find(x, 7, NULL, c, &changes));
    cr_assert(eq(sz, changes, 0));
    cr_assert(tern_changes_find(x, 8, NULL, c, &changes));
    cr_assert(changes == 1 && c[0].at == 4);
}
