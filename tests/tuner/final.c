#include "tuner/contest/final.h"
#include "base/random.h"
#include "measure/sampling/floor.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

/* Candidates: default, twin, challengers, then one observer that would beat them all. */
struct ring {
    double cost[8];
    double noise, drift;
    size_t rounds;
    struct tern_random random;
};

static int round_of(void *ctx, size_t number, const size_t *which, size_t n, double *ns) {
    struct ring *r = ctx;
    const double weather =
        1 + r->drift * tern_random_unit(&r->random); /* falls on all candidates of a round */
    (void)number;
    for (size_t i = 0; i < n; i++)
        ns[i] = r->cost[which[i]] * weather * (1 + r->noise * (tern_random_unit(&r->random) - 0.5));
    return 1;
}

static int go(void *ctx, size_t number) {
    const struct ring *r = ctx;
    return number < r->rounds;
}

static struct tern_final fight(struct ring *r, size_t count, size_t challengers) {
    const struct tern_search s = {
        .count = count, .effort = tern_effort_named("normal"), .round = round_of, .go = go, .ctx = r};
    struct tern_final d;
    cr_assert(eq(int, tern_final_run(&s, challengers, &d, NULL), TERN_OK));
    return d;
}

Test(final, a_clearly_faster_challenger_wins_through_drift) {
    struct ring r = {{100, 100, 80, 95, 1}, 0.05, 3, SIZE_MAX, {1}};
    struct tern_final d = fight(&r, 5, 2);
    cr_assert(eq(sz, d.winner, 2));
    cr_assert(not(d.tie));
    cr_assert(d.complete);
    cr_assert(epsilon_eq(dbl, d.ratio[2].median, 0.8, 0.02));
    tern_final_free(&d);
}

Test(final, an_observer_never_wins) {
    struct ring r = {{100, 100, 120, 1}, 0.01, 0, SIZE_MAX, {2}};
    struct tern_final d = fight(&r, 4, 1);
    cr_assert(eq(sz, d.winner, TERN_FINAL_DEFAULT));
    cr_assert(not(d.tie), "the challenger is slower for sure");
    tern_final_free(&d);
}

Test(final, a_gain_below_the_noise_of_the_twin_is_a_tie) {
    size_t ties = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct ring r = {{100, 100, 99.9}, 0.2, 0.5, SIZE_MAX, {seed}};
        struct tern_final d = fight(&r, 3, 1);
        cr_assert(eq(sz, d.winner, d.ratio[2].ci_hi < 1 ? 2 : TERN_FINAL_DEFAULT), "seed %lu",
                  (unsigned long)seed);
        ties += d.tie != 0;
        tern_final_free(&d);
    }
    cr_assert(ge(sz, ties, 35));
}

Test(final, an_a_a_comparison_never_crowns_the_copy) {
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct ring r = {{100, 100, 100, 100, 100}, 0.3, 1, SIZE_MAX, {seed}};
        struct tern_final d = fight(&r, 5, 3);
        cr_assert(d.winner == TERN_FINAL_DEFAULT || d.tie, "seed %lu", (unsigned long)seed);
        tern_final_free(&d);
    }
}

Test(final, observers_take_part_now_and_then) {
    struct ring r = {{100, 100, 90, 50}, 0.01, 0, SIZE_MAX, {6}};
    struct tern_final d = fight(&r, 4, 1);
    cr_assert(eq(sz, d.estimate[2].n, d.rounds));
    cr_assert(gt(sz, d.estimate[3].n, 10));
    cr_assert(lt(sz, d.estimate[3].n, d.rounds / 2));
    cr_assert(eq(sz, tern_final_ratio(&d, 2, 3).n, d.estimate[3].n), "only rounds that both took part in");
    tern_final_free(&d);
}

Test(final, too_few_rounds_are_said_to_be_incomplete) {
    struct ring r = {{100, 100, 50}, 0, 0, 3, {3}};
    struct tern_final d = fight(&r, 3, 1);
    cr_assert(not(d.complete));
    cr_assert(eq(sz, d.winner, TERN_FINAL_DEFAULT), "three rounds separate nothing");
    cr_assert(isnan(d.floor));
    tern_final_free(&d);
}

Test(final, without_rounds_there_is_no_result) {
    struct ring r = {{100, 100, 50}, 0, 0, 0, {3}};
    const struct tern_search s = {
        .count = 3, .effort = tern_effort_named("normal"), .round = round_of, .go = go, .ctx = &r};
    struct tern_final d;
    cr_assert(eq(int, tern_final_run(&s, 1, &d, NULL), TERN_INCONCLUSIVE));
}

Test(final, alone_the_default_wins_without_a_tie) {
    struct ring r = {{100, 100}, 0.1, 0, SIZE_MAX, {4}};
    struct tern_final d = fight(&r, 2, 0);
    cr_assert(eq(sz, d.winner, TERN_FINAL_DEFAULT));
    cr_assert(not(d.tie));
    tern_final_free(&d);
}

/* Two keys: the interval excludes 1, and it lies beyond the floor. Here the first turns and the second does
 * not, as the place of the twin alone makes 3 %. */
Test(final, a_significant_gain_below_the_floor_is_a_tie) {
    struct ring r = {{100, 97, 98.5}, 0.001, 0, SIZE_MAX, {5}};
    struct tern_final d = fight(&r, 3, 1);
    cr_assert(lt(dbl, d.ratio[2].ci_hi, 1), "it is significant");
    cr_assert(gt(dbl, d.floor, 0.03));
    cr_assert(d.tie);
    cr_assert(eq(sz, d.winner, 2), "and the better guess all the same");
    tern_final_free(&d);
}

Test(final, the_rule_is_the_one_of_all_comparisons) {
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct ring r = {{100, 100, 90 + (double)seed / 2}, 0.1, 0.5, SIZE_MAX, {seed}};
        struct tern_final d = fight(&r, 3, 1);
        const enum tern_difference verdict = tern_difference_of(&d.ratio[2], d.floor);
        cr_assert(eq(dbl, d.floor, tern_floor_of(&d.ratio[TERN_FINAL_TWIN])));
        cr_assert(eq(int, d.winner == 2, d.ratio[2].ci_hi < 1));
        cr_assert(d.winner == 2 || verdict != TERN_DIFFERENCE_FASTER);
        cr_assert(eq(int, d.tie, verdict == TERN_DIFFERENCE_OPEN || verdict == TERN_DIFFERENCE_NONE));
        tern_final_free(&d);
    }
}
