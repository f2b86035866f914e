/* tern report: records in, a folder out. */
#include "cli/command.h"
#include "cli/files.h"

#include "base/file.h"
#include "measure/records/json_text.h"
#include "measure/records/record.h"
#include "reports/changes/changes.h"
#include "reports/page/browser.h"
#include "reports/page/report.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arguments {
    struct tern_cli_texts records;
    const char *out, *history;
    int all_runs, svg_only, json, quiet, open;
};

static const struct tern_cli_option options[] = {
    {"records", 0, "FILE",
     "JSON Lines written by tune, bench, ceilings, e2e, verify; may be repeated (default: the user's)",
     TERN_CLI_TEXTS(struct arguments, records, SIZE_MAX)},
    {"history", 0, "FILE",
     "file of tern history: adds series with change points; without --records its records are shown, too",
     TERN_CLI_TEXT(struct arguments, history)},
    {"db", 0, "FILE", "the same as --history", TERN_CLI_TEXT(struct arguments, history)},
    {"out", 'o', "DIR", "folder to write; made if it is missing (default: report in the user's data folder)",
     TERN_CLI_TEXT(struct arguments, out)},
    {"all-runs", 0, NULL, "every run of a problem, not only the newest",
     TERN_CLI_FLAG(struct arguments, all_runs)},
    {"svg-only", 0, NULL, "no PNG and PDF of the figures, which take longer",
     TERN_CLI_FLAG(struct arguments, svg_only)},
    {"open", 0, NULL,
     "show the page in $BROWSER, or with xdg-open; exit code 4 when neither can, but the page is written",
     TERN_CLI_FLAG(struct arguments, open)},
    {"json", 0, NULL, "what was written, as JSON", TERN_CLI_FLAG(struct arguments, json)},
    {"quiet", 'q', NULL, "no warnings", TERN_CLI_FLAG(struct arguments, quiet)},
};

struct inputs {
    struct tern_report_source *source; /* one for each file, and one for a history */
    struct tern_records *set;
    struct tern_record *all; /* of every file, in order */
    size_t files, count;
    struct tern_records remembered; /* of the history */
    struct tern_annotations notes;
    struct tern_series_set series;
};

static void drop(struct inputs *in) {
    for (size_t i = 0; in->set && i < in->files; i++) tern_records_free(&in->set[i]);
    free(in->source);
    free(in->set);
    free(in->all);
    tern_series_free(&in->series);
    tern_annotations_free(&in->notes);
    tern_records_free(&in->remembered);
}

/* Without a file of records the history's own are shown. */
static enum tern_status read_history(struct inputs *in, const char *path, struct tern_error *e) {
    const struct tern_change_options o = {.seed = 1};
    const struct tern_history_query all = {0};
    struct tern_history *h;
    enum tern_status s = tern_history_open(path, 1, &h, e);
    if (s) return s;
    s = tern_history_find(h, &all, &in->remembered, e);
    if (!s) s = tern_history_annotations(h, &in->notes, e);
    tern_history_close(h);
    if (!s) s = tern_series_of(in->remembered.item, in->remembered.count, &in->notes, &o, &in->series, e);
    if (s || in->files) return s;
    in->all = calloc(in->remembered.count + 1, sizeof *in->all);
    if (!in->all) return tern_fail(e, TERN_NO_MEMORY, "report: out of memory");
    for (size_t i = 0; i < in->remembered.count; i++) in->all[i] = in->remembered.item[i];
    in->count = in->remembered.count;
    in->source[0] = (struct tern_report_source){.path = path, .records = in->count};
    return TERN_OK;
}

static enum tern_status read_all(struct inputs *in, struct tern_error *e) {
    for (size_t i = 0; i < in->files; i++) {
        const enum tern_status s = tern_records_read(in->source[i].path, &in->set[i], e);
        if (s) return s;
        in->source[i].records = in->set[i].count;
        in->source[i].skipped = in->set[i].skipped;
        in->count += in->set[i].count;
    }
    if (!in->files) return TERN_OK;
    in->all = calloc(in->count ? in->count : 1, sizeof *in->all);
    if (!in->all) return tern_fail(e, TERN_NO_MEMORY, "report: %zu records: out of memory", in->count);
    size_t at = 0;
    for (size_t i = 0; i < in->files; i++)
        for (size_t j = 0; j < in->set[i].count; j++) in->all[at++] = in->set[i].item[j];
    return TERN_OK;
}

static void print_text(const char *out, const struct tern_report_summary *s) {
    printf("%s/index.html\n", out);
    printf("%zu problem%s, %zu sample%s, %zu ceiling%s, %zu end-to-end result%s, %zu of %zu figure%s drawn\n",
           s->problems, s->problems == 1 ? "" : "s", s->samples, s->samples == 1 ? "" : "s", s->ceilings,
           s->ceilings == 1 ? "" : "s", s->e2e, s->e2e == 1 ? "" : "s", s->drawn, s->figures,
           s->figures == 1 ? "" : "s");
}

