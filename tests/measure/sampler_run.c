/* The comparison against a clock that obeys. */
#include "sampler_world.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

static enum tern_status compare(struct world *w, struct job *jobs, size_t count,
                                const struct tern_sampler_options *o, struct tern_comparison *c,
                                struct tern_error *e) {
    struct tern_alternative alt[8];
    struct tern_sampler_clock clock = {world_now, w, 20, NULL};
    for (size_t i = 0; i < count; i++) {
        jobs[i].world = w;
        jobs[i].name = (char)('a' + i);
        alt[i] = (struct tern_alternative){.name = "job", .work = work, .ctx = &jobs[i]};
    }
    return tern_compare_by(&clock, alt, count, o, c, e);
}

Test(sampler, finds_the_time_of_a_call_without_its_overhead) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 1000}, {.ns_per_call = 2500}};
    struct tern_comparison c;
    cr_assert(eq(int, compare(&w, jobs, 2, NULL, &c, NULL), TERN_OK));
    cr_assert(eq(dbl, c.overhead_ns, READING_NS));
    cr_assert(epsilon_eq(dbl, c.estimate[0].median, 1000, 0.01));
    cr_assert(epsilon_eq(dbl, c.estimate[1].median, 2500, 0.01));
    cr_assert(epsilon_eq(dbl, c.ratio[1].median, 2.5, 1e-5));
    cr_assert(eq(dbl, c.ratio[0].median, 1));
    tern_comparison_free(&c);
}

Test(sampler, gives_all_alternatives_the_same_number_of_calls) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 100}, {.ns_per_call = 1000}, {.ns_per_call = 350}};
    struct tern_comparison c;
    cr_assert(eq(int, compare(&w, jobs, 3, NULL, &c, NULL), TERN_OK));
    for (int i = 0; i < 3; i++) cr_assert(eq(u64, jobs[i].calls_last, c.calls));
    tern_comparison_free(&c);
}

Test(sampler, lets_the_slowest_fill_one_epoch) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 100}, {.ns_per_call = 1000}};
    struct tern_comparison c;
    compare(&w, jobs, 2, &(struct tern_sampler_options){.epoch_seconds = 5e-3}, &c, NULL);
    cr_assert(epsilon_eq(dbl, (double)c.calls, 5000, 50));
    tern_comparison_free(&c);
}

/* 1000 steps of 20 ns are 20 us; the fast one of 10 ns needs 2000 calls for that, the epoch alone would
 * give 10. */
Test(sampler, stretches_the_epoch_until_the_clock_sees_the_fastest) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 10}, {.ns_per_call = 1000}};
    struct tern_comparison c;
    compare(&w, jobs, 2, &(struct tern_sampler_options){.epoch_seconds = 1e-4}, &c, NULL);
    cr_assert(epsilon_eq(dbl, (double)c.calls, 2000, 20));
    tern_comparison_free(&c);
}

Test(sampler, stretches_the_epoch_a_hundred_times_at_most) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 0}, {.ns_per_call = 1000}};
    struct tern_comparison c;
    cr_assert(eq(int, compare(&w, jobs, 2, &(struct tern_sampler_options){.epoch_seconds = 1e-4}, &c, NULL),
                 TERN_OK));
    cr_assert(epsilon_eq(dbl, (double)c.calls, 10000, 100));
    cr_assert(eq(sz, c.estimate[0].n, 0), "a time of zero was called measured");
    cr_assert(eq(sz, c.ratio[1].n, 0));
    cr_assert(eq(sz, c.ratio[0].ties, c.rounds));
    tern_comparison_free(&c);
}

Test(sampler, calls_work_longer_than_an_epoch_once) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 3e9}};
    struct tern_comparison c;
    compare(&w, jobs, 1, &(struct tern_sampler_options){.rounds_max = 4}, &c, NULL);
    cr_assert(eq(u64, c.calls, 1));
    cr_assert(eq(u64, jobs[0].calls_all, 6), "one warm-up, one look, four rounds");
    tern_comparison_free(&c);
}

Test(sampler, does_fifty_two_rounds_when_not_told_otherwise) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 100}, {.ns_per_call = 200}};
    struct tern_comparison c;
    compare(&w, jobs, 2, NULL, &c, NULL);
    cr_assert(eq(sz, c.rounds, 52));
    cr_assert(eq(sz, c.estimate[1].n, 52));
    tern_comparison_free(&c);
}

Test(sampler, obeys_a_maximum_below_the_usual_minimum) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 100}};
    struct tern_comparison c;
    compare(&w, jobs, 1, &(struct tern_sampler_options){.rounds_max = 3}, &c, NULL);
    cr_assert(eq(sz, c.rounds, 3));
    tern_comparison_free(&c);
}

