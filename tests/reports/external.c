/* What a report shows besides our records: results of other programs, and the history. */
#define _GNU_SOURCE
#include "reports/changes/changes.h"
#include "reports/import/import.h"
#include "reports/page/report.h"
#include "tests/reports/folder.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_all(const struct tern_record *r, size_t count, const struct tern_series_set *series,
                      const struct tern_annotations *notes, const char *folder) {
    const struct tern_report_options o = {.out = folder, .search = "", .history = series, .notes = notes};
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_report_write(r, count, &o, NULL, &e), TERN_OK), "%s", e.text);
}

static int holds(const char *folder, const char *name, const char *what) {
    char *text = folder_read(folder, name);
    cr_assert(text != NULL, "%s is missing", name);
    const int found = strstr(text, what) != NULL;
    free(text);
    return found;
}

static struct tern_record other_program(double gmacs, const char *machine) {
    struct tern_record r = sample_one("other program", "i2s", gmacs, 1);
    r.source = "other", r.unit = "GMAC/s", r.machine = machine, r.flags = "imported";
    r.est.ci_lo = r.est.ci_hi = NAN, r.est.n = 1;
    return r;
}

/* 640 x 2560 multiply-adds in 16384 ns are 100 GMAC/s. */
Test(external, another_program_on_the_same_machine_gets_a_ratio) {
    const struct tern_record r[] = {sample_one("ours", "p64", 16384, 10), other_program(40, "m:1")};
    char *folder = folder_new();
    write_all(r, 2, NULL, NULL, folder);
    cr_assert(holds(folder, "rivals.csv", "\"other program\",\"GMAC/s\",40,,,\"imported\",1,100,"));
    cr_assert(holds(folder, "rivals.csv", ",21,2.5,\"other\",\"2026-01-02\",\"m:1\""));
    cr_assert(not(holds(folder, "leaderboard.csv", "other program"))); /* no time per call */
    folder_drop(folder);
}

Test(external, another_machine_gets_none_and_makes_no_machine_of_the_report) {
    const struct tern_record r[] = {sample_one("ours", "p64", 16384, 10), other_program(40, "far away")};
    char *folder = folder_new();
    write_all(r, 2, NULL, NULL, folder);
    cr_assert(holds(folder, "rivals.csv", ",21,,\"other\",\"2026-01-02\",\"far away\""));
    cr_assert(holds(folder, "report.md", "measured on far away; not a machine that tern measured here"));
    cr_assert(not(holds(folder, "machine.csv", "far away")));
    folder_drop(folder);
}

static struct tern_records imported_file(void) {
    static const char path[] = TERN_DATA "/llama-bench.json";
    const struct tern_import_options o = {.machine = "m:1"};
    struct tern_records set;
    struct tern_error e = {""};
    size_t records = 0, skipped = 0;
    struct tern_text lines = {0};
    char *text = folder_read(TERN_DATA, "llama-bench.json");
    cr_assert(text != NULL, "%s", path);
    cr_assert(
        eq(int, (int)tern_import(path, text, strlen(text), &o, &lines, &records, &skipped, &e), TERN_OK),
        "%s", e.text);
    cr_assert(eq(sz, records, 2));
    cr_assert(eq(sz, skipped, 0));
    cr_assert(eq(int, (int)tern_records_parse(lines.data, lines.used, &set, &e), TERN_OK));
    tern_text_free(&lines);
    free(text);
    return set;
}

Test(external, a_file_of_llama_bench_stands_beside_ours_with_source_date_and_machine) {
    struct tern_records set = imported_file();
    struct tern_record r[4] = {sample_one("tuned", NULL, 24, 1), sample_one("only", "p64", 100, 1)};
    r[0].kind = "e2e", r[0].op = "decode", r[0].model = "ggml-model-i2_s.gguf", r[0].unit = "tok/s",
    r[0].n = 32, r[0].threads = 2;
    r[2] = set.item[0], r[3] = set.item[1];
    char *folder = folder_new();
    write_all(r, 4, NULL, NULL, folder);
    cr_assert(
        holds(folder, "rivals.csv",
              "\"ggml-model-i2_s.gguf, decode 32, 2 threads\",\"llama.cpp bitnet 2B I2_S\",\"tok/s\",12,"));
    cr_assert(holds(folder, "rivals.csv", ",24,23,25,21,2,\"llama-bench\",\"2026-11-21\",\"m:1\""));
    cr_assert(holds(folder, "e2e.csv", "llama.cpp bitnet 2B I2_S")); /* our machine: among ours, too */
    folder_drop(folder);
    tern_records_free(&set);
}

