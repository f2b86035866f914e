/* The choice of a layout for decode and prefill together, and what wisdom keeps for it. */
#define _GNU_SOURCE
#include "tuner/wisdom/layouts.h"
#include "base/isa.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/line.h"
#include "tuner/wisdom/mix.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USABLE TERN_ISA_SCALAR

static const struct tern_mix even = {1, 1}, long_prompt = {20, 1}, unsaid = {0, 0};

/* p64 is the default of these tables; e80 decodes faster, i2s prefills faster. */
static const struct tern_layout_time table[] = {{NULL, 100, 10}, {NULL, 60, 14}, {NULL, 130, 7}};

Test(layouts, the_mix_turns_the_choice) {
    cr_assert(eq(sz, tern_layout_choose(table, 3, 0, &even), 1));
    cr_assert(eq(sz, tern_layout_choose(table, 3, 0, &long_prompt), 2));
    cr_assert(eq(sz, tern_layout_choose(table, 3, 0, &(struct tern_mix){9, 1}), 1),
              "74 + 112: 186, 190, 193");
}

Test(layouts, an_unsaid_mix_is_one_to_one) {
    cr_assert(eq(dbl, tern_layout_cost(&table[0], &unsaid), 110.0));
    cr_assert(eq(dbl, tern_layout_cost(&table[0], &even), 110.0));
}

Test(layouts, in_a_tie_the_default_stays) {
    const struct tern_layout_time same[] = {{NULL, 90, 20}, {NULL, 100, 10}, {NULL, 110, 0}};
    for (size_t i = 0; i < 3; i++) cr_assert(eq(sz, tern_layout_choose(same, 3, i, &even), i));
}

Test(layouts, less_than_noise_can_make_is_a_tie) {
    const struct tern_layout_time near[] = {{NULL, 90, 10}, {NULL, 88.5, 10}, {NULL, 87, 10}};
    cr_assert(eq(sz, tern_layout_choose(near, 2, 0, &even), 0), "98.5 against 100");
    cr_assert(eq(sz, tern_layout_choose(near, 3, 0, &even), 2), "97 against 100");
}

Test(layouts, a_layout_with_a_gap_is_not_chosen) {
    const struct tern_layout_time gap[] = {{NULL, 100, 10}, {NULL, 1, NAN}, {NULL, NAN, 1}};
    cr_assert(eq(sz, tern_layout_choose(gap, 3, 0, &even), 0));
    cr_assert(eq(sz, tern_layout_choose(gap, 3, 1, &even), 0), "what is known goes before what is not");
    cr_assert(eq(sz, tern_layout_choose(gap, 3, 0, &(struct tern_mix){0, 1}), 1), "prefill has no weight");
    cr_assert(eq(sz, tern_layout_choose(gap + 1, 2, 1, &even), 1), "nothing is known: the fallback");
}

static struct tern_wisdom wisdom;

static void forget(void) {
    tern_wisdom_free(&wisdom);
}

static struct tern_wisdom_entry entry(size_t n, const char *format, double ns, int of_layout) {
    struct tern_wisdom_entry en = {.problem = {512, 256, n, 2, TERN_WCOLD},
                                   .objective = "time",
                                   .median_ns = ns,
                                   .ci_lo_ns = ns,
                                   .ci_hi_ns = ns,
                                   .n = 9,
                                   .ratio = 0.5,
                                   .ratio_lo = 0.5,
                                   .ratio_hi = 0.5,
                                   .of_read = NAN,
                                   .of_int8 = NAN,
                                   .ipc = NAN,
                                   .peak_ipc = NAN,
                                   .llc_misses = NAN,
                                   .margin = NAN,
                                   .margin_lo = NAN,
                                   .margin_hi = NAN,
                                   .behind = NAN,
                                   .behind_lo = NAN,
                                   .behind_hi = NAN,
                                   .effort = "normal",
                                   .date = "2026-01-02T03:04:05Z",
                                   .complete = 1,
                                   .of_layout = of_layout};
    snprintf(en.variant, sizeof en.variant, "gemm_%s_i8_r1k1__scalar", format);
    snprintf(en.base, sizeof en.base, "gemm_p64_i8_r1k1__scalar");
    const struct tern_variant *v = tern_variant_named(en.variant);
    snprintf(en.code, sizeof en.code, "%s", tern_variant_code_key(v));
    tern_variant_defaults(v, en.param);
    return en;
}

