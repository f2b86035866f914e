/* The timing loop, and what its options change, against a clock that obeys. */
#include "sampler_world.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static struct world w;
static struct tern_sampler_clock clock_of_world(void) {
    w = (struct world){0};
    return (struct tern_sampler_clock){world_now, &w, 20, NULL};
}

static void count_calls(void *ctx, uint64_t calls) {
    *(uint64_t *)ctx += calls;
}

Test(round, each_alternative_is_measured_once_and_a_missing_one_is_nan) {
    uint64_t calls[3] = {0};
    struct tern_alternative alt[3] = {{.work = count_calls, .ctx = &calls[0], .calls = 10},
                                      {0},
                                      {.work = count_calls, .ctx = &calls[2], .calls = 20}};
    const struct tern_sampler_options how = {.seed = 1};
    const size_t which[] = {2, 1, 0};
    double ns[3];
    cr_assert(eq(int, tern_round(alt, which, 3, 0, &how, ns, NULL), 1));
    cr_assert(eq(u64, calls[0], 10));
    cr_assert(eq(u64, calls[2], 20));
    cr_assert(isnan(ns[1]));
}

Test(round, a_stop_voids_the_round) {
    uint64_t calls = 0;
    const volatile int stop = 1;
    struct tern_alternative a = {.work = count_calls, .ctx = &calls, .calls = 10};
    const struct tern_sampler_options how = {.seed = 1, .stop = &stop};
    double ns;
    cr_assert(eq(int, tern_round(&a, NULL, 1, 0, &how, &ns, NULL), 0));
}

Test(round, each_alternative_finds_its_own_number_of_calls_and_keeps_it) {
    const struct tern_sampler_clock clock = clock_of_world();
    struct job quick = {.world = &w, .ns_per_call = 1000}, slow = {.world = &w, .ns_per_call = 250000};
    struct tern_alternative alt[2] = {{.work = work, .ctx = &quick}, {.work = work, .ctx = &slow}};
    const struct tern_sampler_options how = {.epoch_seconds = 1e-3};
    double ns[2], overhead;
    cr_assert(eq(int, tern_round_by(&clock, alt, NULL, 2, 0, &how, ns, NULL, &overhead), 1));
    cr_assert(epsilon_eq(dbl, (double)alt[0].calls, 1000, 10));
    cr_assert(eq(u64, alt[1].calls, 4));
    cr_assert(epsilon_eq(dbl, ns[0], 1000, 0.1));
    cr_assert(epsilon_eq(dbl, ns[1], 250000, 0.1));
    cr_assert(eq(dbl, overhead, READING_NS));
    const size_t visits = w.visits;
    tern_round_by(&clock, alt, NULL, 2, 1, &how, ns, NULL, NULL);
    cr_assert(eq(sz, w.visits, visits + 2), "a number of calls that is known is not searched for again");
}

/* A search has hundreds of candidates, some of which take seconds: none is called more often than it must. */
Test(round, a_call_of_half_an_epoch_is_looked_at_once) {
    const struct tern_sampler_clock clock = clock_of_world();
    struct job job = {.world = &w, .ns_per_call = 2e9};
    struct tern_alternative a = {.work = work, .ctx = &job};
    const struct tern_sampler_options how = {0};
    double ns;
    tern_round_by(&clock, &a, NULL, 1, 0, &how, &ns, NULL, NULL);
    cr_assert(eq(u64, job.calls_all, 2), "one look, one sample");
    cr_assert(eq(u64, a.calls, 1));
}

Test(round, samples_are_divided_by_the_work_of_a_call) {
    const struct tern_sampler_clock clock = clock_of_world();
    struct job job = {.world = &w, .ns_per_call = 3000};
    struct tern_alternative a = {.work = work, .ctx = &job, .per = 60, .calls = 7};
    const struct tern_sampler_options how = {0};
    double ns;
    tern_round_by(&clock, &a, NULL, 1, 0, &how, &ns, NULL, NULL);
    cr_assert(epsilon_eq(dbl, ns, 50, 1e-9), "%f", ns);
}

