/* Strategies on a landscape with coordinates: groups of 5 x 3 points, the cost separable and convex in each.
 */
#include "tuner/search/strategies.h"
#include "base/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

#define GROUPS 40
#define POINTS 15
#define COUNT  (GROUPS * POINTS)

struct land {
    double cost[COUNT];
    struct tern_candidate_point place[COUNT];
    size_t asked[COUNT], samples;
    struct tern_random random;
    double noise;
    enum tern_bound bound;
};

static struct land land_of(uint64_t seed) {
    struct land l = {.random = {seed}};
    for (uint32_t g = 0; g < GROUPS; g++) {
        const double base = 1000 * (1 + 3 * tern_random_unit(&l.random));
        const double x = 4 * tern_random_unit(&l.random), y = 2 * tern_random_unit(&l.random);
        for (int i = 0; i < POINTS; i++) {
            const size_t at = g * POINTS + (size_t)i;
            l.place[at] =
                (struct tern_candidate_point){.group = g,
                                              .dims = 2,
                                              .seed = i == 7,
                                              .at = {(unsigned char)(i / 3), (unsigned char)(i % 3)},
                                              .bears = {TERN_BEARS_MEMORY, TERN_BEARS_COMPUTE}};
            l.cost[at] = base * (1 + 0.04 * fabs(i / 3 - x) + 0.05 * fabs(i % 3 - y));
        }
    }
    return l;
}

static int round_of(void *ctx, size_t number, const size_t *which, size_t n, double *cost) {
    struct land *l = ctx;
    (void)number;
    for (size_t i = 0; i < n; i++) {
        l->samples++;
        l->asked[which[i]]++;
        cost[i] = l->cost[which[i]] * (1 + l->noise * tern_random_unit(&l->random));
    }
    return 1;
}

static int go(void *ctx, size_t number) {
    (void)ctx, (void)number;
    return 1;
}

static enum tern_bound bound_of(void *ctx, size_t i, double cost) {
    const struct land *l = ctx;
    (void)i, (void)cost;
    return l->bound;
}

static struct tern_found search(const char *strategy, struct land *l, const double *least,
                                size_t samples_max) {
    const struct tern_search s = {.count = COUNT,
                                  .place = l->place,
                                  .least = least,
                                  .effort = tern_effort_named("normal"),
                                  .seed = 3,
                                  .samples_max = samples_max,
                                  .round = round_of,
                                  .go = go,
                                  .bound = bound_of,
                                  .ctx = l};
    struct tern_found f;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_strategy_named(strategy)->run(&s, &f, &e), TERN_OK), "%s", e.text);
    return f;
}

static double loss(const struct land *l, const struct tern_found *f) {
    double best = INFINITY;
    for (size_t i = 0; i < COUNT; i++) best = fmin(best, l->cost[i]);
    return l->cost[f->order[0]] / best - 1;
}

Test(strategies, the_race_finds_the_best_point_of_the_best_variant_with_few_samples) {
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct land l = land_of(seed);
        struct tern_found f = search("race", &l, NULL, 0);
        cr_assert(lt(dbl, loss(&l, &f), 0.02), "seed %lu", (unsigned long)seed);
        cr_assert(lt(sz, l.samples, COUNT), "seed %lu: fewer than one sample each", (unsigned long)seed);
        cr_assert(eq(sz, f.samples, l.samples));
        tern_found_free(&f);
    }
}

Test(strategies, the_others_come_near_it_within_their_limit) {
    static const struct {
        const char *name;
        double loss;
    } want[] = {{"random", 0.15}, {"climb", 0.12}, {"evolve", 0.20}, {"exhaustive", 1e-12}};
    for (size_t k = 0; k < 4; k++) {
        double worst = 0;
        for (uint64_t seed = 1; seed <= 10; seed++) {
            struct land l = land_of(seed);
            struct tern_found f = search(want[k].name, &l, NULL, 0);
            worst = fmax(worst, loss(&l, &f));
            if (strcmp(want[k].name, "exhaustive")) cr_assert(le(sz, l.samples, (size_t)(0.6 * COUNT) + 64));
            tern_found_free(&f);
        }
        cr_assert(le(dbl, worst, want[k].loss), "%s", want[k].name);
    }
}

Test(strategies, a_limit_on_samples_is_kept_and_the_answer_is_still_the_best_seen) {
    size_t count;
    const struct tern_strategy *all = tern_strategies(&count);
    for (size_t k = 0; k < count; k++) {
        for (size_t most = 1; most < 700; most += 97) {
            struct land l = land_of(9);
            struct tern_found f = search(all[k].name, &l, NULL, most);
            cr_assert(le(sz, l.samples, most), "%s", all[k].name);
            for (size_t i = 1; i < f.ordered; i++)
                if (!f.dropped[f.order[i]])
                    cr_assert(le(dbl, l.cost[f.order[0]], l.cost[f.order[i]]), "%s", all[k].name);
            tern_found_free(&f);
        }
    }
}

