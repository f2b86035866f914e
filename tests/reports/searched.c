/* What a search left in the records, and the figures made of it; small cases whose numbers can be worked out
 * by hand. */
#define _GNU_SOURCE
#include "measure/records/search.h"
#include "reports/compare/compare.h"
#include "reports/figures/gnuplot.h"
#include "reports/figures/matrix.h"
#include "reports/figures/sensitivity.h"
#include "reports/page/report.h"
#include "reports/program.h"
#include "tests/reports/folder.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Variant 0 in four points of two parameters (the fifth is missing), variant 1 in one. The answer is trial 1.
 */
static const struct tern_search_variant variants[] = {{"gemv_p64_i8_r64k4__avx2", "p64", 409600},
                                                      {"gemv_tl2_i8_r1k1__avx2", "tl2", 341333}};
static const struct tern_search_trial trials[] = {
    {0, "prefetch=0 panels=1", 3, 120, 1, 118, 1, 9, NULL},
    {0, "prefetch=4096 panels=1", 8, 100, 1, 90, 2, 12, NULL},
    {0, "prefetch=4096 panels=2", 2, 155, 1, 150, 3, 4, "slower"},
    {0, "prefetch=0 panels=2", 2, 185, 1, 180, 5, 6, "slower"},
    {1, "-", 2, 800, 1, 790, 7, 8, "slower"}};
static const struct tern_search_answer answers[] = {{1, 0.1, 0}, {2, 0.2, 1}};
static const struct tern_record_search search = {.strategy = "race",
                                                 .effort = "normal",
                                                 .unit = "ns/call",
                                                 .candidates = 9,
                                                 .evaluations = 12,
                                                 .rounds = 8,
                                                 .seconds = 1.5,
                                                 .variant = variants,
                                                 .variants = 2,
                                                 .trial = trials,
                                                 .trials = 5,
                                                 .answer = answers,
                                                 .answers = 2};

static struct tern_record searched(void) {
    struct tern_record r = sample_one(NULL, NULL, NAN, NAN);
    r.kind = "search";
    r.est = (struct tern_estimate){.median = NAN};
    r.search = &search;
    return r;
}

static char *report(const struct tern_record *r, size_t count, const char *search_path,
                    struct tern_report_summary *sum) {
    char *folder = folder_new();
    const struct tern_report_options o = {.out = folder, .search = search_path};
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_report_write(r, count, &o, sum, &e), TERN_OK), "%s", e.text);
    return folder;
}

static int says(const char *folder, const char *name, const char *what) {
    char *text = folder_read(folder, name);
    cr_assert(text != NULL, "%s is missing", name);
    const int found = strstr(text, what) != NULL;
    free(text);
    return found;
}

Test(matrix, a_cell_prefers_the_comparison_to_the_search_and_marks_the_others) {
    const struct tern_record r[] = {sample_one("gemv_p64_i8_r64k4__avx2", "p64", 110, 1),
                                    sample_one("gemv_f16_f32_r1k16__avx2", "f16", 440, 4), searched()};
    struct tern_report_data d;
    struct tern_speedup_matrix m;
    cr_assert(eq(int, (int)tern_report_select(r, 3, 0, &d, NULL), TERN_OK));
    cr_assert(tern_matrix_of(&d, 0, &m));
    cr_assert(eq(sz, m.rows, 3));
    cr_assert(eq(sz, m.columns, 1));
    cr_assert(eq(str, (char *)m.row[0].variant, "gemv_p64_i8_r64k4__avx2"));
    cr_assert(eq(dbl, m.row[0].cell[0].ns, 110), "the search saw 100, the comparison 110");
    cr_assert(m.row[0].cell[0].sample != NULL);
    cr_assert(eq(dbl, m.row[2].cell[0].ns, 800));
    cr_assert(m.row[2].cell[0].sample == NULL);
    cr_assert(epsilon_eq(dbl, tern_matrix_speedup(&m, &m.row[0], 0, 0).ratio, 4, 1e-12));
    cr_assert(epsilon_eq(dbl, tern_matrix_speedup(&m, &m.row[2], 0, 0).ratio, 0.55, 1e-12));
    tern_matrix_free(&m);
    tern_report_data_free(&d);
    char *folder = report(r, 3, "", NULL);
    cr_assert(says(folder, "index.html",
                   "\xe2\x89\x88"
                   "0.55"));
    cr_assert(says(folder, "matrix.csv", "\"TL2\",800,7.27272727"));
    folder_drop(folder);
}

