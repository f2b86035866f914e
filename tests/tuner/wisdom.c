#define _GNU_SOURCE
#include "base/file.h"
#include "entries.h"
#include "folder.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/line.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/stat.h>

#define KEY   "m:0123456789abcdef"
#define OTHER "m:fedcba9876543210"

static struct tern_wisdom some_wisdom(uint64_t seed, size_t count) {
    struct tern_random r = {seed};
    struct tern_wisdom w = {.machine = KEY};
    for (size_t i = 0; i < count; i++) {
        const struct tern_wisdom_entry en = random_entry(&r);
        cr_assert(eq(int, tern_wisdom_put(&w, &en, NULL), TERN_OK));
    }
    return w;
}

static char *text_of(const struct tern_wisdom *w, size_t *bytes) {
    char *text;
    cr_assert(eq(int, tern_wisdom_text(w, &text, bytes, NULL), TERN_OK));
    return text;
}

Test(wisdom, written_then_read_then_written_is_the_same_text) {
    const struct folder f = folder_new("wisdom");
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct tern_wisdom w = some_wisdom(seed, 40), back;
        size_t n, again;
        char *text = text_of(&w, &n);
        cr_assert(eq(int, tern_wisdom_write(f.file, &w, NULL), TERN_OK));
        cr_assert(eq(int, tern_wisdom_read(f.file, KEY, 0, &back, NULL), TERN_OK));
        cr_assert(eq(sz, back.skipped, 0));
        cr_assert(eq(sz, back.count, w.count));
        char *second = text_of(&back, &again);
        cr_assert(eq(sz, n, again));
        cr_assert(eq(int, memcmp(text, second, n), 0), "seed %lu", (unsigned long)seed);
        free(text);
        free(second);
        tern_wisdom_free(&w);
        tern_wisdom_free(&back);
    }
    folder_drop(&f);
}

Test(wisdom, every_field_of_an_entry_survives_the_file) {
    struct tern_random r = {7};
    for (int i = 0; i < 500; i++) {
        const struct tern_wisdom_entry en = random_entry(&r);
        struct tern_wisdom_entry back;
        char line[TERN_WISDOM_LINE];
        cr_assert(eq(int, tern_wisdom_render(&en, line, NULL), TERN_OK));
        cr_assert(tern_wisdom_parse(line, strlen(line), &back));
        cr_assert(eq(int, tern_wisdom_order(&en, &back), 0));
        cr_assert(eq(str, (char *)en.variant, back.variant));
        cr_assert(eq(str, (char *)en.base, back.base));
        cr_assert(eq(str, (char *)en.code, back.code));
        cr_assert(eq(int, memcmp(en.param, back.param, sizeof en.param), 0));
        cr_assert(lt(dbl, fabs(en.median_ns - back.median_ns), 0.01));
        cr_assert(lt(dbl, fabs(en.ratio - back.ratio), 0.00001));
        cr_assert(eq(int, isnan(en.ci_lo_ns) != 0, isnan(back.ci_lo_ns) != 0));
        cr_assert(eq(int, en.tie, back.tie));
        cr_assert(eq(int, en.complete, back.complete));
        cr_assert(eq(str, (char *)en.objective, back.objective));
        cr_assert(eq(str, (char *)en.second, back.second));
        cr_assert(eq(int, isnan(en.of_read) != 0, isnan(back.of_read) != 0));
        if (!isnan(en.of_int8)) cr_assert(lt(dbl, fabs(en.of_int8 - back.of_int8), 0.0001));
        if (en.second[0]) cr_assert(lt(dbl, fabs(en.margin - back.margin), 0.00001));
    }
}

/* One entry of the damaged file must be byte for byte one of the true lines. */
static int is_true_line(const struct tern_wisdom *truth, const struct tern_wisdom_entry *en) {
    char have[TERN_WISDOM_LINE], want[TERN_WISDOM_LINE];
    if (tern_wisdom_render(en, have, NULL)) return 0;
    for (size_t i = 0; i < truth->count; i++)
        if (!tern_wisdom_render(&truth->entry[i], want, NULL) && !strcmp(have, want)) return 1;
    return 0;
}

