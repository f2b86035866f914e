#include "base/random.h"
#include "tuner/search/strategies.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

#define MOST 200

/* A table of invented costs, noise with rare interruptions, and a clock that is a number of samples. */
struct table {
    double cost[MOST];
    double noise, spike; /* relative spread; probability of a tenfold sample */
    struct tern_random random;
    size_t samples, asked[MOST], rounds_allowed, broken;
};

static int round_of(void *ctx, size_t number, const size_t *which, size_t n, double *ns) {
    struct table *t = ctx;
    (void)number;
    for (size_t i = 0; i < n; i++) {
        t->samples++;
        t->asked[which[i]]++;
        double v = t->cost[which[i]] * (1 + t->noise * tern_random_unit(&t->random));
        if (tern_random_unit(&t->random) < t->spike) v *= 10;
        ns[i] = which[i] == t->broken ? NAN : v;
    }
    return 1;
}

static int go(void *ctx, size_t number) {
    const struct table *t = ctx;
    return number < t->rounds_allowed;
}

static struct table table_of(size_t count, uint64_t seed) {
    struct table t = {.random = {seed}, .rounds_allowed = SIZE_MAX, .broken = SIZE_MAX};
    for (size_t i = 0; i < count; i++) t.cost[i] = 1000 * (1 + 4 * tern_random_unit(&t.random));
    return t;
}

static size_t cheapest(const struct table *t, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (t->cost[i] < t->cost[best]) best = i;
    return best;
}

static struct tern_found search(const char *strategy, struct table *t, size_t count, const double *guess) {
    const struct tern_search s = {.count = count,
                                  .guess = guess,
                                  .effort = tern_effort_named("normal"),
                                  .round = round_of,
                                  .go = go,
                                  .ctx = t};
    struct tern_found f;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_strategy_named(strategy)->run(&s, &f, &e), TERN_OK), "%s", e.text);
    return f;
}

Test(race, the_strategies_that_look_at_all_find_the_cheapest_of_a_quiet_table) {
    static const char *const all[] = {"race", "exhaustive"};
    for (size_t i = 0; i < 2; i++) {
        for (uint64_t seed = 1; seed <= 20; seed++) {
            struct table t = table_of(100, seed);
            struct tern_found f = search(all[i], &t, 100, NULL);
            cr_assert(eq(sz, f.order[0], cheapest(&t, 100)), "%s, seed %lu", all[i], (unsigned long)seed);
            cr_assert(f.complete);
            tern_found_free(&f);
        }
    }
}

Test(race, the_cheapest_is_among_the_first_three_in_spite_of_noise_and_interruptions) {
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct table t = table_of(60, seed);
        t.noise = 0.05, t.spike = 0.1;
        const size_t best = cheapest(&t, 60);
        t.cost[best] *= 0.9;
        struct tern_found f = search("race", &t, 60, NULL);
        int found = 0;
        for (size_t i = 0; i < 3 && i < f.ordered; i++) found |= f.order[i] == best;
        cr_assert(found, "seed %lu", (unsigned long)seed);
        tern_found_free(&f);
    }
}

Test(race, it_takes_far_fewer_samples_than_the_exhaustive_search) {
    struct table a = table_of(150, 5), b = table_of(150, 5);
    struct tern_found f = search("race", &a, 150, NULL), g = search("exhaustive", &b, 150, NULL);
    cr_assert(lt(sz, a.samples * 3, b.samples));
    tern_found_free(&f);
    tern_found_free(&g);
}

Test(race, the_exhaustive_search_measures_all_alike) {
    struct table t = table_of(30, 9);
    struct tern_found f = search("exhaustive", &t, 30, NULL);
    for (size_t i = 1; i < 30; i++) cr_assert(eq(sz, t.asked[i], t.asked[0]));
    tern_found_free(&f);
}

Test(race, a_hopeless_guess_costs_no_sample) {
    struct table t = table_of(10, 3);
    double guess[10];
    t.cost[7] = 1e6;
    for (size_t i = 0; i < 10; i++) guess[i] = t.cost[i];
    struct tern_found f = search("race", &t, 10, guess);
    cr_assert(eq(sz, t.asked[7], 0));
    cr_assert(ne(ptr, (void *)(size_t)f.dropped[7], NULL));
    tern_found_free(&f);
}

Test(race, the_default_is_measured_however_hopeless_it_looks) {
    struct table t = table_of(10, 3);
    double guess[10];
    t.cost[0] = 1e6;
    for (size_t i = 0; i < 10; i++) guess[i] = t.cost[i];
    struct tern_found f = search("race", &t, 10, guess);
    cr_assert(ge(sz, t.asked[0], 1));
    tern_found_free(&f);
}

Test(race, what_cannot_be_measured_is_dropped_and_never_first) {
    struct table t = table_of(10, 4);
    t.broken = cheapest(&t, 10);
    struct tern_found f = search("race", &t, 10, NULL);
    cr_assert(ne(sz, f.order[0], t.broken));
    cr_assert(eq(sz, t.asked[t.broken], 1));
    cr_assert(eq(sz, f.ordered, 9));
    tern_found_free(&f);
}

Test(race, it_answers_at_any_time) {
    struct table t = table_of(40, 6);
    t.rounds_allowed = 1;
    struct tern_found f = search("race", &t, 40, NULL);
    cr_assert(eq(sz, f.order[0], cheapest(&t, 40)));
    cr_assert(not(f.complete));
    cr_assert(eq(sz, f.rounds, 1));
    tern_found_free(&f);
}

Test(race, without_a_single_round_it_knows_nothing) {
    struct table t = table_of(40, 6);
    t.rounds_allowed = 0;
    struct tern_found f = search("race", &t, 40, NULL);
    cr_assert(eq(sz, f.ordered, 0));
    tern_found_free(&f);
}

Test(race, the_same_samples_lead_to_the_same_rounds) {
    struct table a = table_of(80, 8), b = table_of(80, 8);
    a.noise = b.noise = 0.1;
    struct tern_found f = search("race", &a, 80, NULL), g = search("race", &b, 80, NULL);
    cr_assert(eq(int, memcmp(a.asked, b.asked, sizeof a.asked), 0));
    cr_assert(eq(int, memcmp(f.order, g.order, f.ordered * sizeof *f.order), 0));
    tern_found_free(&f);
    tern_found_free(&g);
}

Test(race, one_candidate_wins_alone) {
    struct table t = table_of(1, 1);
    struct tern_found f = search("race", &t, 1, NULL);
    cr_assert(eq(sz, f.order[0], 0));
    tern_found_free(&f);
}

Test(race, no_candidate_is_an_error) {
    const struct tern_search s = {.effort = tern_effort_named("quick"), .round = round_of, .go = go};
    struct tern_found f;
    cr_assert(eq(int, tern_strategy_named("race")->run(&s, &f, NULL), TERN_BAD_INPUT));
}
