#include "measure/statistics.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

Test(statistics, median_of_an_even_number_is_the_middle_of_two) {
    double odd[] = {1, 2, 9}, even[] = {1, 2, 4, 9};
    cr_assert(eq(dbl, tern_median_sorted(odd, 3), 2));
    cr_assert(eq(dbl, tern_median_sorted(even, 4), 3));
    cr_assert(isnan(tern_median_sorted(odd, 0)));
}

Test(statistics, mad_is_the_median_distance) {
    double x[] = {1, 1, 2, 2, 4, 6, 9}; /* distances from 2: 1 1 0 0 2 4 7 */
    cr_assert(eq(dbl, tern_mad_in_place(x, 7, 2), 1));
}

/* P(X <= 2) of 10 coin throws is (1 + 10 + 45) / 1024. */
Test(statistics, binomial_tail_is_exact_for_few) {
    cr_assert(epsilon_eq(dbl, tern_binomial_tail(10, 2), 56.0 / 1024, 1e-15));
    cr_assert(epsilon_eq(dbl, tern_binomial_tail(1, 0), 0.5, 1e-15));
    cr_assert(eq(dbl, tern_binomial_tail(10, 10), 1));
}

/* 2^-3000 is no double; the value is from exact rational arithmetic. */
Test(statistics, binomial_tail_survives_underflow) {
    cr_assert(epsilon_eq(dbl, tern_binomial_tail(3000, 1445), 0.023283224691041375, 1e-11));
}

