/* tern history: remember records, find them again, exchange them. */
#define _GNU_SOURCE
#include "cli/history/history.h"
#include "cli/files.h"

#include "base/file.h"
#include "reports/import/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int report_added(const struct history_arguments *a, const struct tern_history_added *d) {
    if (a->json)
        return tern_cli_print_json(json_pack("{s:I,s:I,s:I,s:I}", "added", (json_int_t)d->added, "known",
                                             (json_int_t)d->known, "skipped", (json_int_t)d->skipped,
                                             "annotations", (json_int_t)d->annotations));
    printf("%zu added, %zu known already, %zu line%s skipped", d->added, d->known, d->skipped,
           d->skipped == 1 ? "" : "s");
    if (d->annotations) printf(", %zu annotation%s", d->annotations, d->annotations == 1 ? "" : "s");
    putchar('\n');
    return 0;
}

static int nothing(const struct tern_history_added *d) {
    return !d->added && !d->known && !d->annotations;
}

static int add(struct tern_history *h, const struct history_arguments *a) {
    struct tern_history_added done = {0};
    struct tern_error e = {""};
    char *own = a->words.count ? NULL : tern_cli_records_file(NULL);
    enum tern_status s = TERN_OK;
    if (!a->words.count && !own)
        return tern_cli_fail(tern_cli_no_file("history add", "name a file of records", &e), &e);
    if (own) s = tern_history_add_file(h, own, a->query.commit, &done, &e);
    for (size_t i = 0; i < a->words.count && !s; i++)
        s = tern_history_add_file(h, tern_cli_input(a->words.word[i]), a->query.commit, &done, &e);
    free(own);
    if (!s && a->words.count && nothing(&done))
        s = tern_fail(&e, TERN_BAD_INPUT,
                      "history: %s: holds no record; tern history import reads results of other programs",
                      a->words.word[0]);
    else if (report_added(a, &done))
        return 3;
    return s ? tern_cli_fail(s, &e) : 0;
}

/* All files are read before the first is added, and all are added in one transaction. */
static int import(struct tern_history *h, const struct history_arguments *a) {
    struct tern_import_options o = {.machine = a->query.machine,
                                    .source = a->query.source,
                                    .commit = a->query.commit,
                                    .run = a->query.run};
    struct tern_history_added done = {0};
    struct tern_text lines = {0};
    struct tern_error e = {""};
    size_t records = 0;
    enum tern_status s = tern_import_format_named(a->format ? a->format : "auto", &o.format, &e);
    for (size_t i = 0; i < a->words.count && !s; i++)
        s = tern_import_file(tern_cli_input(a->words.word[i]), &o, &lines, &records, &done.skipped, &e);
    if (!s && lines.used) s = tern_history_add_whole(h, lines.data, lines.used, o.commit, &done, &e);
    tern_text_free(&lines);
    if (!s && nothing(&done) && !done.skipped)
        s = tern_fail(&e, TERN_BAD_INPUT, "history: %s: nothing was added: it holds no result",
                      a->words.word[0]);
    else if (!s && nothing(&done))
        s = tern_fail(&e, TERN_BAD_INPUT,
                      "history: %s: nothing was added: %zu result%s without a usable number skipped",
                      a->words.word[0], done.skipped, done.skipped == 1 ? "" : "s");
    const int rc = s ? 0 : report_added(a, &done);
    return s ? tern_cli_fail(s, &e) : rc;
}

static enum tern_status write_line(void *ctx, const char *line, struct tern_error *e) {
    struct tern_replace *r = ctx;
    if (!r) return puts(line) < 0 ? TERN_SKIPPED : TERN_OK; /* main tells why */
    enum tern_status s = tern_replace_write(r, line, strlen(line), e);
    return s ? s : tern_replace_write(r, "\n", 1, e);
}

static int export(struct tern_history *h, const struct history_arguments *a) {
    struct tern_replace r;
    struct tern_error e = {""};
    enum tern_status s = a->out ? tern_replace_begin(a->out, &r, &e) : TERN_OK;
    if (s) return tern_cli_fail(s, &e);
    s = tern_history_export(h, &a->query, write_line, a->out ? &r : NULL, &e);
    if (a->out && s) tern_replace_abandon(&r);
    if (a->out && !s) s = tern_replace_commit(&r, &e);
    return s && s != TERN_SKIPPED ? tern_cli_fail(s, &e) : 0;
}

static int annotate(struct tern_history *h, const struct history_arguments *a) {
    struct tern_error e = {""};
    if (!a->query.commit) return tern_cli_usage("history", "annotate: --commit ID is missing");
    const struct tern_annotation an = {.commit = a->query.commit,
                                       .machine = a->query.machine,
                                       .variant = a->query.variant,
                                       .problem = a->query.problem,
                                       .text = a->words.word[0],
                                       .accepted = a->accepted};
    const enum tern_status s = tern_history_annotate(h, &an, &e);
    return s ? tern_cli_fail(s, &e) : 0;
}

enum action { ADD, IMPORT, EXPORT, LIST, SHOW, CHANGES, ANNOTATE, PLOT, ACTIONS };