Test(matrix, the_mean_is_geometric_and_over_the_shapes_that_have_both) {
    struct tern_record r[] = {sample_one("fast", "p64", 100, 1), sample_one("dense", "f16", 400, 1),
                              sample_one("fast", "p64", 100, 1), sample_one("dense", "f16", 900, 1),
                              sample_one("other", "e80", 300, 1)};
    r[2].m = r[3].m = r[4].m = 1280;
    struct tern_report_data d;
    struct tern_speedup_matrix m;
    size_t columns;
    cr_assert(eq(int, (int)tern_report_select(r, 5, 0, &d, NULL), TERN_OK));
    cr_assert(tern_matrix_of(&d, 0, &m));
    cr_assert(eq(str, (char *)m.row[0].variant, "fast"));
    cr_assert(epsilon_eq(dbl, tern_matrix_mean(&m, &m.row[0], 0, &columns), 6, 1e-12));
    cr_assert(eq(sz, columns, 2));
    cr_assert(eq(str, (char *)m.row[1].variant, "other"));
    cr_assert(epsilon_eq(dbl, tern_matrix_mean(&m, &m.row[1], 0, &columns), 3, 1e-12));
    cr_assert(eq(sz, columns, 1));
    cr_assert(isnan(tern_matrix_mean(&m, &m.row[0], 3, &columns)), "no I2_S was measured");
    tern_matrix_free(&m);
    tern_report_data_free(&d);
}

Test(matrix, openblas_stands_for_f32_where_it_was_timed) {
    const struct tern_record r[] = {sample_one("fast", "p64", 100, 1),
                                    sample_one("gemv_f32_f32_r1k16__avx2", "f32", 300, 1),
                                    sample_one("gemv_f32_f32_r1k1_openblas__scalar", "f32", 500, 1)};
    struct tern_report_data d;
    struct tern_speedup_matrix m;
    cr_assert(eq(int, (int)tern_report_select(r, 3, 0, &d, NULL), TERN_OK));
    cr_assert(tern_matrix_of(&d, 0, &m));
    cr_assert(epsilon_eq(dbl, tern_matrix_speedup(&m, &m.row[0], 0, 1).ratio, 5, 1e-12));
    tern_matrix_free(&m);
    tern_report_data_free(&d);
}

Test(select, int8_of_a_library_is_a_dense_baseline) {
    const struct tern_record r[] = {sample_one("gemm_i8_i8_r1k1_onednn__scalar", "i8", 50, 1),
                                    sample_one("fast", "p64", 100, 1)};
    struct tern_report_data d;
    cr_assert(eq(int, (int)tern_report_select(r, 2, 0, &d, NULL), TERN_OK));
    cr_assert(eq(str, (char *)d.problem[0].best->variant, "fast"));
    tern_report_data_free(&d);
}

Test(sensitivity, slices_change_one_parameter_of_the_answer) {
    const struct tern_record r = searched();
    struct tern_sensitivity s;
    cr_assert(tern_sensitivity_of(&r, &s));
    cr_assert(eq(sz, s.params, 2));
    cr_assert(s.answer == &trials[1]);
    cr_assert(eq(str, s.param[0].name, "prefetch"));
    cr_assert(eq(long, s.param[0].chosen, 4096));
    cr_assert(eq(sz, s.param[0].values, 2));
    cr_assert(s.param[0].value[0].trial == &trials[0]);
    cr_assert(s.param[1].value[1].trial == &trials[2]);
    cr_assert(eq(dbl, tern_trial_cost(&trials[0]), 118), "few rounds: the fastest counts");
    cr_assert(eq(dbl, tern_trial_cost(&trials[1]), 100), "eight rounds: the median counts");
}

