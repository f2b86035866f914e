#define _GNU_SOURCE
#include "reports/page/report.h"

#include "reports/figures/gnuplot.h"
#include "reports/program.h"
#include "tests/reports/folder.h"
#include "tests/reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tern_report_summary written(const struct tern_record *r, size_t count, const char *out,
                                          const char *search) {
    const struct tern_report_source source = {"records.jsonl", count, 2};
    const struct tern_report_options o = {
        .out = out, .source = &source, .sources = 1, .search = search, .svg_only = 1};
    struct tern_report_summary sum;
    struct tern_error e = {""};
    cr_assert(eq(int, (int)tern_report_write(r, count, &o, &sum, &e), TERN_OK), "%s", e.text);
    return sum;
}

static void holds(const char *folder, const char *name, const char *what) {
    char *text = folder_read(folder, name);
    cr_assert(text != NULL, "%s is missing", name);
    cr_assert(strstr(text, what) != NULL, "%s does not hold: %s", name, what);
    free(text);
}

static void lacks(const char *folder, const char *name, const char *what) {
    char *text = folder_read(folder, name);
    cr_assert(text != NULL, "%s is missing", name);
    cr_assert(strstr(text, what) == NULL, "%s holds: %s", name, what);
    free(text);
}

static struct tern_record *sample(size_t *count) {
    struct tern_record *r = calloc(SAMPLE_ROOM, sizeof *r);
    cr_assert(r != NULL);
    *count = sample_run(r, "t-1", "2026-01-02T03:04:05Z", 1);
    return r;
}

static int have_gnuplot(void) {
    char *program = tern_find_program("gnuplot", getenv("PATH"));
    free(program);
    return program != NULL;
}

Test(page, without_gnuplot_everything_but_the_drawings_is_written) {
    static const char *const names[] = {"index.html",
                                        "report.md",
                                        "leaderboard.csv",
                                        "winners.csv",
                                        "roofline.csv",
                                        "ceilings.csv",
                                        "e2e.csv",
                                        "machine.csv",
                                        "missing.csv",
                                        "matrix.csv",
                                        "finalists.csv",
                                        "threads.csv",
                                        "formats.csv",
                                        "sensitivity.csv",
                                        "trials.csv",
                                        "trace.csv",
                                        "figures/matrix-n1-1t-hot.gp",
                                        "figures/finalists-n1-1t-hot.dat",
                                        "figures/threads.gp",
                                        "figures/formats.dat",
                                        "figures/sensitivity.gp",
                                        "figures/search.dat",
                                        "figures/speedup.gp",
                                        "figures/speedup.dat",
                                        "figures/roofline-1t.gp",
                                        "figures/roofline-2t.dat",
                                        "figures/e2e.dat"};
    size_t count;
    struct tern_record *r = sample(&count);
    char *folder = folder_new();
    const struct tern_report_summary sum = written(r, count, folder, "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *text = folder_read(folder, names[i]);
        cr_expect(text != NULL && *text, "%s", names[i]);
        free(text);
    }
    cr_assert(eq(sz, sum.drawn, 0));
    cr_assert(eq(sz, sum.figures, 29));
    holds(folder, "index.html", "install the package gnuplot-nox");
    holds(folder, "report.md", "install the package gnuplot-nox");
    folder_drop(folder);
    free(r);
}

Test(page, an_older_drawing_does_not_survive_a_run_without_gnuplot) {
    size_t count;
    struct tern_record *r = sample(&count);
    char *folder = folder_new();
    written(r, count, folder, "");
    folder_program(folder, "figures/speedup.svg", "<svg></svg>");
    written(r, count, folder, "");
    cr_assert(folder_read(folder, "figures/speedup.svg") == NULL);
    folder_drop(folder);
    free(r);
}

Test(page, gnuplot_draws_every_figure_without_complaint) {
    if (!have_gnuplot()) cr_skip_test("gnuplot is not installed");
    size_t count;
    struct tern_record *r = sample(&count);
    char *folder = folder_new();
    const struct tern_report_summary sum = written(r, count, folder, getenv("PATH"));
    cr_assert(eq(sz, sum.drawn, sum.figures), "%s", sum.why_not_drawn);
    holds(folder, "figures/roofline-1t.svg", "vpdpbusd zmm: ");
    holds(folder, "figures/roofline-1t.svg",
          "<title>640\xc3\x97"
          "2560 N=1 hot, gemv_p64_i8_r64k4__avx512vnni: ");
    holds(folder, "figures/speedup.svg", "prefers-color-scheme: dark");
    holds(folder, "index.html", "aria-labelledby=\"speedup-title\"");
    folder_drop(folder);
    free(r);
}