static void know(size_t n, const char *format, double ns, int of_layout) {
    const struct tern_wisdom_entry en = entry(n, format, ns, of_layout);
    cr_assert(eq(int, tern_wisdom_put(&wisdom, &en, NULL), TERN_OK));
}

static const char *layout(int with_prefill) {
    const struct tern_problem one = {512, 256, 1, 2, TERN_WCOLD}, many = {512, 256, 128, 2, TERN_WCOLD};
    const struct tern_format *f = tern_layout_for(&wisdom, USABLE, &one, with_prefill ? &many : NULL);
    return f ? f->name : "none";
}

Test(layouts, without_wisdom_there_is_none, .fini = forget) {
    cr_assert(eq(str, (char *)layout(1), (char *)"none"));
}

Test(layouts, decodes_winner_decides_where_prefill_is_not_known, .fini = forget) {
    know(1, "e80", 100, 0);
    cr_assert(eq(str, (char *)layout(1), (char *)"e80"));
    know(128, "i2s", 128 * 10, 0);
    cr_assert(eq(str, (char *)layout(1), (char *)"p64"),
              "only of p64, which both winners beat, is everything known: the default, 200 + 20");
}

Test(layouts, the_best_of_each_layout_fills_the_table, .fini = forget) {
    know(1, "e80", 100, 0);
    know(1, "i2s", 140, 1);
    know(128, "i2s", 128 * 10, 0);
    know(128, "e80", 128 * 30, 1);
    cr_assert(eq(str, (char *)layout(1), (char *)"e80"), "130 against 150 and 220");
    wisdom.mix = (struct tern_mix){3, 1};
    cr_assert(eq(str, (char *)layout(1), (char *)"i2s"), "190 against 170 and 260");
    cr_assert(eq(str, (char *)layout(0), (char *)"e80"), "decode alone");
}

Test(layouts, the_best_of_a_layout_never_stands_for_the_winner, .fini = forget) {
    const struct tern_problem p = {512, 256, 1, 2, TERN_WCOLD};
    struct tern_plan plan;
    know(1, "i2s", 1, 1);
    cr_assert(tern_wisdom_nearest(&wisdom, USABLE, &p, NULL) == NULL);
    cr_assert(eq(int, tern_plan_for(&wisdom, USABLE, &p, NULL, &plan, NULL), TERN_OK));
    cr_assert(eq(int, plan.from_wisdom, 0));
    cr_assert(isnan(plan.token_ns));
    cr_assert(eq(int, tern_plan_for(&wisdom, USABLE, &p, tern_format_named("i2s"), &plan, NULL), TERN_OK));
    cr_assert(eq(int, plan.from_wisdom, 1));
    cr_assert(eq(dbl, plan.token_ns, 1.0));
}

Test(layouts, a_plan_tells_the_time_of_the_default_that_a_winner_beat, .fini = forget) {
    const struct tern_problem p = {512, 256, 128, 2, TERN_WCOLD};
    struct tern_plan plan;
    know(128, "e80", 640, 0);
    cr_assert(eq(int, tern_plan_for(&wisdom, USABLE, &p, tern_format_named("p64"), &plan, NULL), TERN_OK));
    cr_assert(eq(str, (char *)plan.variant->name, (char *)"gemm_p64_i8_r1k1__scalar"));
    cr_assert(eq(dbl, plan.token_ns, 10.0));
    cr_assert(eq(sz, plan.tuned_n, 128));
}

