#include "tuner/wisdom/objective.h"
#include "tuner/session/totals.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

Test(cost, each_objective_has_its_unit) {
    cr_assert(eq(dbl, tern_cost(TERN_OBJECTIVE_TIME, 1500, NAN), 1500));
    cr_assert(eq(dbl, tern_cost(TERN_OBJECTIVE_ENERGY, 1500, 2e-6), 2000));
    cr_assert(epsilon_eq(dbl, tern_cost(TERN_OBJECTIVE_EDP, 1500, 2e-6), 0.003, 1e-12));
    cr_assert(eq(str, (char *)tern_objective_unit(TERN_OBJECTIVE_TIME), "ns"));
    cr_assert(eq(str, (char *)tern_objective_unit(TERN_OBJECTIVE_ENERGY), "nJ"));
}

Test(cost, not_measured_is_never_zero) {
    cr_assert(isnan(tern_cost(TERN_OBJECTIVE_TIME, 0, 1)));
    cr_assert(isnan(tern_cost(TERN_OBJECTIVE_ENERGY, 1500, NAN)));
    cr_assert(isnan(tern_cost(TERN_OBJECTIVE_ENERGY, 1500, 0)));
    cr_assert(isnan(tern_cost(TERN_OBJECTIVE_EDP, 1500, -1)));
}

Test(cost, the_objectives_can_disagree) {
    /* A is fast and hungry, B slow and frugal. */
    const double a_ns = 100, a_j = 9e-6, b_ns = 200, b_j = 3e-6;
    cr_assert(lt(dbl, tern_cost(TERN_OBJECTIVE_TIME, a_ns, a_j), tern_cost(TERN_OBJECTIVE_TIME, b_ns, b_j)));
    cr_assert(
        gt(dbl, tern_cost(TERN_OBJECTIVE_ENERGY, a_ns, a_j), tern_cost(TERN_OBJECTIVE_ENERGY, b_ns, b_j)));
    cr_assert(gt(dbl, tern_cost(TERN_OBJECTIVE_EDP, a_ns, a_j), tern_cost(TERN_OBJECTIVE_EDP, b_ns, b_j)));
}

Test(cost, names_go_there_and_back) {
    for (int i = 0; i < 3; i++) {
        enum tern_objective o;
        cr_assert(tern_objective_named(tern_objective_name((enum tern_objective)i), &o));
        cr_assert(eq(int, (int)o, i));
    }
    enum tern_objective o;
    cr_assert(not(tern_objective_named("speed", &o)));
}

static struct tern_outcome outcome(const struct tern_task *t, double median, double ratio) {
    struct tern_outcome o = {.task = t, .measured = 1};
    o.entry.median_ns = median;
    o.entry.ci_lo_ns = median - 1, o.entry.ci_hi_ns = median + 1;
    o.entry.ratio = ratio;
    o.entry.n = 10;
    return o;
}

Test(aggregate, shapes_are_weighted_by_their_calls_and_decode_and_prefill_stay_apart) {
    struct tern_task task[4] = {{.problem = {10, 10, 1, 1, TERN_WCOLD}, .model = "m", .calls = 30},
                                {.problem = {20, 10, 1, 1, TERN_WCOLD}, .model = "m", .calls = 60},
                                {.problem = {10, 10, 128, 1, TERN_WCOLD}, .model = "m", .calls = 30},
                                {.problem = {10, 10, 1, 2, TERN_WCOLD}, .model = "m", .calls = 30}};
    struct tern_totals t = {0};
    const double median[4] = {100, 50, 7000, 80};
    for (size_t i = 0; i < 4; i++) {
        const struct tern_outcome o = outcome(&task[i], median[i], i == 1 ? 0.5 : 1);
        tern_totals_add(&t, &o);
    }
    tern_totals_end(&t);
    cr_assert(eq(sz, t.count, 3));
    cr_assert(eq(dbl, t.item[0].median, 30 * 100 + 60 * 50));
    cr_assert(eq(dbl, t.item[0].by_default, 30 * 100 + 60 * 100));
    cr_assert(eq(dbl, t.item[0].lo, 30 * 99 + 60 * 49));
    cr_assert(eq(sz, t.item[0].calls, 90));
    cr_assert(eq(dbl, t.item[1].median, 30 * 7000));
    cr_assert(eq(int, t.item[0].fastest, 0));
    cr_assert(eq(int, t.item[2].fastest, 1));
}

Test(aggregate, a_shape_that_was_not_measured_is_counted_and_not_summed) {
    const struct tern_task task = {.problem = {10, 10, 1, 1, TERN_WCOLD}, .model = "m", .calls = 30};
    const struct tern_task alone = {.problem = {10, 10, 1, 1, TERN_WCOLD}};
    const struct tern_outcome nothing = {.task = &task}, shape = outcome(&alone, 5, 1);
    struct tern_totals t = {0};
    tern_totals_add(&t, &nothing);
    tern_totals_add(&t, &shape);
    tern_totals_end(&t);
    cr_assert(eq(sz, t.count, 1));
    cr_assert(eq(sz, t.item[0].missing, 1));
    cr_assert(eq(sz, t.item[0].shapes, 0));
    cr_assert(eq(int, t.item[0].fastest, 0));
}