static int print_json(const char *out, const struct tern_report_summary *s) {
    char *page = tern_format_text("%s/index.html", out);
    json_t *doc = json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "page", tern_json_text(page ? page : out),
                            "problems", (json_int_t)s->problems, "samples", (json_int_t)s->samples,
                            "ceilings", (json_int_t)s->ceilings, "e2e", (json_int_t)s->e2e, "figures",
                            (json_int_t)s->figures, "drawn", (json_int_t)s->drawn);
    free(page);
    if (doc && *s->why_not_drawn) json_object_set_new(doc, "why_not_drawn", tern_json_text(s->why_not_drawn));
    return tern_cli_print_json(doc);
}

static int show(const char *folder) {
    const char *display = getenv("DISPLAY");
    const struct tern_browser b = {.command = getenv("BROWSER"),
                                   .display = display && *display ? display : getenv("WAYLAND_DISPLAY"),
                                   .search = getenv("PATH")};
    struct tern_error e = {""};
    char *page = tern_format_text("%s/index.html", folder);
    const enum tern_status s =
        page ? tern_browser_open(page, &b, &e) : tern_fail(&e, TERN_NO_MEMORY, "report: out of memory");
    free(page);
    return s ? tern_cli_fail(s, &e) : 0;
}

static int make(const struct arguments *a, struct inputs *in) {
    struct tern_report_summary sum;
    struct tern_error e = {""};
    enum tern_status s = read_all(in, &e);
    if (!s && a->history) s = read_history(in, a->history, &e);
    const struct tern_report_options o = {.out = a->out,
                                          .search = getenv("PATH"),
                                          .all_runs = a->all_runs,
                                          .svg_only = a->svg_only,
                                          .source = in->source,
                                          .sources = in->files ? in->files : 1,
                                          .history_path = a->history,
                                          .history = a->history ? &in->series : NULL,
                                          .notes = a->history ? &in->notes : NULL};
    if (!s) s = tern_report_write(in->all, in->count, &o, &sum, &e);
    if (s) return tern_cli_fail(s, &e);
    if (*sum.why_not_drawn && !a->quiet) fprintf(stderr, "tern: report: %s\n", sum.why_not_drawn);
    if (!a->json) print_text(a->out, &sum);
    const int rc = a->json ? print_json(a->out, &sum) : 0;
    return rc || !a->open ? rc : show(a->out);
}

static int report(const struct arguments *a, const char *own) {
    struct inputs in = {.files = 0};
    struct tern_error e = {""};
    in.files = own ? 1 : a->records.count;
    in.source = calloc(in.files + 1, sizeof *in.source);
    in.set = calloc(in.files + 1, sizeof *in.set);
    for (size_t i = 0; in.source && i < in.files; i++) in.source[i].path = own ? own : a->records.item[i];
    const int rc = in.source && in.set
                       ? make(a, &in)
                       : tern_cli_fail(tern_fail(&e, TERN_NO_MEMORY, "report: out of memory"), &e);
    drop(&in);
    return rc;
}

/* What was not named is the user's own. */
static int complete(struct arguments *a) {
    struct tern_error e = {""};
    char *own = a->records.count || a->history ? NULL : tern_cli_records_file(NULL);
    char *folder = a->out ? NULL : tern_xdg_path("data", "report");
    int rc = 0;
    if (!a->records.count && !a->history && !own)
        rc = tern_cli_fail(tern_cli_no_file("report", "name a file with --records", &e), &e);
    else if (a->out ? !*a->out : !folder)
        rc = tern_cli_usage("report", "--out: name a folder");
    else if (own && access(own, R_OK) && errno == ENOENT)
        rc = tern_cli_fail(tern_fail(&e, TERN_INCONCLUSIVE,
                                     "report: %s: there are no records yet; tern tune makes some", own),
                           &e);
    if (!a->out) a->out = folder;
    if (!rc) rc = report(a, own);
    free(own);
    free(folder);
    return rc;
}

static int run(int argc, char **argv) {
    struct arguments a = {0};
    int rc = tern_cli_parse(&tern_command_report, argc, argv, &a, NULL);
    if (rc) return rc;
    rc = complete(&a);
    tern_cli_release(&tern_command_report, &a);
    return rc;
}

const struct tern_command tern_command_report = {
    .name = "report",
    .summary = "one self-contained HTML page (plus Markdown, CSV, SVG) from records",
    .usage = "[--records FILE ...] [--out DIR] [options]",
    .about = "Turns records, the user's where none are named, into DIR/index.html (opens from disk, needs no "
             "network), DIR/report.md, "
             "DIR/*.csv and DIR/figures/ (SVG, PNG, PDF, and the gnuplot scripts and data that made them). "
             "If one problem has several runs, the newest counts. Without gnuplot everything but the "
             "drawings is written, and the page says what to install.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern report --records tune.jsonl --records e2e.jsonl --out report",
    .run = run,
};