Test(sensitivity, a_pair_is_shown_when_both_parameters_changed_at_once) {
    struct tern_record_search few = search;
    struct tern_record r = searched();
    struct tern_sensitivity s;
    cr_assert(tern_sensitivity_of(&r, &s));
    cr_assert(tern_sensitivity_pair(&s, 0, 1));
    cr_assert(tern_sensitivity_at(&s, 0, 0, 1, 2) == &trials[3]);
    cr_assert(tern_sensitivity_at(&s, 0, 0, 1, 4) == NULL, "not measured");
    few.trials = 3; /* without prefetch=0 panels=2 */
    r.search = &few;
    cr_assert(tern_sensitivity_of(&r, &s));
    cr_assert(not(tern_sensitivity_pair(&s, 0, 1)));
}

Test(searched, tables_hold_what_was_tried) {
    const struct tern_record r[] = {sample_one("gemv_p64_i8_r64k4__avx2", "p64", 110, 1), searched()};
    char *folder = report(r, 2, "", NULL);
    cr_assert(says(folder, "trials.csv",
                   "\"race\",\"normal\",\"gemv_p64_i8_r64k4__avx2\",\"prefetch=0 panels=2\",\"p64\",409600,"
                   "\"ns/call\",185,1,180,2,5,6,\"slower\""));
    cr_assert(
        says(folder, "trace.csv", ",2,0.2,\"gemv_p64_i8_r64k4__avx2\",\"prefetch=4096 panels=1\",100,"));
    cr_assert(
        says(folder, "sensitivity.csv", "\"panels\",2,\"prefetch=4096 panels=2\",1.5,155,1,150,2,\"no\""));
    cr_assert(says(folder, "formats.csv", "\"tl2\",1.666"));
    cr_assert(says(folder, "figures/search.dat", "# trials0"));
    cr_assert(says(folder, "figures/sensitivity.gp", "prefetch"));
    cr_assert(says(folder, "figures/pair-1.dat", "1.80"));
    folder_drop(folder);
}

Test(searched, sections_without_records_name_the_command_that_writes_them) {
    static const char *const what[] = {"hold no search. <code>tern tune</code>",
                                       "hold no search whose answer has parameters. <code>tern tune</code>",
                                       "hold no rounds of two or more finalists. <code>tern tune</code>",
                                       "several numbers of threads. <code>tern tune --threads 1,2</code>"};
    const struct tern_record r = sample_one("only", "p64", 100, 1);
    char *folder = report(&r, 1, "", NULL);
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        cr_expect(says(folder, "index.html", what[i]), "%s", what[i]);
    cr_assert(says(folder, "missing.csv", "\"Searches\""));
    folder_drop(folder);
}

Test(threads, efficiency_is_speedup_over_the_ratio_of_threads) {
    struct tern_record r[] = {sample_one("a", "p64", 100, 1), sample_one("b", "p64", 62.5, 1)};
    r[1].threads = 2;
    char *folder = report(r, 2, "", NULL);
    cr_assert(says(folder, "threads.csv", ",21,1.6,0.8,,,,\n"));
    cr_assert(says(folder, "figures/threads.dat", "# threads"));
    folder_drop(folder);
}

Test(threads, the_read_ceiling_is_that_of_the_same_number_of_threads) {
    struct tern_record r[] = {sample_one("a", "p64", 100, 1), sample_one("b", "p64", 62.5, 1),
                              sample_one("read", NULL, 1000, 1), sample_one("read", NULL, 500, 1)};
    r[1].threads = r[3].threads = 2;
    for (size_t i = 2; i < 4; i++) r[i].kind = "ceiling", r[i].op = "read", r[i].bytes = 1e5, r[i].macs = NAN;
    char *folder = report(r, 4, "", NULL);
    /* 100 and 200 GB/s, four multiply-adds per byte */
    cr_assert(says(folder, "threads.csv", ",1,1,400,"));
    cr_assert(says(folder, "threads.csv", ",1.6,0.8,800,"));
    folder_drop(folder);
}

