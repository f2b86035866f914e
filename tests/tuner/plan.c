#define _GNU_SOURCE
#include "base/isa.h"
#include "entries.h"
#include "tuner/session/tune.h"
#include "tuner/wisdom/thread_counts.h"
#include "tuner/wisdom/wisdom.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>

/* Everything scalar: these tests mean the same on every machine. */
#define USABLE TERN_ISA_SCALAR

static struct tern_wisdom wisdom;

static void forget(void) {
    tern_wisdom_free(&wisdom);
}

static void know(size_t n, const char *variant, size_t threads, enum tern_regime regime) {
    const struct tern_variant *v = tern_variant_named(variant);
    struct tern_wisdom_entry en = {.problem = {512, 256, n, threads, regime},
                                   .objective = "time",
                                   .median_ns = 1,
                                   .ratio = 1,
                                   .base = "gemm_p64_i8_r1k1__scalar",
                                   .effort = "normal",
                                   .date = "2026-01-02T03:04:05Z"};
    snprintf(en.variant, sizeof en.variant, "%s", variant);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
    tern_variant_defaults(v, en.param);
    cr_assert(eq(int, tern_wisdom_put(&wisdom, &en, NULL), TERN_OK));
}

static struct tern_plan ask(size_t n, const char *format) {
    const struct tern_problem p = {512, 256, n, 2, TERN_WCOLD};
    struct tern_plan plan;
    struct tern_error e = {""};
    const enum tern_status s =
        tern_plan_for(&wisdom, USABLE, &p, format ? tern_format_named(format) : NULL, &plan, &e);
    cr_assert(eq(int, s, TERN_OK), "%s", e.text);
    return plan;
}

static const char *best_static(const char *format, size_t n) {
    return tern_variant_static(USABLE, TERN_ACT_I8, format ? tern_format_named(format) : NULL, 512, 256, n)
        ->name;
}

TestSuite(plan, .fini = forget);

Test(plan, without_wisdom_the_static_ranking_decides) {
    const struct tern_plan p = ask(1, NULL);
    cr_assert(eq(str, (char *)p.variant->name, (char *)best_static(NULL, 1)));
    cr_assert(eq(int, p.from_wisdom, 0));
}

Test(plan, the_exact_problem_decides) {
    know(1, "gemm_e80_i8_r1k1__scalar", 2, TERN_WCOLD);
    const struct tern_plan p = ask(1, NULL);
    cr_assert(eq(str, (char *)p.variant->name, (char *)"gemm_e80_i8_r1k1__scalar"));
    cr_assert(eq(int, p.from_wisdom, 1));
}

Test(plan, another_thread_count_decides_nothing) {
    know(1, "gemm_e80_i8_r1k1__scalar", 1, TERN_WCOLD);
    cr_assert(eq(int, ask(1, NULL).from_wisdom, 0));
}

Test(plan, the_nearest_token_count_in_log_scale_decides) {
    know(16, "gemm_e80_i8_r1k1__scalar", 2, TERN_WCOLD);
    know(256, "gemm_i2s_i8_r1k1__scalar", 2, TERN_WCOLD);
    cr_assert(eq(str, (char *)ask(60, NULL).variant->name, (char *)"gemm_e80_i8_r1k1__scalar"));
    cr_assert(eq(str, (char *)ask(70, NULL).variant->name, (char *)"gemm_i2s_i8_r1k1__scalar"));
}

Test(plan, decode_and_prefill_do_not_speak_for_each_other) {
    know(1, "gemm_e80_i8_r1k1__scalar", 2, TERN_WCOLD);
    cr_assert(eq(int, ask(2, NULL).from_wisdom, 0));
}

Test(plan, the_same_regime_goes_before_another_one) {
    know(1, "gemm_e80_i8_r1k1__scalar", 2, TERN_HOT);
    know(1, "gemm_i2s_i8_r1k1__scalar", 2, TERN_WCOLD);
    cr_assert(eq(str, (char *)ask(1, NULL).variant->name, (char *)"gemm_i2s_i8_r1k1__scalar"));
}

