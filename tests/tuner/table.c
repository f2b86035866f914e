#define _GNU_SOURCE
#include "tuner/search/table.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "folder.h"
#include "measure/statistics.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS 100

static const char *const recorded[] = {"table-640x2560x1-t1.jsonl.gz", "table-640x2560x16-t1.jsonl.gz",
                                       "table-1280x1280x1-t2.jsonl.gz"};

static struct tern_table table_of(size_t i) {
    struct tern_table t;
    struct tern_error e = {""};
    char path[512];
    snprintf(path, sizeof path, "%s/%s", TERN_DATA, recorded[i]);
    cr_assert(eq(int, tern_table_read(path, &t, &e), TERN_OK), "%s", e.text);
    return t;
}

/* Every seed, not only the median one. An evaluation is one measured round of one candidate; the whole is
 * all rounds of all candidates. */
Test(table, the_race_needs_at_most_15_percent_of_the_evaluations_with_every_seed, .timeout = 60) {
    for (size_t i = 0; i < 3; i++) {
        struct tern_table t = table_of(i);
        const double limit = 0.15 * (double)tern_table_evaluations(&t);
        for (size_t seed = 1; seed <= SEEDS; seed++) {
            struct tern_replay r;
            cr_assert(eq(
                int,
                tern_replay_run(&t, tern_strategy_named("race"), tern_effort_named("normal"), seed, &r, NULL),
                TERN_OK));
            cr_assert(gt(sz, r.to_2_percent, 0), "%s: seed %zu: never within 2 %%, loss %.3f", recorded[i],
                      seed, r.loss);
            cr_assert(le(dbl, (double)r.to_2_percent, limit), "%s: seed %zu", recorded[i], seed);
            cr_assert(le(dbl, (double)r.evaluations, limit), "%s: seed %zu", recorded[i], seed);
        }
        tern_table_free(&t);
    }
}

Test(table, the_exhaustive_search_takes_all_recorded_rounds_and_ends_at_their_optimum) {
    struct tern_table t = table_of(2);
    struct tern_replay r;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        cr_assert(eq(int,
                     tern_replay_run(&t, tern_strategy_named("exhaustive"), tern_effort_named("normal"), seed,
                                     &r, NULL),
                     TERN_OK));
        cr_assert(eq(sz, r.evaluations, tern_table_evaluations(&t)));
        cr_assert(eq(dbl, r.loss, 0));
    }
    tern_table_free(&t);
}

Test(table, a_replay_is_a_function_of_table_strategy_and_seed) {
    struct tern_table t = table_of(1);
    size_t count;
    const struct tern_strategy *all = tern_strategies(&count);
    for (size_t k = 0; k < count; k++) {
        struct tern_replay a, b;
        cr_assert(eq(int, tern_replay_run(&t, &all[k], tern_effort_named("quick"), 5, &a, NULL), TERN_OK));
        cr_assert(eq(int, tern_replay_run(&t, &all[k], tern_effort_named("quick"), 5, &b, NULL), TERN_OK));
        cr_assert(eq(sz, a.evaluations, b.evaluations));
        cr_assert(eq(sz, a.to_2_percent, b.to_2_percent));
        cr_assert(eq(dbl, a.loss, b.loss));
    }
    tern_table_free(&t);
}

Test(table, on_a_table_without_noise_the_exhaustive_search_ends_at_the_optimum) {
    struct tern_table t = table_of(1);
    for (size_t i = 0; i < t.count; i++)
        for (size_t r = 1; r < t.rounds; r++) t.ns[i * t.rounds + r] = t.ns[i * t.rounds];
    struct tern_replay r;
    cr_assert(eq(
        int, tern_replay_run(&t, tern_strategy_named("exhaustive"), tern_effort_named("normal"), 1, &r, NULL),
        TERN_OK));
    cr_assert(eq(dbl, r.loss, 0));
    cr_assert(eq(sz, r.candidates, t.count));
    cr_assert(gt(sz, r.to_1_percent, 0));
    cr_assert(le(sz, r.to_2_percent, r.to_1_percent));
    tern_table_free(&t);
}

Test(table, written_then_read_it_is_the_same_plain_or_compressed) {
    static const char *const names[] = {"table.jsonl", "table.jsonl.gz"};
    struct tern_table t = table_of(2), back;
    t.ns[3] = NAN;
    for (size_t i = 0; i < 2; i++) {
        const struct folder f = folder_new(names[i]);
        cr_assert(eq(int, tern_table_write(f.file, &t, NULL), TERN_OK));
        cr_assert(eq(int, tern_table_read(f.file, &back, NULL), TERN_OK));
        cr_assert(eq(sz, back.count, t.count));
        cr_assert(eq(sz, back.fallback, t.fallback));
        cr_assert(eq(int, memcmp(back.place, t.place, t.count * sizeof *t.place), 0));
        cr_assert(isnan(back.ns[3]));
        for (size_t j = 0; j < t.count * t.rounds; j++)
            if (j != 3) cr_assert(lt(dbl, fabs(back.ns[j] - t.ns[j]), 0.06));
        for (size_t j = 0; j < t.count; j++) cr_assert(eq(str, back.row[j].params, t.row[j].params));
        tern_table_free(&back);
        folder_drop(&f);
    }
    tern_table_free(&t);
}

Test(table, damaged_or_cut_it_is_refused_with_the_line_and_never_crashes) {
    const struct folder f = folder_new("table.jsonl");
    struct tern_table t = table_of(1), back;
    struct tern_error e = {""};
    char *text;
    size_t bytes;
    cr_assert(eq(int, tern_table_read("/nonexistent", &back, &e), TERN_BAD_INPUT));
    cr_assert(eq(int, tern_table_write(f.file, &t, NULL), TERN_OK));
    tern_table_free(&t);
    cr_assert(eq(int, tern_file_read(f.file, 1 << 26, &text, &bytes, NULL), TERN_OK));
    struct tern_random r = {11};
    for (int i = 0; i < 60; i++) {
        const size_t cut = 1 + tern_random_below(&r, (uint32_t)bytes - 2);
        cr_assert(eq(int, tern_file_replace(f.file, text, i % 2 ? cut : tern_min(cut, 400), NULL), TERN_OK));
        cr_assert(ne(int, tern_table_read(f.file, &back, &e), TERN_OK));
        cr_assert(strchr(e.text, 58) != NULL, "%s", e.text);
    }
    for (int i = 0; i < 60; i++) {
        const size_t at = tern_random_below(&r, i % 2 ? (uint32_t)bytes : 300);
        text[at] ^= (char)(1 << tern_random_below(&r, 7));
        cr_assert(eq(int, tern_file_replace(f.file, text, bytes, NULL), TERN_OK));
        if (!tern_table_read(f.file, &back, NULL)) tern_table_free(&back);
    }
    free(text);
    folder_drop(&f);
}