Test(layouts, entries_of_layouts_stand_beside_the_winner, .fini = forget) {
    know(1, "e80", 100, 0);
    know(1, "i2s", 140, 1);
    know(1, "p64", 150, 1);
    cr_assert(eq(sz, wisdom.count, 3));
    know(1, "p64", 149, 1);
    cr_assert(eq(sz, wisdom.count, 3), "one for each layout");
    know(1, "i2s", 99, 0);
    cr_assert(eq(sz, wisdom.count, 3), "one winner");
}

Test(layouts, mix_and_layouts_come_back_from_a_file, .fini = forget) {
    char path[] = "/tmp/tern-layouts-XXXXXX";
    const int fd = mkstemp(path);
    cr_assert(fd >= 0);
    close(fd);
    struct tern_wisdom back;
    struct tern_error e = {""};
    strcpy(wisdom.machine, "m:1");
    know(1, "e80", 100, 0);
    know(1, "i2s", 140, 1);
    wisdom.mix = (struct tern_mix){3, 0.5};
    cr_assert(eq(int, tern_wisdom_write(path, &wisdom, &e), TERN_OK), "%s", e.text);
    cr_assert(eq(int, tern_wisdom_read(path, "m:1", 0, &back, &e), TERN_OK), "%s", e.text);
    unlink(path);
    cr_assert(eq(sz, back.skipped, 0));
    cr_assert(eq(sz, back.count, 2));
    cr_assert(eq(int, back.entry[0].of_layout, 0));
    cr_assert(eq(int, back.entry[1].of_layout, 1));
    cr_assert(eq(dbl, back.mix.prompt, 3.0));
    cr_assert(eq(dbl, back.mix.generated, 0.5));
    tern_wisdom_free(&back);
}

Test(layouts, a_line_whose_layout_is_not_its_variants_is_refused) {
    char line[TERN_WISDOM_LINE];
    struct tern_wisdom_entry en = entry(1, "i2s", 140, 1), back;
    cr_assert(eq(int, tern_wisdom_render(&en, line, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_parse(line, strlen(line), &back), 1));
    char *at = strstr(line, "layout=i2s");
    cr_assert(at != NULL);
    memcpy(at, "layout=e80", 10);
    *strrchr(line, ' ') = 0;
    cr_assert(tern_wisdom_seal(line, sizeof line));
    cr_assert(eq(int, tern_wisdom_parse(line, strlen(line), &back), 0));
}

Test(layouts, a_damaged_mix_is_no_mix) {
    char line[TERN_WISDOM_LINE];
    struct tern_mix mix = {3, 1}, back;
    cr_assert(tern_wisdom_render_mix(&mix, line));
    cr_assert(eq(int, tern_wisdom_parse_mix(line, strlen(line), &back), 1));
    line[4] = '4';
    cr_assert(eq(int, tern_wisdom_parse_mix(line, strlen(line), &back), 0));
}

Test(layouts, a_mix_is_two_numbers_that_are_not_both_nothing) {
    static const char *const bad[] = {"", "1", "1:", ":1", "0:0", "-1:1", "1:1x", "nan:1", "1:inf", "1e99:1"};
    struct tern_mix mix;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(eq(int, tern_mix_parse(bad[i], &mix), 0), "%s", bad[i]);
    cr_assert(eq(int, tern_mix_parse("0:1", &mix), 1));
    cr_assert(eq(int, tern_mix_parse("512:64", &mix), 1));
    cr_assert(eq(dbl, mix.prompt, 512.0));
}

Test(layouts, merging_keeps_the_own_mix, .fini = forget) {
    struct tern_wisdom from = {.mix = {5, 1}};
    cr_assert(eq(int, tern_wisdom_merge(&wisdom, &from, NULL, NULL), TERN_OK));
    cr_assert(eq(dbl, wisdom.mix.prompt, 5.0));
    from.mix.prompt = 7;
    cr_assert(eq(int, tern_wisdom_merge(&wisdom, &from, NULL, NULL), TERN_OK));
    cr_assert(eq(dbl, wisdom.mix.prompt, 5.0));
}