Test(plan, capped_cold_is_nearer_to_cold_than_hot_is) {
    know(1, "gemm_e80_i8_r1k1__scalar", 2, TERN_HOT);
    know(1, "gemm_i2s_i8_r1k1__scalar", 2, TERN_WCOLD_CAPPED);
    cr_assert(eq(str, (char *)ask(1, NULL).variant->name, (char *)"gemm_i2s_i8_r1k1__scalar"));
}

Test(plan, any_regime_is_better_than_none) {
    know(1, "gemm_e80_i8_r1k1__scalar", 2, TERN_HOT);
    cr_assert(eq(int, ask(1, NULL).from_wisdom, 1));
}

Test(plan, stale_code_decides_nothing) {
    know(1, "gemm_e80_i8_r1k1__scalar", 2, TERN_WCOLD);
    strcpy(wisdom.entry[0].code, "0000000000000000");
    cr_assert(eq(int, ask(1, NULL).from_wisdom, 0));
}

Test(plan, a_required_format_overrules_wisdom_of_another) {
    know(1, "gemm_e80_i8_r1k1__scalar", 2, TERN_WCOLD);
    const struct tern_plan p = ask(1, "i2s");
    cr_assert(eq(int, p.from_wisdom, 0));
    cr_assert(eq(str, (char *)p.variant->format->name, (char *)"i2s"));
}

Test(plan, a_winner_that_this_cpu_cannot_run_is_passed_over) {
    size_t count;
    const struct tern_variant *all = tern_variants(&count), *wide = NULL;
    for (size_t i = 0; i < count && !wide; i++)
        if (all[i].isa && all[i].act == TERN_ACT_I8 &&
            tern_variant_fits(&all[i], all[i].isa, 512, 256, 1, NULL))
            wide = &all[i];
    if (!wide) cr_skip_test("this build has scalar variants only");
    know(1, wide->name, 2, TERN_WCOLD);
    cr_assert(eq(int, ask(1, NULL).from_wisdom, 0));
}

Test(plan, dense_results_are_never_planned) {
    know(1, "gemm_f16_f32_r1k1__scalar", 2, TERN_WCOLD);
    cr_assert(eq(int, ask(1, NULL).from_wisdom, 0));
}

Test(plan, the_environment_forces_a_variant_where_it_fits) {
    setenv("TERN_KERNEL", "gemm_i2s_i8_r1k1__scalar", 1);
    know(1, "gemm_e80_i8_r1k1__scalar", 2, TERN_WCOLD);
    cr_assert(eq(str, (char *)ask(1, NULL).variant->name, (char *)"gemm_i2s_i8_r1k1__scalar"));
    cr_assert(eq(str, (char *)ask(1, "e80").variant->name, (char *)"gemm_e80_i8_r1k1__scalar"));
}

Test(plan, an_unknown_forced_variant_is_an_error) {
    const struct tern_problem p = {512, 256, 1, 2, TERN_WCOLD};
    struct tern_plan plan;
    struct tern_error e = {""};
    setenv("TERN_KERNEL", "gemv_typo", 1);
    cr_assert(eq(int, tern_plan_for(NULL, USABLE, &p, NULL, &plan, &e), TERN_BAD_INPUT));
    cr_assert(ne(ptr, strstr(e.text, "gemv_typo"), NULL));
}

static const struct tern_wisdom_entry *knows(const char *effort, int again) {
    static struct tern_machine machine;
    machine.usable = USABLE;
    const struct tern_tune_options o = {
        .machine = &machine, .effort = tern_effort_named(effort), .again = again};
    const struct tern_problem p = {512, 256, 1, 2, TERN_WCOLD};
    return tern_tune_knows(&o, &wisdom, &p);
}

Test(plan, more_effort_satisfies_less_and_not_the_reverse) {
    know(1, "gemm_p64_i8_r1k1__scalar", 2, TERN_WCOLD);
    wisdom.entry[0].complete = 1;
    wisdom.entry[0].ci_lo_ns = 0.9, wisdom.entry[0].ci_hi_ns = 1.1;
    cr_assert(knows("quick", 0) != NULL);
    cr_assert(knows("normal", 0) != NULL);
    cr_assert(knows("thorough", 0) == NULL);
    cr_assert(knows("quick", 1) == NULL, "asked for again");
    wisdom.entry[0].problem.regime = TERN_WCOLD_CAPPED;
    cr_assert(knows("normal", 0) != NULL, "as cold as this machine can");
    wisdom.entry[0].problem.regime = TERN_HOT;
    cr_assert(knows("normal", 0) == NULL);
}