Test(round, a_share_of_the_calls_warms_up_before_each_sample) {
    const struct tern_sampler_clock clock = clock_of_world();
    struct job job = {.world = &w, .ns_per_call = 1000};
    struct tern_alternative a = {.work = work, .ctx = &job, .calls = 100};
    const struct tern_sampler_options how = {.warm_share = 0.25};
    double ns;
    tern_round_by(&clock, &a, NULL, 1, 0, &how, &ns, NULL, NULL);
    cr_assert(eq(u64, job.calls_all, 126));
    cr_assert(eq(u64, job.calls_last, 100));
    cr_assert(epsilon_eq(dbl, ns, 1000, 1e-9), "the warm-up is not in the sample: %f", ns);
}

struct elsewhere {
    double ns;
    uint64_t calls;
    size_t asked;
};

static double ask(void *ctx, uint64_t calls) {
    struct elsewhere *x = ctx;
    x->calls = calls;
    x->asked++;
    return x->ns;
}

Test(round, a_sample_may_be_taken_elsewhere_and_may_fail_there) {
    struct elsewhere good = {.ns = 40}, bad = {.ns = NAN};
    const struct tern_alternative alt[2] = {{.sample = ask, .ctx = &good, .calls = 9},
                                            {.sample = ask, .ctx = &bad, .calls = 9}};
    const struct tern_sampler_options how = {
        .own_calls = 1, .warmup = TERN_WARMUP_NONE, .rounds_min = 8, .rounds_max = 8};
    struct tern_comparison c;
    cr_assert(eq(int, tern_compare(alt, 2, &how, &c, NULL), TERN_OK));
    cr_assert(eq(sz, good.asked, 8));
    cr_assert(eq(u64, good.calls, 9));
    cr_assert(eq(dbl, c.estimate[0].median, 40));
    cr_assert(eq(sz, c.estimate[1].n, 0));
    cr_assert(isnan(c.sample[1]));
    tern_comparison_free(&c);
}

Test(round, own_counts_that_are_given_are_taken_and_one_round_warms_up) {
    const struct tern_sampler_clock clock = clock_of_world();
    struct job job = {.world = &w, .ns_per_call = 5e6}, other = {.world = &w, .ns_per_call = 1000};
    const struct tern_alternative alt[2] = {{.work = work, .ctx = &job, .calls = 1},
                                            {.work = work, .ctx = &other}};
    const struct tern_sampler_options how = {
        .own_calls = 1, .warmup = TERN_WARMUP_ONE, .rounds_min = 6, .rounds_max = 6};
    struct tern_comparison c;
    cr_assert(eq(int, tern_compare_by(&clock, alt, 2, &how, &c, NULL), TERN_OK));
    cr_assert(eq(u64, job.calls_all, 7));
    cr_assert(epsilon_eq(dbl, (double)other.calls_last, 1000, 10));
    cr_assert(eq(sz, c.warmup_rounds, 1));
    cr_assert(eq(u64, c.calls, 1), "the least of both");
    cr_assert(epsilon_eq(dbl, c.ratio[1].median, 1000 / 5e6, 1e-6));
    tern_comparison_free(&c);
}

Test(round, one_number_of_calls_for_all_lets_the_slowest_fill_the_epoch) {
    const struct tern_sampler_clock clock = {world_now, &w, 20, NULL};
    cr_assert(eq(u64, tern_common_calls_by(&clock, (double[]){500, 1000}, 2, 1e-3), 1000));
    cr_assert(eq(u64, tern_common_calls_by(&clock, (double[]){5e6}, 1, 1e-3), 1));
    cr_assert(eq(u64, tern_common_calls_by(&clock, (double[]){1, 1e5}, 2, 1e-3), 1000), "100 epochs at most");
}

static void sleepless(void *ctx, uint64_t calls) {
    volatile uint64_t *sink = ctx;
    for (uint64_t i = 0; i < calls * 1000000; i++) *sink += i;
}

Test(round, an_epoch_matches_one_call_within_its_limits) {
    uint64_t sink = 0;
    const struct tern_alternative a = {.work = sleepless, .ctx = &sink};
    cr_assert(eq(dbl, tern_matched_epoch(&a, 100, 200), 100));
    cr_assert(eq(dbl, tern_matched_epoch(&a, 0, 1e-9), 1e-9));
}

Test(round, one_sample_alone_is_of_the_real_clock) {
    uint64_t sink = 0;
    const struct tern_alternative a = {.work = sleepless, .ctx = &sink, .calls = 1};
    const struct tern_sampler_options how = {.tries = 3};
    cr_assert(gt(dbl, tern_sample(&a, &how), 1000));
}