Test(wisdom, a_line_says_that_k_is_split_and_nothing_where_rows_are) {
    struct tern_random r = {11};
    struct tern_wisdom_entry en = random_entry(&r), back;
    char line[TERN_WISDOM_LINE];
    en.param[TERN_P_SPLIT] = TERN_SPLIT_ROWS;
    cr_assert(eq(int, tern_wisdom_render(&en, line, NULL), TERN_OK));
    cr_assert(strstr(line, "split") == NULL, "%s", line);
    en.param[TERN_P_SPLIT] = TERN_SPLIT_K;
    cr_assert(eq(int, tern_wisdom_render(&en, line, NULL), TERN_OK));
    cr_assert(strstr(line, "split=k") != NULL, "%s", line);
    cr_assert(tern_wisdom_parse(line, strlen(line), &back));
    cr_assert(eq(int, back.param[TERN_P_SPLIT], TERN_SPLIT_K));
}

Test(wisdom, a_flipped_bit_loses_at_most_two_lines_and_changes_none) {
    const struct folder f = folder_new("wisdom");
    struct tern_wisdom truth = some_wisdom(3, 4), back;
    size_t n;
    char *text = text_of(&truth, &n), *const end_of_header = strchr(text, '\n');
    for (size_t bit = 0; bit < 8 * n; bit++) {
        struct tern_error e = {""};
        text[bit / 8] ^= (char)(1 << bit % 8);
        folder_write(&f, text, n);
        const enum tern_status s = tern_wisdom_read(f.file, KEY, 0, &back, &e);
        text[bit / 8] ^= (char)(1 << bit % 8);
        if (text + bit / 8 <= end_of_header) {
            cr_assert(ne(int, s, TERN_OK), "bit %zu of the header passed", bit);
            cr_assert(ne(chr, e.text[0], 0));
            continue;
        }
        cr_assert(eq(int, s, TERN_OK));
        /* A flipped newline welds two lines together; then both are lost. */
        cr_assert(ge(sz, back.count + 2, truth.count));
        cr_assert(lt(sz, back.count, truth.count + (bit / 8 == n - 1)));
        for (size_t i = 0; i < back.count; i++)
            cr_assert(is_true_line(&truth, &back.entry[i]), "bit %zu", bit);
        tern_wisdom_free(&back);
    }
    free(text);
    tern_wisdom_free(&truth);
    folder_drop(&f);
}

Test(wisdom, a_file_cut_anywhere_yields_only_true_lines) {
    const struct folder f = folder_new("wisdom");
    struct tern_wisdom truth = some_wisdom(5, 6), back;
    size_t n;
    char *text = text_of(&truth, &n);
    const size_t header = (size_t)(strchr(text, '\n') - text);
    for (size_t cut = 0; cut < n; cut += 7) {
        folder_write(&f, text, cut);
        const enum tern_status s = tern_wisdom_read(f.file, KEY, 0, &back, NULL);
        cr_assert(eq(int, s != TERN_OK, cut < header));
        for (size_t i = 0; !s && i < back.count; i++) cr_assert(is_true_line(&truth, &back.entry[i]));
        tern_wisdom_free(&back);
    }
    free(text);
    tern_wisdom_free(&truth);
    folder_drop(&f);
}

Test(wisdom, random_bytes_never_crash_and_never_pass) {
    const struct folder f = folder_new("wisdom");
    struct tern_random r = {11};
    for (int i = 0; i < 200; i++) {
        unsigned char noise[700];
        for (size_t j = 0; j < sizeof noise; j++) noise[j] = (unsigned char)tern_random_next(&r);
        struct tern_wisdom w;
        folder_write(&f, noise, tern_random_below(&r, sizeof noise));
        cr_assert(eq(int, tern_wisdom_read(f.file, KEY, 0, &w, NULL), TERN_BAD_INPUT));
        cr_assert(eq(sz, w.count, 0));
    }
    folder_drop(&f);
}

Test(wisdom, a_sealed_line_with_impossible_fields_is_lost_too) {
    struct tern_random r = {13};
    const struct tern_wisdom_entry en = random_entry(&r);
    char line[TERN_WISDOM_LINE];
    cr_assert(eq(int, tern_wisdom_render(&en, line, NULL), TERN_OK));
    line[tern_wisdom_sealed(line, strlen(line))] = 0;
    char *at = strstr(line, " ns=");
    memcpy(at, " nS=", 4);
    cr_assert(tern_wisdom_seal(line, sizeof line));
    struct tern_wisdom_entry back;
    cr_assert(not(tern_wisdom_parse(line, strlen(line), &back)));
}