Test(finalists, rounds_are_compared_in_pairs) {
    static const double a[] = {100, 200, 100, 100}, b[] = {150, 300, NAN, 200}, other[] = {1, 2};
    struct tern_record r[] = {sample_one("a", "p64", 100, 1), sample_one("b", "e80", 150, 1),
                              sample_one("c", "i2s", 160, 1)};
    r[0].samples = a, r[1].samples = b, r[2].samples = other;
    r[0].sample_count = r[1].sample_count = 4, r[2].sample_count = 2;
    char *folder = report(r, 3, "", NULL);
    cr_assert(says(folder, "finalists.csv", "\"b\",\"-\",\"e80\",2,1.5,\"yes\""));
    cr_assert(says(folder, "finalists.csv", "\"b\",\"-\",\"e80\",3,2,\"yes\""),
              "the round without a time is gone");
    cr_assert(not(says(folder, "finalists.csv", "\"c\"")), "it was timed in rounds of its own");
    folder_drop(folder);
}

Test(searched, a_comparison_passes_over_it) {
    const struct tern_record a[] = {sample_one("x", "p64", 100, 1), searched()},
                             b[] = {sample_one("x", "p64", 101, 1), searched()};
    const struct tern_compare_options o = {.floor = NAN};
    struct tern_compare c;
    cr_assert(eq(int, (int)tern_compare_records(a, 2, b, 2, &o, &c, NULL), TERN_OK));
    cr_assert(eq(sz, c.rows, 1));
    tern_compare_free(&c);
}

Test(figures, come_as_png_and_pdf_where_gnuplot_can) {
    char *program = tern_find_program("gnuplot", getenv("PATH"));
    const int png = program && tern_gnuplot_has(program, "pngcairo"),
              pdf = program && tern_gnuplot_has(program, "pdfcairo");
    free(program);
    if (!png || !pdf) cr_skip_test("no gnuplot with cairo");
    const struct tern_record r[] = {sample_one("gemv_p64_i8_r64k4__avx2", "p64", 110, 1),
                                    sample_one("gemv_f16_f32_r1k16__avx2", "f16", 440, 4), searched()};
    struct tern_report_summary sum;
    char *folder = report(r, 3, getenv("PATH"), &sum);
    cr_assert(eq(sz, sum.drawn, sum.figures), "%s", sum.why_not_drawn);
    cr_assert(says(folder, "figures/formats.pdf", "%PDF"));
    cr_assert(says(folder, "figures/formats.png", "\x89PNG"));
    cr_assert(says(folder, "index.html", "figures/formats.pdf"));
    cr_assert(says(folder, "figures/matrix-n1-1t-hot.svg", "fill = 'rgb(") ||
              says(folder, "figures/matrix-n1-1t-hot.svg", "fill = 'rgb( "));
    folder_drop(folder);
}

/* A gnuplot without cairo: it draws SVG, and fails where it is asked for another terminal. */
Test(figures, a_missing_terminal_is_named) {
    char *tools = folder_new();
    folder_program(tools, "gnuplot",
                   "#!/bin/sh\ncase \"$*\" in *set\\ terminal*) exit 1;; esac\n"
                   "for last; do :; done\necho '<svg width=\"1\"><path/></svg>' > \"${last%.gp}.svg\"\n");
    const struct tern_record r[] = {sample_one("gemv_p64_i8_r64k4__avx2", "p64", 110, 1), searched()};
    struct tern_report_summary sum;
    char *folder = report(r, 2, tools, &sum);
    cr_assert(eq(sz, sum.drawn, sum.figures), "%s", sum.why_not_drawn);
    cr_assert(says(folder, "missing.csv", "\"Figures as PNG\",\"this gnuplot has no terminal pngcairo\""));
    cr_assert(says(folder, "missing.csv", "\"Figures as PDF\",\"this gnuplot has no terminal pdfcairo\""));
    cr_assert(not(says(folder, "index.html", ".png")));
    folder_drop(folder);
    folder_drop(tools);
}