enum { RUNS = 24 };

static void make_runs(struct tern_record *r, char run[][16], double step) {
    static const char *const ts[] = {"2026-01-02T03:04:05Z", "2026-02-02T03:04:05Z"};
    for (size_t i = 0; i < RUNS; i++) {
        const double wiggle = 1 + 0.002 * (double)((i * 7) % 5);
        r[i] = sample_one("ours", "p64", (i < RUNS / 2 ? 1000 : 1000 * step) * wiggle, 1);
        snprintf(run[i], 16, "r%02zu", i);
        r[i].run = run[i], r[i].ts = ts[i >= RUNS / 2], r[i].commit = i < RUNS / 2 ? "aaa1111" : "bbb2222";
    }
}

static struct tern_series_set series_of(const struct tern_record *r, const struct tern_annotations *notes) {
    const struct tern_change_options o = {.seed = 1};
    struct tern_series_set series;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_series_of(r, RUNS, notes, &o, &series, &e), TERN_OK), "%s", e.text);
    return series;
}

Test(external, a_history_is_drawn_and_listed_with_its_change_and_remark) {
    struct tern_record r[RUNS];
    char run[RUNS][16];
    make_runs(r, run, 1.1);
    struct tern_annotation note = {.commit = "bbb", .text = "exact head", .accepted = 1};
    const struct tern_annotations notes = {&note, 1};
    struct tern_series_set series = series_of(r, &notes);
    char *folder = folder_new();
    write_all(r, RUNS, &series, &notes, folder);
    cr_assert(holds(folder, "changes.csv", "\"2026-02-02\",\"aaa1111\",\"bbb2222\""));
    cr_assert(holds(folder, "changes.csv", "\"accepted: exact head\""));
    cr_assert(holds(folder, "history.csv", "\"2026-01-02\",\"2026-02-02\",\"bbb2222\""));
    cr_assert(holds(folder, "figures/history-1.gp", "+10.0 % bbb2222 exact head"));
    cr_assert(holds(folder, "figures/history-1.dat", "bbb2222 2026-02-02T03:04:05Z: "));
    tern_series_free(&series);
    folder_drop(folder);
}

Test(external, disturbed_runs_are_drawn_apart_and_counted) {
    struct tern_record r[RUNS];
    char run[RUNS][16];
    make_runs(r, run, 1.1);
    for (size_t i = RUNS / 2 - 1; i < RUNS / 2 + 2; i++)
        r[i].flags = "dirty dirty-load", r[i].est.median = 9000;
    struct tern_series_set series = series_of(r, NULL);
    char *folder = folder_new();
    write_all(r, RUNS, &series, NULL, folder);
    cr_assert(holds(folder, "figures/history-1.dat", ": 9.0000 µs/call, disturbed"));
    cr_assert(holds(folder, "figures/history-1.gp", "disturbed: left out"));
    cr_assert(holds(folder, "figures/history-1.gp", "+10.0 % bbb2222"));
    cr_assert(holds(folder, "history.csv", ",24,5,\"2026-01-02\""));
    cr_assert(holds(folder, "report.md", "5 runs left out of level and changes"));
    tern_series_free(&series);
    folder_drop(folder);
}

Test(external, a_history_of_another_machine_is_drawn_and_says_which) {
    struct tern_record r[RUNS], ours = sample_one("ours", "p64", 1000, 1);
    char run[RUNS][16];
    make_runs(r, run, 1.1);
    for (size_t i = 0; i < RUNS; i++) r[i].machine = "m:elsewhere";
    struct tern_series_set series = series_of(r, NULL);
    char *folder = folder_new();
    write_all(&ours, 1, &series, NULL, folder);
    cr_assert(holds(folder, "figures/history-1.gp", "+10.0 % bbb2222"));
    cr_assert(holds(folder, "history.csv", "hot, m:elsewhere"));
    cr_assert(holds(folder, "changes.csv", "hot, m:elsewhere"));
    tern_series_free(&series);
    folder_drop(folder);
}

Test(external, a_steady_history_has_no_change_and_says_so) {
    struct tern_record r[RUNS];
    char run[RUNS][16];
    make_runs(r, run, 1);
    struct tern_series_set series = series_of(r, NULL);
    char *folder = folder_new();
    write_all(r, RUNS, &series, NULL, folder);
    cr_assert(holds(folder, "report.md", "No change point was found."));
    tern_series_free(&series);
    folder_drop(folder);
}