Test(wisdom, another_machines_file_is_refused_unless_asked_for) {
    const struct folder f = folder_new("wisdom");
    struct tern_wisdom w = some_wisdom(2, 3), back;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_wisdom_write(f.file, &w, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_read(f.file, OTHER, 0, &back, &e), TERN_UNSUPPORTED));
    cr_assert(ne(ptr, strstr(e.text, KEY), NULL));
    cr_assert(eq(int, tern_wisdom_read(f.file, OTHER, 1, &back, &e), TERN_OK));
    cr_assert(eq(sz, back.count, 3));
    cr_assert(eq(str, back.machine, (char *)KEY));
    tern_wisdom_free(&back);
    tern_wisdom_free(&w);
    folder_drop(&f);
}

Test(wisdom, a_missing_file_is_empty_wisdom_of_this_machine) {
    struct tern_wisdom w;
    cr_assert(eq(int, tern_wisdom_read("/nonexistent/tern/wisdom", KEY, 0, &w, NULL), TERN_OK));
    cr_assert(eq(sz, w.count, 0));
    cr_assert(eq(str, w.machine, (char *)KEY));
}

Test(wisdom, the_same_problem_is_replaced_not_doubled) {
    struct tern_random r = {17};
    struct tern_wisdom w = {.machine = KEY};
    struct tern_wisdom_entry en = random_entry(&r);
    cr_assert(eq(int, tern_wisdom_put(&w, &en, NULL), TERN_OK));
    en.median_ns = 42;
    cr_assert(eq(int, tern_wisdom_put(&w, &en, NULL), TERN_OK));
    cr_assert(eq(sz, w.count, 1));
    cr_assert(eq(dbl, w.entry[0].median_ns, 42));
    tern_wisdom_free(&w);
}

Test(wisdom, an_entry_that_could_not_be_read_again_is_refused) {
    struct tern_random r = {19};
    struct tern_wisdom w = {.machine = KEY};
    struct tern_wisdom_entry en = random_entry(&r);
    strcpy(en.effort, "very much");
    cr_assert(eq(int, tern_wisdom_put(&w, &en, NULL), TERN_BAD_INPUT));
    en = random_entry(&r);
    en.median_ns = INFINITY;
    cr_assert(eq(int, tern_wisdom_put(&w, &en, NULL), TERN_BAD_INPUT));
    en = random_entry(&r);
    strcpy(en.variant, "gemv_none_i8_r1k1__scalar");
    cr_assert(eq(int, tern_wisdom_put(&w, &en, NULL), TERN_BAD_INPUT));
    cr_assert(eq(sz, w.count, 0));
}

