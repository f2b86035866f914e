#include "measure/sampling/floor.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static struct tern_ratio ratio(double lo, double median, double hi) {
    return (struct tern_ratio){.n = 20, .median = median, .ci_lo = lo, .ci_hi = hi};
}

Test(floor, is_the_far_end_of_the_interval_of_nothing) {
    struct tern_ratio r = ratio(0.98, 1.0, 1.01);
    cr_assert(epsilon_eq(dbl, tern_floor_of(&r), 1 / 0.98 - 1, 1e-12));
    r = ratio(0.999, 1.0, 1.03);
    cr_assert(epsilon_eq(dbl, tern_floor_of(&r), 0.03, 1e-12));
    r.n = 5;
    cr_assert(isnan(tern_floor_of(&r)));
}

Test(floor, a_difference_must_clear_it_with_its_whole_interval) {
    struct tern_ratio r = ratio(0.97, 0.98, 0.985);
    cr_assert(eq(int, tern_difference_of(&r, 0.01), TERN_DIFFERENCE_FASTER));
    cr_assert(eq(int, tern_difference_of(&r, 0.02), TERN_DIFFERENCE_OPEN));
    cr_assert(eq(int, tern_difference_of(&r, 0.04), TERN_DIFFERENCE_NONE));
    r = ratio(1.02, 1.03, 1.04);
    cr_assert(eq(int, tern_difference_of(&r, 0.01), TERN_DIFFERENCE_SLOWER));
    cr_assert(eq(int, tern_difference_of(&r, 0.03), TERN_DIFFERENCE_OPEN));
}

Test(floor, without_a_floor_five_per_cent_are_needed) {
    struct tern_ratio r = ratio(0.94, 0.95, 0.96);
    cr_assert(eq(int, tern_difference_of(&r, NAN), TERN_DIFFERENCE_OPEN));
    r = ratio(0.91, 0.92, 0.93);
    cr_assert(eq(int, tern_difference_of(&r, NAN), TERN_DIFFERENCE_FASTER));
    r.n = 3;
    cr_assert(eq(int, tern_difference_of(&r, NAN), TERN_DIFFERENCE_OPEN));
}

static void spin(void *ctx, uint64_t calls) {
    volatile uint64_t *sink = ctx;
    for (uint64_t i = 0; i < calls; i++)
        for (int k = 0; k < 200; k++) *sink += i;
}

Test(floor, of_real_work_is_a_small_positive_share) {
    uint64_t sink = 0;
    const struct tern_alternative a = {.name = "spin", .work = spin, .ctx = &sink};
    const struct tern_sampler_options o = {.epoch_seconds = 1e-4, .rounds_max = 20};
    struct tern_floor f;
    struct tern_error e = {0};
    cr_assert(tern_aa_floor(&a, NULL, &o, &f, &e) == TERN_OK, "%s", e.text);
    cr_assert(f.share >= f.clock_share && f.clock_share > 0);
    cr_assert(f.null.n >= 6 && f.est.n == 20);
    /* By its own floor a thing is never faster or slower than itself. */
    const enum tern_difference d = tern_difference_of(&f.null, f.share);
    cr_assert(d != TERN_DIFFERENCE_FASTER && d != TERN_DIFFERENCE_SLOWER);
}

Test(floor, needs_six_rounds) {
    uint64_t sink = 0;
    const struct tern_alternative a = {.name = "spin", .work = spin, .ctx = &sink};
    const struct tern_sampler_options o = {.epoch_seconds = 1e-5, .rounds_max = 5};
    struct tern_floor f;
    struct tern_error e = {0};
    cr_assert(eq(int, tern_aa_floor(&a, NULL, &o, &f, &e), TERN_INCONCLUSIVE));
    cr_assert(isnan(f.share));
}
