/* Verdicts on whole plans: in a file and back, whom they speak of, and when they are forgotten. */
#define _GNU_SOURCE
#include "tuner/wisdom/plan_verdict.h"
#include "entries.h"
#include "folder.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/line.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define KEY "m:0123456789abcdef"

static struct tern_plan_verdict verdict(size_t threads) {
    struct tern_plan_verdict v = tern_plan_verdict_of(tern_builtin_model("2b-4t"), threads);
    v.decode = (struct tern_plan_phase){.over = {.n = 15, .median = 0.9431, .ci_lo = 0.93, .ci_hi = 0.95}};
    v.prefill = (struct tern_plan_phase){1, {.n = 4, .median = 1.0012, .ci_lo = NAN, .ci_hi = NAN}};
    snprintf(v.date, sizeof v.date, "2026-12-01T03:04:05Z");
    return v;
}

Test(plan_verdict, a_line_comes_back) {
    struct tern_plan_verdict v = verdict(2), back;
    char line[TERN_WISDOM_LINE];
    cr_assert(tern_wisdom_render_plan(&v, line));
    cr_assert(tern_wisdom_parse_plan(line, strlen(line), &back));
    cr_assert(eq(sz, back.hidden, 2560));
    cr_assert(eq(sz, back.kv, 640));
    cr_assert(eq(sz, back.ffn, 6912));
    cr_assert(eq(sz, back.threads, 2));
    cr_assert(eq(int, back.decode.untuned, 0));
    cr_assert(eq(int, back.prefill.untuned, 1));
    cr_assert(epsilon_eq(dbl, back.decode.over.ci_hi, 0.95, 1e-9));
    cr_assert(eq(sz, back.decode.over.n, 15));
    cr_assert(isnan(back.prefill.over.ci_lo));
    v.decode.over.n = 0; /* the same plan twice */
    cr_assert(tern_wisdom_render_plan(&v, line));
    cr_assert(tern_wisdom_parse_plan(line, strlen(line), &back));
    cr_assert(eq(sz, back.decode.over.n, 0));
}

Test(plan_verdict, a_flipped_bit_is_noticed) {
    struct tern_plan_verdict v = verdict(2), back;
    char line[TERN_WISDOM_LINE];
    cr_assert(tern_wisdom_render_plan(&v, line));
    const size_t n = strlen(line);
    for (size_t i = 0; i < 8 * n; i++) {
        line[i / 8] ^= (char)(1 << i % 8);
        cr_assert(not(tern_wisdom_parse_plan(line, n, &back)), "bit %zu", i);
        line[i / 8] ^= (char)(1 << i % 8);
    }
}

Test(plan_verdict, it_speaks_of_its_shapes_and_threads_alone) {
    struct tern_wisdom w = {.machine = KEY};
    const struct tern_plan_verdict one = verdict(1), two = verdict(2);
    struct tern_hparams other = *tern_builtin_model("2b-4t");
    cr_assert(eq(int, tern_plan_verdict_put(&w, &one, NULL), TERN_OK));
    cr_assert(eq(int, tern_plan_verdict_put(&w, &two, NULL), TERN_OK));
    cr_assert(eq(int, tern_plan_verdict_put(&w, &two, NULL), TERN_OK));
    cr_assert(eq(sz, w.verdicts, 2));
    cr_assert(eq(sz, tern_plan_verdict_find(&w, &other, 2)->threads, 2));
    cr_assert(tern_plan_verdict_find(&w, &other, 3) == NULL);
    other.layers /= 2; /* the same matrices, fewer times */
    cr_assert(tern_plan_verdict_find(&w, &other, 2) != NULL);
    other.ffn += 64;
    cr_assert(tern_plan_verdict_find(&w, &other, 2) == NULL);
    tern_wisdom_free(&w);
}

Test(plan_verdict, a_file_keeps_it_and_new_entries_end_it) {
    const struct folder f = folder_new("wisdom");
    struct tern_random r = {3};
    struct tern_wisdom w = {.machine = KEY}, back, more = {.machine = KEY};
    const struct tern_plan_verdict v = verdict(2);
    const struct tern_wisdom_entry en = random_entry(&r);
    cr_assert(eq(int, tern_plan_verdict_put(&w, &v, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_write(f.file, &w, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_read(f.file, KEY, 0, &back, NULL), TERN_OK));
    cr_assert(eq(sz, back.verdicts, 1));
    cr_assert(eq(sz, back.skipped, 0));
    cr_assert(eq(int, tern_wisdom_put(&more, &en, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_merge(&back, &more, NULL, NULL), TERN_OK));
    cr_assert(eq(sz, back.verdicts, 0), "it spoke of other entries");
    tern_wisdom_free(&w);
    tern_wisdom_free(&back);
    tern_wisdom_free(&more);
    folder_drop(&f);
}