Test(sampler, ends_at_the_budget_but_not_before_the_least_rounds) {
    struct world spent = {0}, ample = {0};
    struct job jobs[] = {{.ns_per_call = 1e6}};
    struct tern_comparison c;
    compare(&spent, jobs, 1, &(struct tern_sampler_options){.budget_seconds = 1e-9, .rounds_min = 9}, &c,
            NULL);
    cr_assert(eq(sz, c.rounds, 9));
    tern_comparison_free(&c);
    compare(&ample, jobs, 1, &(struct tern_sampler_options){.budget_seconds = 20.5e-3, .rounds_max = 500}, &c,
            NULL);
    cr_assert(c.rounds > 12 && c.rounds < 20, "%zu rounds of 1 ms in 20.5 ms", c.rounds);
    tern_comparison_free(&c);
}

Test(sampler, ends_after_the_round_in_which_it_is_told_to_stop) {
    struct world w = {0};
    int stop = 0;
    struct job jobs[] = {{.ns_per_call = 1e6, .stop = &stop, .stop_after = 9}, {.ns_per_call = 1e6}};
    struct tern_comparison c;
    /* 2 calls each to calibrate, so the ninth visit is in the third round */
    cr_assert(
        eq(int, compare(&w, jobs, 2, &(struct tern_sampler_options){.stop = &stop}, &c, NULL), TERN_OK));
    cr_assert(c.rounds == 3 || c.rounds == 4, "%zu", c.rounds);
    cr_assert(eq(sz, w.visits, 4 + 2 * c.rounds), "a round was left half done");
    cr_assert(eq(sz, c.estimate[1].n, c.rounds));
    tern_comparison_free(&c);
}

Test(sampler, told_to_stop_before_it_begins_says_so) {
    struct world w = {0};
    int stop = 1;
    struct job jobs[] = {{.ns_per_call = 1e6}};
    struct tern_comparison c;
    struct tern_error e = {""};
    cr_assert(eq(int, compare(&w, jobs, 1, &(struct tern_sampler_options){.stop = &stop}, &c, &e),
                 TERN_INCONCLUSIVE));
    cr_assert(eq(str, e.text, "sampler: stopped before the first round"));
    cr_assert(eq(ptr, c.sample, NULL));
}

Test(sampler, visits_in_the_order_of_the_latin_square) {
    struct world w = {0};
    struct job jobs[] = {{.ns_per_call = 1e6}, {.ns_per_call = 1e6}, {.ns_per_call = 1e6}};
    struct tern_comparison c;
    compare(&w, jobs, 3, &(struct tern_sampler_options){.seed = 42, .rounds_max = 9}, &c, NULL);
    for (size_t round = 0; round < 9; round++) {
        size_t order[3];
        tern_latin_order(42, round, 3, order);
        for (size_t i = 0; i < 3; i++) cr_assert(eq(chr, w.trace[6 + 3 * round + i], (char)('a' + order[i])));
    }
    tern_comparison_free(&c);
}

/* The machine slows down all the time; a difference of 1 % is found exactly between the two opposite orders.
 */
Test(sampler, sees_a_small_difference_through_a_linear_drift) {
    struct world w = {.drift = 5};
    struct job jobs[] = {{.ns_per_call = 1000}, {.ns_per_call = 1010}};
    struct tern_comparison c;
    compare(&w, jobs, 2, NULL, &c, NULL);
    cr_assert(epsilon_eq(dbl, c.ratio[1].median, 1.01, 0.001), "%f", c.ratio[1].median);
    cr_assert(c.ratio[1].ci_lo <= 1.01 && 1.01 <= c.ratio[1].ci_hi);
    cr_assert(c.estimate[0].unstable, "the times themselves do drift");
    tern_comparison_free(&c);
}

Test(sampler, refuses_what_it_cannot_measure) {
    struct tern_comparison c;
    struct tern_error e = {""};
    struct tern_alternative nobody = {.name = "nobody", .work = NULL, .ctx = NULL};
    cr_assert(eq(int, tern_compare(NULL, 0, NULL, &c, &e), TERN_BAD_INPUT));
    cr_assert(eq(str, e.text, "sampler: alternatives: there are none"));
    cr_assert(eq(int, tern_compare(&nobody, 1, NULL, &c, &e), TERN_BAD_INPUT));

    struct world w = {0};
    struct job job = {.world = &w, .ns_per_call = 1};
    struct tern_alternative a = {.name = "a", .work = work, .ctx = &job};
    cr_assert(eq(int, tern_compare(&a, 1, &(struct tern_sampler_options){.epoch_seconds = -1}, &c, &e),
                 TERN_BAD_INPUT));
    cr_assert(eq(int, tern_compare(&a, 1, &(struct tern_sampler_options){.budget_seconds = NAN}, &c, &e),
                 TERN_BAD_INPUT));
    cr_assert(eq(sz, w.visits, 0));
}