Test(page, needs_nothing_from_outside) {
    if (!have_gnuplot()) cr_skip_test("gnuplot is not installed");
    static const char *const outside[] = {"<link",  "src=",        "@import", "url(http",
                                          "fetch(", "onmousemove", "<?xml"};
    size_t count;
    struct tern_record *r = sample(&count);
    char *folder = folder_new();
    written(r, count, folder, getenv("PATH"));
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) lacks(folder, "index.html", outside[i]);
    holds(folder, "index.html", "default-src 'none'");
    folder_drop(folder);
    free(r);
}

Test(page, equal_records_give_equal_bytes) {
    size_t count;
    struct tern_record *r = sample(&count);
    char *folder = folder_new();
    written(r, count, folder, getenv("PATH"));
    char *first = folder_read(folder, "index.html");
    written(r, count, folder, getenv("PATH"));
    char *second = folder_read(folder, "index.html");
    cr_assert(first && second && !strcmp(first, second));
    free(first);
    free(second);
    folder_drop(folder);
    free(r);
}

/* Every string of a record says something hostile; the interesting characters reach no output unescaped. */
Test(page, hostile_strings_stay_text) {
    static const char evil[] = "</script><script>alert(1)</script>\"'`|$(x)\n\t\x01\xff";
    struct tern_record r[6];
    r[0] = sample_one(evil, "f16", 300, 3), r[1] = sample_one("i2s", "i2s", 200, 2),
    r[2] = sample_one(evil, evil, 100, 1);
    r[3] = sample_one(evil, NULL, 100, 1), r[4] = sample_one("tuned", NULL, 100, 1),
    r[5] = sample_one(evil, NULL, 1, 1);
    r[3].kind = "ceiling", r[3].op = "read", r[4].kind = "e2e", r[5].kind = "machine";
    for (size_t i = 0; i < 6; i++) {
        r[i].machine = r[i].run = r[i].regime = r[i].flags = r[i].params = r[i].base = r[i].ceiling =
            r[i].model = r[i].suite = evil;
        r[i].why_no_counters = r[i].why_no_energy = r[i].ts = evil;
        if (i != 3) r[i].op = evil;
    }
    char *folder = folder_new();
    const struct tern_report_summary sum = written(r, 6, folder, getenv("PATH"));
    lacks(folder, "index.html", "<script>alert");
    lacks(folder, "report.md", "| </script>");
    holds(folder, "report.md", "| &lt;/script&gt;");
    lacks(folder, "figures/speedup.gp", "alert");
    lacks(folder, "figures/speedup.gp", "`");
    lacks(folder, "figures/roofline-1t.gp", "$(");
    lacks(folder, "figures/roofline-1t.dat", "<");
    lacks(folder, "leaderboard.csv", "\t");
    holds(folder, "index.html", "&lt;script&gt;alert(1)");
    if (have_gnuplot()) cr_assert(eq(sz, sum.drawn, sum.figures), "%s", sum.why_not_drawn);
    folder_drop(folder);
}

Test(page, tells_what_was_not_measured_and_why) {
    size_t count;
    struct tern_record *r = sample(&count);
    char *folder = folder_new();
    written(r, count, folder, "");
    holds(folder, "missing.csv",
          "\"Hardware counters\",\"virtual CPU without PMU: perf_event_open: No such file or directory\"");
    holds(folder, "missing.csv", "\"Energy\",\"no RAPL domain in /sys/class/powercap\"");
    holds(folder, "missing.csv", "\"95 % interval\",\"fewer than 6 samples were taken\",36");
    holds(folder, "missing.csv",
          "\"Lines of the records\",\"torn, not JSON or of another schema: skipped\",2");
    folder_drop(folder);
    free(r);
}

Test(page, an_absent_baseline_is_a_dash_with_a_reason) {
    const struct tern_record r = sample_one("only", "p64", 100, 1);
    char *folder = folder_new();
    written(&r, 1, folder, "");
    holds(folder, "missing.csv", "\"Speedup over f16\",\"no f16 variant was measured for this problem\",1");
    holds(folder, "report.md", "| \xe2\x80\x93 | \xe2\x80\x93 | 0 |");
    lacks(folder, "winners.csv", ",0,0,0");
    folder_drop(folder);
}

