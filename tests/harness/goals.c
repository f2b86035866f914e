/* The verdict on a goal, and when two engines do the same. */
#include "reference.h"

#include "harness/timing/goals_internal.h"
#include "kernels/variant.h"
#include "models/synth/synth.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>

static enum tern_status judged(const struct tern_goal *g, double lo, double hi, int same) {
    struct tern_goal_seen seen = {.value = {.n = 9, .median = (lo + hi) / 2, .ci_lo = lo, .ci_hi = hi},
                                  .same = same};
    tern_goal_judge(g, TERN_TARGET_AVX2, &seen);
    return seen.verdict;
}

Test(goals, an_interval_beyond_the_goal_decides_and_one_across_it_does_not) {
    const struct tern_goal share = {"share", "", TERN_GOAL_DECODE, "2b-4t", 1, {0.85, 0.95}, 0, 0, 0};
    const struct tern_goal start = {"start", "s", TERN_GOAL_START, "2b-4t", 1, {0.5, 0.5}, 1, 0, 0};
    cr_assert(judged(&share, 0.86, 0.90, 0) == TERN_OK);
    cr_assert(judged(&share, 0.80, 0.84, 0) == TERN_CHECK_FAILED);
    cr_assert(judged(&share, 0.80, 0.90, 0) == TERN_INCONCLUSIVE);
    cr_assert(judged(&share, NAN, NAN, 0) == TERN_INCONCLUSIVE);
    cr_assert(judged(&start, 0.3, 0.4, 0) == TERN_OK);
    cr_assert(judged(&start, 0.6, 0.7, 0) == TERN_CHECK_FAILED);
    cr_assert(judged(&start, 0.4, 0.6, 0) == TERN_INCONCLUSIVE);
}

Test(goals, the_same_plan_twice_is_as_fast_as_itself_unless_the_run_says_otherwise) {
    const struct tern_goal tuned = {"tuned", "", TERN_GOAL_OVER_UNTUNED, "2b-4t", 1, {1, 1}, 0, 0, 0};
    cr_assert(judged(&tuned, 0.98, 1.01, 0) == TERN_INCONCLUSIVE);
    cr_assert(judged(&tuned, 0.98, 1.01, 1) == TERN_OK);
    cr_assert(judged(&tuned, 0.97, 0.99, 1) == TERN_CHECK_FAILED);
}

Test(goals, a_range_has_two_ends) {
    const struct tern_goal range = {"linear", "", TERN_GOAL_LINEAR, "2b-4t", 1, {0.9, 0.9}, 0, 1.1, 0};
    cr_assert(judged(&range, 0.95, 1.05, 0) == TERN_OK);
    cr_assert(judged(&range, 0.85, 1.05, 0) == TERN_INCONCLUSIVE);
    cr_assert(judged(&range, 1.05, 1.15, 0) == TERN_INCONCLUSIVE);
    cr_assert(judged(&range, 1.11, 1.15, 0) == TERN_CHECK_FAILED);
    cr_assert(judged(&range, 0.8, 0.89, 0) == TERN_CHECK_FAILED);
}

Test(goals, one_measured_time_decides_against_a_limit) {
    const struct tern_goal limit = {"tune", "s", TERN_GOAL_TUNE_SECONDS, "2b-4t", 1, {20, 20}, 1, 0, 0};
    struct tern_goal_seen seen = {.value = {.n = 1, .median = 19.8, .ci_lo = NAN, .ci_hi = NAN}, .alone = 1};
    tern_goal_judge(&limit, TERN_TARGET_AVX2, &seen);
    cr_assert(seen.verdict == TERN_OK);
    seen.value.median = 20.1;
    tern_goal_judge(&limit, TERN_TARGET_AVX2, &seen);
    cr_assert(seen.verdict == TERN_CHECK_FAILED);
}

static struct tern_model *model;

static void open_synth(void) {
    model = open_model("synth:2b-4t,layers=1,vocab=64");
}

static void close_synth(void) {
    tern_model_close(model);
}

static struct tern_engine *engine(size_t threads, const struct tern_wisdom *w) {
    const struct tern_engine_options o = {.threads = threads, .context = 64, .wisdom = w, .quiet = 1};
    return start(model, &o);
}

/* Wisdom for one shape of the model: the scalar variant, which nobody would choose without. */
static struct tern_wisdom_entry odd_advice(size_t n) {
    struct tern_shape shape[16];
    cr_assert(gt(sz, tern_model_shapes(&model->hp, shape, 16), 0));
    const struct tern_variant *v = tern_variant_named("gemm_e80_i8_r1k1__scalar");
    struct tern_wisdom_entry en = {.problem = {shape[0].m, shape[0].k, n, 1, TERN_WCOLD},
                                   .objective = "time",
                                   .median_ns = 1,
                                   .ratio = 1,
                                   .complete = 1};
    snprintf(en.variant, sizeof en.variant, "%s", v->name);
    snprintf(en.base, sizeof en.base, "%s", v->name);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
    tern_variant_defaults(v, en.param);
    return en;
}

Test(goals, engines_of_the_same_choices_have_the_same_plan, .init = open_synth, .fini = close_synth) {
    struct tern_wisdom_entry entry = odd_advice(1);
    const struct tern_wisdom w = {.entry = &entry, .count = 1};
    struct tern_engine *plain = engine(1, NULL), *again = engine(1, NULL), *advised = engine(1, &w),
                       *two = engine(2, NULL);
    cr_assert(tern_engine_same_plan(plain, again, 1));
    cr_assert(tern_engine_same_plan(plain, again, 128));
    cr_assert(not(tern_engine_same_plan(plain, advised, 1)));
    cr_assert(not(tern_engine_same_plan(plain, two, 1)));
    tern_engine_free(plain);
    tern_engine_free(again);
    tern_engine_free(advised);
    tern_engine_free(two);
}