static void spin(void *ctx, uint64_t calls) {
    volatile uint64_t *sink = ctx;
    for (uint64_t i = 0; i < calls; i++)
        for (int k = 0; k < 200; k++) *sink += i;
}

/* No claim about speed: only that real time is positive and every number is there. */
Test(sampler, measures_real_work_with_the_real_clock) {
    uint64_t sink = 0;
    struct tern_alternative alt[] = {{.name = "a", .work = spin, .ctx = &sink},
                                     {.name = "b", .work = spin, .ctx = &sink}};
    struct tern_comparison c;
    struct tern_sampler_options o = {.epoch_seconds = 1e-4, .rounds_max = 8};
    cr_assert(eq(int, tern_compare(alt, 2, &o, &c, NULL), TERN_OK));
    for (int i = 0; i < 2; i++) {
        cr_assert(eq(sz, c.estimate[i].n, 8));
        cr_assert(0 < c.estimate[i].min && c.estimate[i].min <= c.estimate[i].median);
        cr_assert(c.estimate[i].ci_lo <= c.estimate[i].median && c.estimate[i].median <= c.estimate[i].ci_hi);
    }
    cr_assert(c.ratio[1].ci_lo <= c.ratio[1].median && c.ratio[1].median <= c.ratio[1].ci_hi);
    tern_comparison_free(&c);
}

/* ---- warm-up and frequency ---- */

static double ghz_now = 3.0;

static double world_ghz(void *ctx) {
    const struct world *w = ctx;
    return w->visits % 2 ? ghz_now : 3.0;
}

static void slowly_warm(void *ctx, uint64_t calls) {
    struct job *j = ctx;
    const double cold = j->calls_all < 15000 ? 2 - (double)j->calls_all / 15000 : 1;
    j->world->ns += j->ns_per_call * cold * (double)calls;
    j->calls_all += calls;
    j->world->visits++;
}

Test(sampler, warms_up_until_two_rounds_take_the_same_time) {
    struct world w = {0};
    struct job job = {.world = &w, .ns_per_call = 100};
    struct tern_alternative a = {.name = "a", .work = slowly_warm, .ctx = &job};
    struct tern_sampler_clock clock = {world_now, &w, 20, NULL};
    struct tern_comparison c;
    cr_assert(eq(int, tern_compare_by(&clock, &a, 1, NULL, &c, NULL), TERN_OK));
    cr_assert(c.warm && c.warmup_rounds >= 2 && c.warmup_rounds < 10, "%zu", c.warmup_rounds);
    cr_assert(epsilon_eq(dbl, c.estimate[0].median, 100, 2), "%f", c.estimate[0].median);
    cr_assert(isnan(c.ghz) && c.slow_rounds == 0);
    tern_comparison_free(&c);
}

Test(sampler, counts_the_rounds_in_which_the_clock_was_lowered) {
    struct world w = {0};
    struct job job = {.world = &w, .ns_per_call = 1e6, .name = 'a'};
    struct tern_alternative a = {.name = "a", .work = work, .ctx = &job};
    struct tern_sampler_clock clock = {world_now, &w, 20, world_ghz};
    struct tern_comparison c;
    cr_assert(eq(int, tern_compare_by(&clock, &a, 1, NULL, &c, NULL), TERN_OK));
    cr_assert(eq(dbl, c.ghz, 3.0));
    cr_assert(eq(sz, c.slow_rounds, 0));
    tern_comparison_free(&c);
    ghz_now = 3.0;
    w = (struct world){0};
    job.calls_all = 0;
    clock.ghz = world_ghz;
    ghz_now = 2.9; /* 3 % lower is no event */
    cr_assert(eq(int, tern_compare_by(&clock, &a, 1, NULL, &c, NULL), TERN_OK));
    cr_assert(eq(sz, c.slow_rounds, 0));
    tern_comparison_free(&c);
}

static double falls_at_the_tenth(void *ctx) {
    const struct world *w = ctx;
    return w->visits == 12 ? 2.0 : 3.0; /* two visits calibrate */
}

Test(sampler, keeps_a_slow_round_and_counts_it) {
    struct world w = {0};
    struct job job = {.world = &w, .ns_per_call = 1e6, .name = 'a'};
    struct tern_alternative a = {.name = "a", .work = work, .ctx = &job};
    struct tern_sampler_clock clock = {world_now, &w, 20, falls_at_the_tenth};
    struct tern_comparison c;
    cr_assert(eq(int, tern_compare_by(&clock, &a, 1, NULL, &c, NULL), TERN_OK));
    cr_assert(eq(dbl, c.ghz, 3.0));
    cr_assert(eq(sz, c.slow_rounds, 2), "the probe stands between two rounds, and counts for both");
    cr_assert(eq(sz, c.estimate[0].n, 52));
    tern_comparison_free(&c);
}