Test(strategies, the_same_seed_and_samples_lead_the_same_way) {
    size_t count;
    const struct tern_strategy *all = tern_strategies(&count);
    for (size_t k = 0; k < count; k++) {
        struct land a = land_of(4), b = land_of(4);
        a.noise = b.noise = 0.1;
        struct tern_found f = search(all[k].name, &a, NULL, 0), g = search(all[k].name, &b, NULL, 0);
        cr_assert(eq(int, memcmp(a.asked, b.asked, sizeof a.asked), 0), "%s", all[k].name);
        tern_found_free(&f);
        tern_found_free(&g);
    }
}

/* Points that differ from a seed in one parameter only, by parameter. */
static size_t moved(const struct land *l, int dim) {
    size_t n = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const struct tern_candidate_point *p = &l->place[i];
        const int differs[2] = {p->at[0] != 2, p->at[1] != 1};
        n += l->asked[i] && differs[dim] && !differs[1 - dim];
    }
    return n;
}

Test(strategies, a_memory_bound_search_turns_no_compute_parameter_and_the_reverse) {
    static const char *const guided[] = {"race", "climb"};
    for (size_t k = 0; k < 2; k++) {
        struct land memory = land_of(6), compute = land_of(6), unknown = land_of(6);
        memory.bound = TERN_BOUND_MEMORY, compute.bound = TERN_BOUND_COMPUTE;
        struct tern_found f = search(guided[k], &memory, NULL, 200),
                          g = search(guided[k], &compute, NULL, 200),
                          h = search(guided[k], &unknown, NULL, 200);
        cr_assert(gt(sz, moved(&memory, 0), 0));
        cr_assert(gt(sz, moved(&compute, 1), 0));
        cr_assert(gt(sz, moved(&unknown, 0), 0));
        cr_assert(gt(sz, moved(&unknown, 1), 0));
        if (k == 0) { /* climbs restart anywhere; the race goes from its seeds only */
            cr_assert(eq(sz, moved(&memory, 1), 0));
            cr_assert(eq(sz, moved(&compute, 0), 0));
            cr_assert(gt(sz, f.spared, 0));
            cr_assert(gt(sz, g.spared, 0));
        }
        cr_assert(eq(sz, h.spared, 0));
        tern_found_free(&f);
        tern_found_free(&g);
        tern_found_free(&h);
    }
}

Test(strategies, a_variant_whose_weights_alone_take_too_long_is_not_explored) {
    struct land l = land_of(2);
    double least[COUNT] = {0};
    for (size_t i = 0; i < POINTS; i++) {
        l.cost[i] = 900; /* a lie of the clock: it would win */
        least[i] = 1e6;
    }
    l.place[7].seed = 0;
    struct tern_found f = search("race", &l, least, 0);
    for (size_t i = 1; i < POINTS; i++) {
        cr_assert(eq(sz, l.asked[i], 0));
        cr_assert(f.dropped[i] != NULL);
    }
    tern_found_free(&f);
}

Test(strategies, whatever_was_not_measured_says_why) {
    size_t count;
    const struct tern_strategy *all = tern_strategies(&count);
    for (size_t k = 0; k < count; k++) {
        struct land l = land_of(8);
        struct tern_found f = search(all[k].name, &l, NULL, 0);
        for (size_t i = 0; i < COUNT; i++)
            if (!l.asked[i]) cr_assert(f.dropped[i] && f.dropped[i][0], "%s", all[k].name);
        tern_found_free(&f);
    }
}

static struct tern_guide_facts facts(double of_read, double of_int8) {
    return (struct tern_guide_facts){of_read, of_int8, NAN, NAN, NAN, 0};
}