/* Ranks of the 95 % interval from tables of the sign test, the large ones from exact rational arithmetic. */
Test(statistics, interval_ranks_are_those_of_the_tables) {
    static const struct {
        size_t n, rank;
    } expected[] = {{0, 0},  {1, 0},  {5, 0},   {6, 1},    {8, 1},      {9, 2},
                    {12, 3}, {20, 6}, {52, 19}, {100, 40}, {1000, 469}, {5000, 2431}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        cr_assert(eq(sz, tern_interval_rank(expected[i].n, 0.95), expected[i].rank), "n = %zu",
                  expected[i].n);
}

Test(statistics, every_rank_is_the_largest_that_still_covers) {
    for (size_t n = 1; n < 400; n++) {
        size_t r = tern_interval_rank(n, 0.95);
        if (r) cr_assert(ge(dbl, 1 - 2 * tern_binomial_tail(n, r - 1), 0.95), "n = %zu covers too little", n);
        cr_assert(lt(dbl, 1 - 2 * tern_binomial_tail(n, r), 0.95), "n = %zu could be narrower", n);
    }
}

Test(statistics, more_confidence_never_narrows) {
    cr_assert(eq(sz, tern_interval_rank(6, 0.99), 0));
    cr_assert(le(sz, tern_interval_rank(52, 1 - 0.05 / 10), tern_interval_rank(52, 0.95)));
    cr_assert(eq(sz, tern_interval_rank(8, 0.99), 1));
}

Test(estimate, six_samples_give_the_interval_from_min_to_max) {
    const double ns[] = {30, 10, 20, 60, 50, 40};
    struct tern_estimate s = tern_estimate_of(ns, 6);
    cr_assert(eq(sz, s.n, 6));
    cr_assert(eq(dbl, s.median, 35));
    cr_assert(eq(dbl, s.min, 10));
    cr_assert(eq(dbl, s.mad, 15));
    cr_assert(eq(dbl, s.ci_lo, 10));
    cr_assert(eq(dbl, s.ci_hi, 60));
}

Test(estimate, five_samples_give_no_interval) {
    const double ns[] = {30, 10, 20, 50, 40};
    struct tern_estimate s = tern_estimate_of(ns, 5);
    cr_assert(eq(dbl, s.median, 30));
    cr_assert(isnan(s.ci_lo) && isnan(s.ci_hi));
}

Test(estimate, twenty_samples_give_the_sixth_from_each_end) {
    double ns[20];
    for (int i = 0; i < 20; i++) ns[i] = 100 + (i * 7) % 20; /* 100..119 in another order */
    struct tern_estimate s = tern_estimate_of(ns, 20);
    cr_assert(eq(dbl, s.ci_lo, 105));
    cr_assert(eq(dbl, s.ci_hi, 114));
}

Test(estimate, unstable_begins_above_five_percent) {
    const double calm[] = {95, 100, 105}, restless[] = {94, 100, 106};
    cr_assert(not(tern_estimate_of(calm, 3).unstable));
    cr_assert(tern_estimate_of(restless, 3).unstable);
}

Test(estimate, nothing_measured_is_not_zero) {
    const double none[] = {NAN, INFINITY}, below_the_clock[] = {0, 0, 1};
    const struct tern_estimate empty[] = {tern_estimate_of(NULL, 0), tern_estimate_of(none, 2),
                                          tern_estimate_of(below_the_clock, 3)};
    for (int i = 0; i < 3; i++) {
        cr_assert(eq(sz, empty[i].n, 0));
        cr_assert(isnan(empty[i].median) && isnan(empty[i].mad) && isnan(empty[i].min) &&
                  isnan(empty[i].ci_lo));
    }
}

Test(estimate, values_that_are_not_finite_are_left_out) {
    const double ns[] = {1, NAN, 3, INFINITY, 2};
    struct tern_estimate s = tern_estimate_of(ns, 5);
    cr_assert(eq(sz, s.n, 3));
    cr_assert(eq(dbl, s.median, 2));
}

Test(estimate, the_samples_keep_their_order) {
    const double ns[] = {3, 1, 2};
    tern_estimate_of(ns, 3);
    cr_assert(ns[0] == 3 && ns[1] == 1 && ns[2] == 2);
}

Test(ratio, six_rounds_give_the_interval_from_least_to_greatest) {
    const double base[] = {1, 10, 100, 1, 10, 100}, t[] = {2, 20, 400, 2, 80, 50};
    struct tern_ratio r = tern_ratio_of(t, base, 6);
    cr_assert(eq(sz, r.n, 6));
    cr_assert(epsilon_eq(dbl, r.median, 2, 1e-12));
    cr_assert(epsilon_eq(dbl, r.ci_lo, 0.5, 1e-12));
    cr_assert(epsilon_eq(dbl, r.ci_hi, 8, 1e-12));
}

/* The pairing is the point: each round drifts by a factor that dwarfs the difference, and the ratio does not
 * see it. */
Test(ratio, drift_common_to_a_round_cancels) {
    double base[20], t[20];
    for (int i = 0; i < 20; i++) {
        base[i] = 100.0 * (i + 1);
        t[i] = base[i] * 1.01;
    }
    struct tern_ratio r = tern_ratio_of(t, base, 20);
    cr_assert(epsilon_eq(dbl, r.ci_lo, 1.01, 1e-12));
    cr_assert(epsilon_eq(dbl, r.ci_hi, 1.01, 1e-12));
}

Test(ratio, zero_rounds_are_dropped_and_ties_counted) {
    const double base[] = {1, 0, 4, 0, 2, 3}, t[] = {1, 5, 0, 0, 2, 6};
    struct tern_ratio r = tern_ratio_of(t, base, 6);
    cr_assert(eq(sz, r.n, 3));
    cr_assert(eq(sz, r.ties, 3));
    cr_assert(epsilon_eq(dbl, r.median, 1, 1e-12));
    cr_assert(isnan(r.ci_lo) && isnan(r.ci_hi));
}

Test(ratio, without_a_usable_round_there_is_none) {
    const double zero[] = {0, 0};
    struct tern_ratio r = tern_ratio_of(zero, zero, 2);
    cr_assert(eq(sz, r.n, 0));
    cr_assert(isnan(r.median));
}