Test(wisdom, lines_are_sorted_by_shape_tokens_and_threads) {
    struct tern_wisdom w = some_wisdom(23, 50), back;
    const struct folder f = folder_new("wisdom");
    cr_assert(eq(int, tern_wisdom_write(f.file, &w, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_read(f.file, KEY, 0, &back, NULL), TERN_OK));
    for (size_t i = 1; i < back.count; i++)
        cr_assert(lt(int, tern_wisdom_order(&back.entry[i - 1], &back.entry[i]), 0));
    tern_wisdom_free(&w);
    tern_wisdom_free(&back);
    folder_drop(&f);
}

Test(wisdom, a_write_that_fails_leaves_the_old_file) {
    const struct folder f = folder_new("wisdom");
    struct tern_wisdom w = some_wisdom(29, 3), back;
    cr_assert(eq(int, tern_wisdom_write(f.file, &w, NULL), TERN_OK));
    strcpy(w.entry[1].variant, "no_such_variant");
    cr_assert(ne(int, tern_wisdom_write(f.file, &w, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_read(f.file, KEY, 0, &back, NULL), TERN_OK));
    cr_assert(eq(sz, back.count, 3));
    tern_wisdom_free(&w);
    tern_wisdom_free(&back);
    folder_drop(&f);
}

Test(wisdom, merging_keeps_the_better_evidence) {
    struct tern_random r = {31};
    struct tern_wisdom mine = {.machine = KEY}, theirs = {.machine = KEY};
    struct tern_wisdom_entry en = random_entry(&r);
    size_t taken;
    en.complete = 1;
    en.median_ns = 1;
    strcpy(en.date, "2026-01-01T00:00:00Z");
    tern_wisdom_put(&mine, &en, NULL);
    en.complete = 0;
    en.median_ns = 2;
    strcpy(en.date, "2026-02-01T00:00:00Z");
    tern_wisdom_put(&theirs, &en, NULL);
    cr_assert(eq(int, tern_wisdom_merge(&mine, &theirs, &taken, NULL), TERN_OK));
    cr_assert(eq(dbl, mine.entry[0].median_ns, 1), "incomplete must not replace complete");
    en.complete = 1;
    tern_wisdom_put(&theirs, &en, NULL);
    cr_assert(eq(int, tern_wisdom_merge(&mine, &theirs, &taken, NULL), TERN_OK));
    cr_assert(eq(dbl, mine.entry[0].median_ns, 2), "the later of two complete ones must win");
    strcpy(en.code, "0000000000000000");
    strcpy(en.date, "2026-03-01T00:00:00Z");
    en.median_ns = 3;
    tern_wisdom_put(&theirs, &en, NULL);
    cr_assert(eq(int, tern_wisdom_merge(&mine, &theirs, &taken, NULL), TERN_OK));
    cr_assert(eq(dbl, mine.entry[0].median_ns, 2), "stale must not replace fresh");
    cr_assert(eq(sz, taken, 0));
    tern_wisdom_free(&mine);
    tern_wisdom_free(&theirs);
}

Test(wisdom, a_line_written_before_there_was_evidence_is_still_read) {
    struct tern_random r = {17};
    struct tern_wisdom_entry en = random_entry(&r), back;
    char line[TERN_WISDOM_LINE];
    en.of_read = en.of_int8 = NAN;
    en.second[0] = 0;
    cr_assert(eq(int, tern_wisdom_render(&en, line, NULL), TERN_OK));
    cr_assert(strstr(line, "second=") == NULL);
    cr_assert(tern_wisdom_parse(line, strlen(line), &back));
    cr_assert(isnan(back.of_read));
    cr_assert(eq(sz, strlen(back.second), 0));
}

Test(wisdom, more_effort_is_better_evidence_than_a_later_date) {
    struct tern_random r = {23};
    struct tern_wisdom_entry old = random_entry(&r), young;
    old.complete = 1;
    young = old;
    snprintf(old.effort, sizeof old.effort, "thorough");
    snprintf(young.effort, sizeof young.effort, "quick");
    snprintf(young.date, sizeof young.date, "2027-01-02T03:04:05Z");
    struct tern_wisdom mine = {.machine = KEY}, other = {.machine = KEY};
    cr_assert(eq(int, tern_wisdom_put(&mine, &old, NULL), TERN_OK));
    cr_assert(eq(int, tern_wisdom_put(&other, &young, NULL), TERN_OK));
    size_t taken = 9;
    cr_assert(eq(int, tern_wisdom_merge(&mine, &other, &taken, NULL), TERN_OK));
    cr_assert(eq(sz, taken, 0));
    cr_assert(eq(str, mine.entry[0].effort, "thorough"));
    tern_wisdom_free(&mine);
    tern_wisdom_free(&other);
}

Test(wisdom, forgetting_takes_what_matches_and_nothing_else) {
    struct tern_wisdom w = some_wisdom(37, 30);
    const struct tern_problem p = {.m = w.entry[4].problem.m, .k = w.entry[4].problem.k};
    const size_t before = w.count, gone = tern_wisdom_forget(&w, &p, 0);
    cr_assert(ge(sz, gone, 1));
    cr_assert(eq(sz, w.count, before - gone));
    for (size_t i = 0; i < w.count; i++)
        cr_assert(w.entry[i].problem.m != p.m || w.entry[i].problem.k != p.k);
    const struct tern_problem any = {0};
    cr_assert(eq(sz, tern_wisdom_forget(&w, &any, 1), 0), "nothing is stale here");
    strcpy(w.entry[0].code, "0000000000000000");
    cr_assert(eq(sz, tern_wisdom_forget(&w, &any, 1), 1));
    tern_wisdom_free(&w);
}