Test(guide, shares_of_the_ceilings_decide_where_nothing_counts) {
    const struct {
        double read, int8;
        enum tern_bound want;
    } cases[] = {{0.95, 0.30, TERN_BOUND_MEMORY},  {1.05, 0.60, TERN_BOUND_MEMORY},
                 {0.20, 0.90, TERN_BOUND_COMPUTE}, {0.50, 0.55, TERN_BOUND_COMPUTE},
                 {0.70, 0.60, TERN_BOUND_UNKNOWN}, {0.30, 0.20, TERN_BOUND_UNKNOWN},
                 {NAN, 0.80, TERN_BOUND_COMPUTE},  {NAN, NAN, TERN_BOUND_UNKNOWN},
                 {0.9, NAN, TERN_BOUND_MEMORY},    {0.85, 0.95, TERN_BOUND_UNKNOWN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct tern_guide_facts f = facts(cases[i].read, cases[i].int8);
        const char *why = NULL;
        cr_assert(eq(int, (int)tern_bound_of(&f, &why), (int)cases[i].want), "case %zu: %s", i, why);
        cr_assert(why && why[0]);
    }
}

/* Misses are counted: what the ceilings say of the bytes does not matter. */
Test(guide, counters_overrule_the_ceilings) {
    /* 1000 ns at 10 GB/s are 10000 bytes: 150 lines of 64 are 96 % of it. */
    cr_assert(epsilon_eq(dbl, tern_guide_missed(150, 1000, 10), 0.96, 1e-9));
    struct tern_guide_facts f = {0.2, 0.9, 1, NAN, 0.96, 0};
    cr_assert(eq(int, (int)tern_bound_of(&f, NULL), TERN_BOUND_MEMORY));
    f = (struct tern_guide_facts){0.95, 0.2, 3, NAN, 0.06, 0};
    cr_assert(eq(int, (int)tern_bound_of(&f, NULL), TERN_BOUND_COMPUTE));
    f = (struct tern_guide_facts){0.95, 0.2, 0.67, NAN, 0.38, 0};
    cr_assert(eq(int, (int)tern_bound_of(&f, NULL), TERN_BOUND_UNKNOWN));
}

/* A PMU of cycles and instructions alone: the bytes are known, and a narrow core is judged by its own peak. */
Test(guide, cycles_and_instructions_are_enough) {
    const struct {
        double read, int8, ipc, peak_ipc;
        int hot;
        enum tern_bound want;
    } cases[] = {
        {0.70, 0.10, 0.40, 2.50, 0, TERN_BOUND_MEMORY},  /* waits, though the ceilings are not sure */
        {0.70, 0.10, 0.40, NAN, 0, TERN_BOUND_MEMORY},   /* the same, the peak not counted */
        {0.30, 0.20, 2.40, NAN, 0, TERN_BOUND_COMPUTE},  /* busy, though far from both ceilings */
        {0.30, 0.20, 1.20, 1.30, 0, TERN_BOUND_COMPUTE}, /* the same on a core that never does two a cycle */
        {0.30, 0.20, 1.20, 2.50, 0,
         TERN_BOUND_UNKNOWN}, /* but not on one that does: it waits for something */
        {0.95, 0.20, 2.40, 2.50, 0, TERN_BOUND_UNKNOWN}, /* busy at the bandwidth: both */
        {0.30, 0.20, 0.50, 0.40, 0, TERN_BOUND_UNKNOWN}, /* a slow peak does not make a waiting core busy */
        {NAN, 0.20, 1.20, 2.50, 1, TERN_BOUND_COMPUTE},  /* hot: nothing comes from memory */
        {NAN, 0.20, 0.60, 2.50, 1, TERN_BOUND_UNKNOWN},
        {NAN, 0.80, 2.40, 2.50, 0, TERN_BOUND_COMPUTE}, /* cold, no read ceiling: by the ceilings */
        {NAN, 0.20, 2.40, 2.50, 0, TERN_BOUND_UNKNOWN},
        {0.20, 0.10, 1.00, 1.00, 0, TERN_BOUND_COMPUTE}, /* the emulated machine: one a cycle, always */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct tern_guide_facts f = {cases[i].read,     cases[i].int8, cases[i].ipc,
                                           cases[i].peak_ipc, NAN,           cases[i].hot};
        const char *why = NULL;
        cr_assert(eq(int, (int)tern_bound_of(&f, &why), (int)cases[i].want), "case %zu: %s", i, why);
        cr_assert(why && why[0]);
    }
}

/* What a PMU would have counted: the live road from a count to the rule, with invented numbers. */
Test(guide, takes_its_facts_from_a_count) {
    struct tern_counter_group g;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_group_find("guide", &g, &e), TERN_OK), "%s", e.text);
    struct tern_counted counted = {.passes = 1, .calls = 1, .ns = 1000};
    for (size_t i = 0; i < g.events; i++)
        counted.event[i].value = !strcmp(g.event[i].name, "cycles")         ? 3000
                                 : !strcmp(g.event[i].name, "instructions") ? 6000
                                                                            : 150;
    struct tern_guide_counts got = tern_guide_take(&g, &counted);
    cr_assert(eq(dbl, got.cycles, 3000));
    cr_assert(eq(dbl, got.instructions, 6000));
    cr_assert(eq(dbl, got.llc_misses, 150));
    for (size_t i = 0; i < g.events; i++) counted.event[i].value = NAN;
    got = tern_guide_take(&g, &counted);
    cr_assert(isnan(got.cycles) && isnan(got.instructions) && isnan(got.llc_misses));
}

Test(guide, only_the_parameter_that_cannot_help_is_skipped) {
    cr_assert(tern_guide_skips(TERN_BOUND_MEMORY, tern_param_bears("unroll")));
    cr_assert(tern_guide_skips(TERN_BOUND_COMPUTE, tern_param_bears("prefetch")));
    cr_assert(not(tern_guide_skips(TERN_BOUND_MEMORY, tern_param_bears("prefetch"))));
    cr_assert(not(tern_guide_skips(TERN_BOUND_COMPUTE, tern_param_bears("unroll"))));
    cr_assert(not(tern_guide_skips(TERN_BOUND_MEMORY, tern_param_bears("rows"))));
    cr_assert(not(tern_guide_skips(TERN_BOUND_UNKNOWN, tern_param_bears("unroll"))));
}
