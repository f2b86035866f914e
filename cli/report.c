/* tern report: records in, a folder out. */
#include "cli/command.h"

#include "base/file.h"
#include "measure/records/record.h"
#include "reports/changes/changes.h"
#include "reports/page/browser.h"
#include "reports/page/report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inputs {
    struct tern_report_source *source;
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
    json_t *doc = json_pack("{s:s+, s:I, s:I, s:I, s:I, s:I, s:I}", "page", out, "/index.html", "problems",
                            (json_int_t)s->problems, "samples", (json_int_t)s->samples, "ceilings",
                            (json_int_t)s->ceilings, "e2e", (json_int_t)s->e2e, "figures",
                            (json_int_t)s->figures, "drawn", (json_int_t)s->drawn);
    if (doc && *s->why_not_drawn) json_object_set_new(doc, "why_not_drawn", json_string(s->why_not_drawn));
    const int bad = !doc || json_dumpf(doc, stdout, JSON_INDENT(2));
    json_decref(doc);
    putchar('\n');
    return bad ? 3 : 0;
}

struct wishes {
    struct tern_report_options report;
    int json, quiet, open;
};

static int parse(int argc, char **argv, struct inputs *in, struct wishes *w) {
    static const struct option options[] = {{"records", required_argument, 0, 'r'},
                                            {"out", required_argument, 0, 'o'},
                                            {"history", required_argument, 0, 'd'},
                                            {"db", required_argument, 0, 'd'},
                                            {"all-runs", no_argument, 0, 'a'},
                                            {"json", no_argument, 0, 'j'},
                                            {"svg-only", no_argument, 0, 's'},
                                            {"quiet", no_argument, 0, 'q'},
                                            {"open", no_argument, 0, 'O'},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    const char *name = tern_command_report.name;
    struct tern_report_options *o = &w->report;
    for (int c; (c = tern_cli_getopt(argc, argv, "ho:q", options, &tern_command_report)) != -1;) {
        switch (c) {
        case 'r':
            in->source[in->files++].path = optarg;
            break;
        case 'o':
            o->out = optarg;
            break;
        case 'd':
            o->history_path = optarg;
            break;
        case 'a':
            o->all_runs = 1;
            break;
        case 'j':
            w->json = 1;
            break;
        case 's':
            o->svg_only = 1;
            break;
        case 'q':
            w->quiet = 1;
            break;
        case 'O':
            w->open = 1;
            break;
        default:
            return 3;
        }
    }
    if (optind < argc)
        return tern_cli_usage(name, "'%s' is not an option; name files by --records", argv[optind]);
    if (!in->files && !o->history_path)
        return tern_cli_usage(name, "--records FILE or --history FILE.db is missing");
    if (!o->out || !*o->out) return tern_cli_usage(name, "--out DIR is missing");
    return 0;
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

static int make(struct inputs *in, struct wishes *w) {
    struct tern_report_summary sum;
    struct tern_report_options *o = &w->report;
    struct tern_error e = {""};
    enum tern_status s = read_all(in, &e);
    if (!s && o->history_path) s = read_history(in, o->history_path, &e);
    o->source = in->source, o->sources = in->files ? in->files : 1;
    if (o->history_path) o->history = &in->series, o->notes = &in->notes;
    if (!s) s = tern_report_write(in->all, in->count, o, &sum, &e);
    if (s) return tern_cli_fail(s, &e);
    if (*sum.why_not_drawn && !w->quiet) fprintf(stderr, "tern: report: %s\n", sum.why_not_drawn);
    if (!w->json) print_text(o->out, &sum);
    const int rc = w->json ? print_json(o->out, &sum) : 0;
    return rc || !w->open ? rc : show(o->out);
}

static int run(int argc, char **argv) {
    struct inputs in = {0};
    struct wishes w = {.report.search = getenv("PATH")};
    struct tern_error e = {""};
    in.source = calloc((size_t)argc + 1, sizeof *in.source);
    in.set = calloc((size_t)argc + 1, sizeof *in.set);
    int rc = in.source && in.set ? parse(argc, argv, &in, &w)
                                 : tern_cli_fail(tern_fail(&e, TERN_NO_MEMORY, "report: out of memory"), &e);
    if (!rc) rc = make(&in, &w);
    drop(&in);
    return rc;
}

const struct tern_command tern_command_report = {
    "report", "one self-contained HTML page (plus Markdown, CSV, SVG) from records",
    "usage: tern report [--records FILE ...] [--history FILE.db] --out DIR [options]\n\n"
    "Turns records into DIR/index.html (opens from disk, needs no network), DIR/report.md, DIR/*.csv and\n"
    "DIR/figures/ (SVG, PNG, PDF, and the gnuplot scripts and data that made them). Of several runs of one\n"
    "problem the newest counts. Without gnuplot everything but the drawings is written, and the page says\n"
    "what to install.\n\n"
    "  --records FILE   JSON Lines written by tune, bench, ceilings, e2e, verify; repeatable\n"
    "  --history FILE   of tern history: series with change points; without --records also all the records;\n"
    "                   --db is the same\n"
    "  -o, --out DIR    folder to write; made if missing\n"
    "  --all-runs       show every run of a problem, not only the newest\n"
    "  --svg-only       no PNG and PDF of the figures, which take longer\n"
    "  --open           show the page in $BROWSER, or by xdg-open; 4 when neither can, and the page is "
    "written all the same\n"
    "  --json           what was written, as JSON\n"
    "  -q, --quiet      no warnings\n"
    "  -h, --help       this text\n\n"
    "example: tern report --records tune.jsonl --records e2e.jsonl --out report\n",
    run};