static const struct tern_cli_action actions[ACTIONS] = {
    [ADD] = {"add", "[FILE...]",
             "records (JSON Lines; default: the user's); what is there already is not added twice", 0,
             SIZE_MAX},
    [IMPORT] = {"import", "FILE...",
                "results of other programs, labelled as imported: Google Benchmark, llama-bench, hyperfine, "
                "pytest-benchmark, Criterion.rs, perf stat, tern e2e; or an export of another history",
                1, SIZE_MAX},
    [EXPORT] = {"export", "[-o FILE]", "JSON Lines: records, then annotations", 0, 0},
    [LIST] = {"list", "", "what there is, and how many of each", 0, 0},
    [SHOW] = {"show", "", "the records themselves", 0, 0},
    [CHANGES] = {"changes", "", "change points of each series, with their statistics", 0, 0},
    [ANNOTATE] = {"annotate", "TEXT",
                  "a remark on --commit ID; with --accepted its change of speed is meant to be", 1, 1},
    [PLOT] = {"plot", "-o DIR",
              "each series over time with its change points, by gnuplot; without it, data and scripts", 0, 0},
};

static int (*const act[ACTIONS])(struct tern_history *h, const struct history_arguments *a) = {
    [ADD] = add,           [IMPORT] = import,           [EXPORT] = export,     [LIST] = history_list,
    [SHOW] = history_show, [CHANGES] = history_changes, [ANNOTATE] = annotate, [PLOT] = history_plot};

static const struct tern_cli_option options[] = {
    {"db", 0, "FILE", "the history (default: history.db in the user's data folder)",
     TERN_CLI_TEXT(struct history_arguments, db)},
    {"format", 0, "NAME", "import: what the files are: " TERN_IMPORT_NAMES " (default auto)",
     TERN_CLI_TEXT(struct history_arguments, format)},
    {"accepted", 0, NULL, "annotate: the change of speed is meant to be",
     TERN_CLI_FLAG(struct history_arguments, accepted)},
    {"min", 0, "PCT", "changes, plot: smallest change of interest (default 1)",
     TERN_CLI_PERCENT(struct history_arguments, min_share, 0, 1000)},
    {"p", 0, "P", "changes, plot: significance of both tests (default 0.003)",
     TERN_CLI_REAL(struct history_arguments, p_max, 0.001, 0.5)},
    {"seed", 0, "N", "changes, plot: of the permutations (default 1)",
     TERN_CLI_SEED(struct history_arguments, seed, INT64_MAX)},
    {"with-disturbed", 0, NULL,
     "changes, plot: include runs that are flagged dirty or vary much more than those around them",
     TERN_CLI_FLAG(struct history_arguments, with_disturbed)},
    {"fail", 0, NULL, "changes: exit code 1 when one for the worse is not accepted (annotate --accepted)",
     TERN_CLI_FLAG(struct history_arguments, fail)},
    {"out", 'o', "FILE|DIR", "export, plot: where the output goes",
     TERN_CLI_TEXT(struct history_arguments, out)},
    {"json", 0, NULL, "as JSON", TERN_CLI_FLAG(struct history_arguments, json)},
    {"csv", 0, NULL, "as CSV", TERN_CLI_FLAG(struct history_arguments, csv)},
    {"quiet", 'q', NULL, "no warnings", TERN_CLI_FLAG(struct history_arguments, quiet)},
};

static const struct tern_cli_option selection[] = {
    {"machine", 0, "KEY", "the machine's key begins with this; import: the machine of the records",
     TERN_CLI_TEXT(struct history_arguments, query.machine)},
    {"commit", 0, "ID", "the commit begins with this; add, import: the commit of records that name none",
     TERN_CLI_TEXT(struct history_arguments, query.commit)},
    {"run", 0, "ID", "the run begins with this; import: the run of the records",
     TERN_CLI_TEXT(struct history_arguments, query.run)},
    {"source", 0, "S", "the source is this; import: the source of the records",
     TERN_CLI_TEXT(struct history_arguments, query.source)},
    {"variant", 0, "T", "the variant contains this", TERN_CLI_TEXT(struct history_arguments, query.variant)},
    {"problem", 0, "T", "the problem contains this", TERN_CLI_TEXT(struct history_arguments, query.problem)},
    {"kind", 0, "K", "the kind is this", TERN_CLI_TEXT(struct history_arguments, query.kind)},
    {"metric", 0, "UNIT", "the unit is this", TERN_CLI_TEXT(struct history_arguments, query.metric)},
    {"newest", 0, "N", "at most N records, the newest",
     TERN_CLI_NUMBER(struct history_arguments, query.newest, 1, 1u << 30)},
};

static int run(int argc, char **argv) {
    struct history_arguments a = {.min_share = -1, .p_max = -1, .seed = 1};
    struct tern_history *h;
    struct tern_error e = {""};
    int rc = tern_cli_parse(&tern_command_history, argc, argv, &a, &a.words);
    if (rc) return rc;
    const int action = tern_cli_action(&tern_command_history, &a.words);
    if (action < 0) return 3;
    char *path = tern_cli_history_file(a.db);
    if (!path) return tern_cli_fail(tern_cli_no_file("history", "name the file with --db", &e), &e);
    const int makes_file = action == ADD || action == IMPORT;
    const enum tern_status s = tern_history_open(path, !makes_file, &h, &e);
    rc = s ? tern_cli_fail(s, &e) : act[action](h, &a);
    if (!s) tern_history_close(h);
    free(path);
    return rc;
}

const struct tern_command tern_command_history = {
    .name = "history",
    .summary = "remembers records by machine and commit; finds changes",
    .usage = "ACTION [options]",
    .about = "A history is a file that keeps the records of all runs by machine and commit.",
    .action = actions,
    .actions = ACTIONS,
    .group = {TERN_CLI_GROUP(NULL, options, 0), TERN_CLI_GROUP("Which records", selection, 0)},
    .example = "tern history add && tern history changes --variant p64",
    .most = SIZE_MAX,
    .run = run,
};
