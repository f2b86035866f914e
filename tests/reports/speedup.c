#include "reports/data/select.h"

#include "reports/figures/dotplot.h"
#include "reports/figures/figures.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct tern_record against(struct tern_record r, const char *base, double ratio) {
    r.base = base;
    r.ratio = (struct tern_ratio){.n = 30, .median = ratio, .ci_lo = ratio * 0.9, .ci_hi = ratio * 1.1};
    return r;
}

Test(speedup, paired_ratio_is_turned_over_with_its_interval) {
    const struct tern_record slow = sample_one("base", "f16", 400, 4);
    const struct tern_record fast = against(sample_one("fast", "p64", 100, 1), "base", 0.2);
    const struct tern_speedup s = tern_speedup_of(&fast, &slow);
    cr_assert(eq(int, (int)s.method, TERN_SPEEDUP_PAIRED));
    cr_assert(epsilon_eq(dbl, s.ratio, 5, 1e-9));
    cr_assert(epsilon_eq(dbl, s.lo, 1 / 0.22, 1e-9));
    cr_assert(epsilon_eq(dbl, s.hi, 1 / 0.18, 1e-9));
}

Test(speedup, a_winner_that_is_itself_the_base_is_paired_too) {
    const struct tern_record fast = sample_one("base", "i2s", 100, 1);
    const struct tern_record slow = against(sample_one("dense", "f16", 400, 4), "base", 3);
    const struct tern_speedup s = tern_speedup_of(&fast, &slow);
    cr_assert(eq(int, (int)s.method, TERN_SPEEDUP_PAIRED));
    cr_assert(epsilon_eq(dbl, s.ratio, 3, 1e-9));
}

Test(speedup, two_ratios_to_one_base_are_divided_with_the_worst_corners) {
    const struct tern_record fast = against(sample_one("fast", "p64", 100, 1), "base", 0.5);
    const struct tern_record slow = against(sample_one("dense", "f16", 400, 4), "base", 2);
    const struct tern_speedup s = tern_speedup_of(&fast, &slow);
    cr_assert(eq(int, (int)s.method, TERN_SPEEDUP_BY_BASE));
    cr_assert(epsilon_eq(dbl, s.ratio, 4, 1e-9));
    cr_assert(epsilon_eq(dbl, s.lo, 1.8 / 0.55, 1e-9));
    cr_assert(epsilon_eq(dbl, s.hi, 2.2 / 0.45, 1e-9));
}

Test(speedup, without_pairing_the_medians_are_divided) {
    const struct tern_record fast = sample_one("fast", "p64", 100, 5),
                             slow = sample_one("dense", "f16", 400, 40);
    const struct tern_speedup s = tern_speedup_of(&fast, &slow);
    cr_assert(eq(int, (int)s.method, TERN_SPEEDUP_APART));
    cr_assert(epsilon_eq(dbl, s.ratio, 4, 1e-9));
    cr_assert(epsilon_eq(dbl, s.lo, 360. / 105, 1e-9));
    cr_assert(epsilon_eq(dbl, s.hi, 440. / 95, 1e-9));
}

Test(speedup, ratios_of_different_runs_are_not_paired) {
    struct tern_record slow = sample_one("base", "f16", 400, 4);
    const struct tern_record fast = against(sample_one("fast", "p64", 100, 1), "base", 0.2);
    slow.run = "another";
    cr_assert(eq(int, (int)tern_speedup_of(&fast, &slow).method, TERN_SPEEDUP_APART));
}

Test(speedup, of_one_variant_with_other_parameters_is_not_one) {
    struct tern_record slow = sample_one("x", "i2s", 200, 1), fast = sample_one("x", "i2s", 100, 1);
    fast.params = "prefetch=4096";
    cr_assert(epsilon_eq(dbl, tern_speedup_of(&fast, &slow).ratio, 2, 1e-9));
}

Test(speedup, without_intervals_there_is_a_ratio_and_no_interval) {
    const struct tern_record fast = sample_one("fast", "p64", 100, NAN),
                             slow = sample_one("dense", "f16", 400, 4);
    const struct tern_speedup s = tern_speedup_of(&fast, &slow);
    cr_assert(epsilon_eq(dbl, s.ratio, 4, 1e-9));
    cr_assert(isnan(s.lo) && isnan(s.hi));
}

Test(speedup, more_tokens_per_second_is_faster) {
    struct tern_record tuned = sample_one("tuned", NULL, 20, 1), untuned = sample_one("untuned", NULL, 10, 1);
    tuned.unit = untuned.unit = "tok/s";
    const struct tern_speedup s = tern_speedup_of(&tuned, &untuned);
    cr_assert(epsilon_eq(dbl, s.ratio, 2, 1e-9));
    cr_assert(epsilon_eq(dbl, s.lo, 19. / 11, 1e-9));
    cr_assert(epsilon_eq(dbl, s.hi, 21. / 9, 1e-9));
}

Test(speedup, of_an_absent_baseline_is_unknown) {
    const struct tern_record fast = sample_one("fast", "p64", 100, 1);
    const struct tern_speedup s = tern_speedup_of(&fast, NULL);
    cr_assert(eq(int, (int)s.method, TERN_SPEEDUP_UNKNOWN));
    cr_assert(isnan(s.ratio));
}

/* The numbers stand in columns of their own, at the end of the axis: an interval of three decades hides none.
 */
Test(speedup, a_figure_of_very_wide_intervals_has_its_numbers_beside_it) {
    struct tern_figures all = {0};
    struct tern_figure *f = tern_figure_add(&all, "winners", "m:1");
    struct tern_dotplot p;
    cr_assert(f != NULL);
    tern_figure_name(f, "speedup", 0);
    tern_dotplot_begin(&p, f, "x");
    tern_dotplot_row(&p, "640x2560", (struct tern_dot[]){{4, 0.1, 100}, {1.6, 0.2, 90}});
    p.series[0] = "one", p.series[1] = "two", p.axis = "times faster", p.one = 1;
    tern_dotplot_end(&p);
    double lo = 0, hi = 0, end[2] = {0, 0};
    int place[2] = {0, 0};
    cr_assert(eq(int, sscanf(strstr(f->script.data, "set xrange ["), "set xrange [%lf:%lf]", &lo, &hi), 2));
    const char *at = f->script.data;
    for (int i = 0; i < 2; i++) {
        at = strstr(at + 1, "5 with labels right");
        cr_assert(at != NULL, "%s", f->script.data);
        const char *from = at;
        while (strncmp(from, "using (", 7)) from--;
        cr_assert(eq(int, sscanf(from, "using (%lf)", &end[i]), 1));
        cr_assert(eq(int, sscanf(strstr(at, "offset"), "offset %d", &place[i]), 1));
    }
    cr_assert(gt(dbl, end[0], 100));
    cr_assert(epsilon_eq(dbl, end[0], hi, 1e-3));
    cr_assert(epsilon_eq(dbl, end[1], hi, 1e-3));
    cr_assert(ge(int, place[1] - place[0], 6));
    tern_figures_free(&all);
}
