#define _GNU_SOURCE
#include "tuner/session/journal.h"
#include "base/file.h"
#include "folder.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

static const struct tern_journal_head head = {"m:0123456789abcdef", "race", "normal", 7};
static const char *const names[] = {"a[-]", "b[x=1 y=2]", "ceiling:read"};

static struct tern_journal *open_one(const char *path, int resume) {
    struct tern_journal *j;
    struct tern_error e = {""};
    cr_assert(eq(int, tern_journal_open(path, &head, resume, &j, &e), TERN_OK), "%s", e.text);
    return j;
}

static void add(struct tern_journal *j, const char *problem, const char *phase, size_t round, double a,
                double b, double c) {
    const struct tern_journal_key key = {problem, phase, round, 99};
    const double ns[] = {a, b, c};
    cr_assert(eq(int, tern_journal_add(j, &key, names, ns, 3, 0.5, NULL), TERN_OK));
}

Test(journal, a_round_comes_back_to_the_last_bit) {
    const struct folder f = folder_new("journal");
    struct tern_journal *j = open_one(f.file, 0);
    add(j, "p", "race", 0, 1.0 / 3, NAN, 1e9 / 7);
    tern_journal_close(j);
    j = open_one(f.file, 1);
    const struct tern_journal_key key = {"p", "race", 0, 99};
    double ns[3];
    cr_assert(tern_journal_find(j, &key, names, ns, 3));
    cr_assert(eq(dbl, ns[0], 1.0 / 3));
    cr_assert(isnan(ns[1]));
    cr_assert(eq(dbl, ns[2], 1e9 / 7));
    cr_assert(eq(sz, tern_journal_samples(j), 3));
    cr_assert(eq(dbl, tern_journal_seconds(j), 0.5));
    tern_journal_close(j);
    folder_drop(&f);
}

Test(journal, other_entrants_phases_rounds_and_problems_are_other_rounds) {
    const struct folder f = folder_new("journal");
    struct tern_journal *j = open_one(f.file, 0);
    add(j, "p", "race", 0, 1, 2, 3);
    double ns[3];
    const struct tern_journal_key keys[] = {
        {"q", "race", 0, 99}, {"p", "duel", 0, 99}, {"p", "race", 1, 99}, {"p", "race", 0, 98}};
    for (size_t i = 0; i < 4; i++) cr_assert(not(tern_journal_find(j, &keys[i], names, ns, 3)), "%zu", i);
    const struct tern_journal_key same = {"p", "race", 0, 99};
    cr_assert(not(tern_journal_find(j, &same, names, ns, 2)), "fewer entrants are another round");
    cr_assert(tern_journal_find(j, &same, names, ns, 3));
    tern_journal_close(j);
    folder_drop(&f);
}

Test(journal, rounds_and_done_problems_are_counted) {
    const struct folder f = folder_new("journal");
    struct tern_journal *j = open_one(f.file, 0);
    for (size_t i = 0; i < 4; i++) add(j, "p", "race", i, 1, 2, 3);
    cr_assert(eq(int, tern_journal_done(j, "p", NULL), TERN_OK));
    tern_journal_close(j);
    j = open_one(f.file, 1);
    cr_assert(eq(sz, tern_journal_rounds(j, "p", "race"), 4));
    cr_assert(eq(sz, tern_journal_rounds(j, "p", "duel"), 0));
    cr_assert(tern_journal_is_done(j, "p"));
    cr_assert(not(tern_journal_is_done(j, "q")));
    tern_journal_close(j);
    folder_drop(&f);
}

Test(journal, cut_at_any_byte_it_keeps_every_whole_line) {
    const struct folder f = folder_new("journal");
    struct tern_journal *j = open_one(f.file, 0);
    for (size_t i = 0; i < 5; i++) add(j, "p", "race", i, 1, 2, 3);
    tern_journal_close(j);
    char *text;
    size_t bytes;
    cr_assert(eq(int, tern_file_read(f.file, 1 << 20, &text, &bytes, NULL), TERN_OK));
    const size_t first = (size_t)(strchr(text, '\n') - text);
    for (size_t cut = first; cut <= bytes; cut++) {
        size_t lines = 0;
        for (size_t i = first + 1; i < cut; i++)
            lines += text[i] == '\n' || (i + 1 < bytes && text[i + 1] == '\n' && i + 1 == cut);
        folder_write(&f, text, cut);
        j = open_one(f.file, 1);
        cr_assert(eq(sz, tern_journal_rounds(j, "p", "race"), lines), "cut at %zu", cut);
        tern_journal_close(j);
    }
    free(text);
    folder_drop(&f);
}

Test(journal, what_is_appended_behind_a_torn_line_is_not_swallowed) {
    const struct folder f = folder_new("journal");
    struct tern_journal *j = open_one(f.file, 0);
    add(j, "p", "race", 0, 1, 2, 3);
    tern_journal_close(j);
    FILE *file = fopen(f.file, "a");
    fputs("{\"problem\":\"p\",\"pha", file);
    fclose(file);
    j = open_one(f.file, 1);
    cr_assert(eq(sz, tern_journal_damaged(j), 1));
    add(j, "p", "race", 1, 4, 5, 6);
    tern_journal_close(j);
    j = open_one(f.file, 1);
    cr_assert(eq(sz, tern_journal_rounds(j, "p", "race"), 2));
    tern_journal_close(j);
    folder_drop(&f);
}

Test(journal, of_other_options_or_another_machine_it_is_refused) {
    const struct folder f = folder_new("journal");
    tern_journal_close(open_one(f.file, 0));
    struct tern_journal_head other = head;
    struct tern_journal *j;
    struct tern_error e = {""};
    other.strategy = "exhaustive";
    cr_assert(eq(int, tern_journal_open(f.file, &other, 1, &j, &e), TERN_BAD_INPUT));
    cr_assert(ne(ptr, strstr(e.text, "--strategy race"), NULL));
    other = head;
    other.machine = "m:fedcba9876543210";
    cr_assert(eq(int, tern_journal_open(f.file, &other, 1, &j, &e), TERN_UNSUPPORTED));
    folder_drop(&f);
}

Test(journal, without_resume_it_begins_anew) {
    const struct folder f = folder_new("journal");
    struct tern_journal *j = open_one(f.file, 0);
    add(j, "p", "race", 0, 1, 2, 3);
    tern_journal_close(j);
    j = open_one(f.file, 0);
    cr_assert(eq(sz, tern_journal_samples(j), 0));
    tern_journal_close(j);
    j = open_one(f.file, 1);
    cr_assert(eq(sz, tern_journal_samples(j), 0));
    tern_journal_close(j);
    folder_drop(&f);
}

Test(journal, garbage_in_place_of_the_first_line_is_refused) {
    const struct folder f = folder_new("journal");
    struct tern_journal *j;
    cr_assert(eq(int, tern_file_replace(f.file, "\0\1\2", 3, NULL), TERN_OK));
    cr_assert(eq(int, tern_journal_open(f.file, &head, 1, &j, NULL), TERN_BAD_INPUT));
    folder_drop(&f);
}