Test(plan, incomplete_stale_noisy_or_of_another_objective_it_is_measured_again) {
    know(1, "gemm_p64_i8_r1k1__scalar", 2, TERN_WCOLD);
    struct tern_wisdom_entry *en = &wisdom.entry[0];
    cr_assert(knows("normal", 0) == NULL, "incomplete");
    en->complete = 1;
    cr_assert(knows("normal", 0) != NULL);
    en->ci_lo_ns = 1, en->ci_hi_ns = 3;
    cr_assert(knows("normal", 0) == NULL, "noisy");
    en->ci_hi_ns = 1.1;
    snprintf(en->objective, sizeof en->objective, "energy");
    cr_assert(knows("normal", 0) == NULL, "energy");
    snprintf(en->objective, sizeof en->objective, "time");
    snprintf(en->code, sizeof en->code, "0000000000000000");
    cr_assert(knows("normal", 0) == NULL, "stale");
}

/* Two shapes at three thread counts; ci: a twentieth either way. */
static void know_time(size_t m, size_t n, size_t threads, double ns) {
    struct tern_wisdom_entry en;
    know(n, "gemm_p64_i8_r1k1__scalar", threads, TERN_WCOLD);
    en = wisdom.entry[wisdom.count - 1];
    en.problem = (struct tern_problem){m, 256, n, threads, TERN_WCOLD};
    en.median_ns = ns, en.ci_lo_ns = 0.95 * ns, en.ci_hi_ns = 1.05 * ns;
    cr_assert(eq(int, tern_wisdom_put(&wisdom, &en, NULL), TERN_OK));
}

static size_t threads_for(size_t n, size_t all) {
    static const struct tern_shape_calls shape[] = {{640, 256, 2}, {1280, 256, 1}};
    const struct tern_problem p = {0, 0, n, all, TERN_WCOLD};
    return tern_threads_for(&wisdom, USABLE, shape, 2, &p);
}

Test(plan, the_thread_count_with_the_least_sum_over_a_models_shapes_wins) {
    know_time(640, 1, 8, 100), know_time(1280, 1, 8, 100); /* 300 a pass */
    know_time(640, 1, 4, 60), know_time(1280, 1, 4, 120);  /* 240 */
    know_time(640, 1, 2, 110), know_time(1280, 1, 2, 10);  /* 230 */
    know_time(640, 16, 8, 1600), know_time(1280, 16, 8, 1600);
    know_time(640, 16, 2, 3200), know_time(1280, 16, 2, 3200);
    cr_assert(eq(sz, threads_for(1, 8), 2));
    cr_assert(eq(sz, threads_for(64, 8), 8), "prefill has its own");
    cr_assert(eq(sz, threads_for(1, 4), 4), "all of them stay where the intervals overlap");
    cr_assert(eq(sz, threads_for(1, 2), 2), "never more than there are");
}

Test(plan, thread_counts_with_gaps_in_their_evidence_do_not_win) {
    know_time(640, 1, 4, 60);
    know_time(640, 1, 2, 10), know_time(1280, 1, 2, 10);
    cr_assert(eq(sz, threads_for(1, 4), 4), "a shape is not known with all processors");
    know_time(1280, 1, 4, 60);
    cr_assert(eq(sz, threads_for(1, 4), 2));
    for (size_t i = 0; i < wisdom.count; i++) wisdom.entry[i].ci_lo_ns = wisdom.entry[i].ci_hi_ns = NAN;
    cr_assert(eq(sz, threads_for(1, 4), 4), "no intervals, no decision");
    cr_assert(
        eq(sz, tern_threads_for(NULL, USABLE, NULL, 0, &(struct tern_problem){.n = 1, .threads = 3}), 3));
}