Test(page, shows_the_speedup_of_the_records) {
    const struct tern_record r[] = {sample_one("best", "p64", 100, 1), sample_one("dense", "f16", 450, 4),
                                    sample_one("plain", "i2s", 250, 2)};
    char *folder = folder_new();
    written(r, 3, folder, "");
    holds(folder, "winners.csv", "\"dense\",4.5,");
    holds(folder, "winners.csv", "\"plain\",2.5,");
    holds(folder, "index.html", "<b>4.50\xc3\x97</b>");
    folder_drop(folder);
}

Test(page, gives_command_lines_to_measure_again) {
    size_t count;
    struct tern_record *r = sample(&count);
    char *folder = folder_new();
    written(r, count, folder, "");
    holds(folder, "report.md", "tern bench --problem 640x2560x1 --problem 640x2560x128");
    holds(folder, "report.md", "tern e2e -m synth:2b-4t -n 32 -t 1,2 -r 7");
    holds(folder, "report.md", "tern ceilings --threads 1,2");
    folder_drop(folder);
    free(r);
}

Test(page, two_machines_are_told_apart) {
    struct tern_record r[] = {sample_one("best", "p64", 100, 1), sample_one("dense", "f16", 450, 4),
                              sample_one("best", "p64", 300, 1), sample_one("dense", "f16", 450, 4)};
    r[2].machine = r[3].machine = "m:2";
    char *folder = folder_new();
    const struct tern_report_summary sum = written(r, 4, folder, "");
    cr_assert(eq(sz, sum.problems, 2));
    holds(folder, "figures/speedup-m2.dat", "\t1.5\t");
    holds(folder, "index.html", "<td>m:2</td>");
    folder_drop(folder);
}

Test(page, machine_facts_are_read_from_the_machine_record) {
    size_t count;
    struct tern_record *r = sample(&count);
    char *folder = folder_new();
    written(r, count, folder, "");
    holds(folder, "machine.csv", "\"Processor\",\"Made-up CPU of the tests @ 2.10GHz\"");
    holds(folder, "machine.csv", "\"L2 cache\",\"2.00 MiB\"");
    holds(folder, "machine.csv", "\"Topology from\",\"hwloc 2.9.0\"");
    holds(folder, "machine.csv", "\"vm\",\"measured in a virtual machine: neighbours may take time away\"");
    folder_drop(folder);
    free(r);
}

Test(page, shows_the_facts_of_this_machine_from_its_record) {
    const struct tern_machine *m;
    struct tern_record r[2];
    char params[1024], cores[64];
    cr_assert(eq(int, (int)tern_machine_get(&m, NULL), TERN_OK));
    tern_record_of_machine(m, params, sizeof params, &r[0]);
    r[1] = sample_one("only", "p64", 100, 1);
    r[1].machine = m->key;
    char *folder = folder_new();
    written(r, 2, folder, "");
    snprintf(cores, sizeof cores, "\"Processors usable\",\"%zu\"", m->cpus);
    holds(folder, "machine.csv", cores);
    holds(folder, "machine.csv", m->key);
    folder_drop(folder);
}

Test(page, facts_that_do_not_fit_are_left_out_whole) {
    struct tern_machine m = {.vendor = "AVendor", .cpus = 2, .kernel = "6.1 of\"us"};
    struct tern_record r;
    char params[26];
    tern_record_of_machine(&m, params, sizeof params, &r);
    cr_assert(eq(str, (char *)r.params, "vendor=AVendor cpus=2"));
}

Test(page, no_record_is_inconclusive) {
    struct tern_error e = {""};
    char *folder = folder_new();
    const struct tern_report_options o = {.out = folder, .search = ""};
    cr_assert(eq(int, (int)tern_report_write(NULL, 0, &o, NULL, &e), TERN_INCONCLUSIVE));
    cr_assert(e.text[0] != 0);
    folder_drop(folder);
}

Test(page, a_folder_that_cannot_be_made_is_one_line_of_error) {
    const struct tern_record r = sample_one("only", "p64", 100, 1);
    struct tern_error e = {""};
    const struct tern_report_options o = {.out = "/dev/null/report", .search = ""};
    cr_assert(ne(int, (int)tern_report_write(&r, 1, &o, NULL, &e), TERN_OK));
    cr_assert(e.text[0] && !strchr(e.text, '\n'));
}
