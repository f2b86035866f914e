/* tern history: remember records, find them again, exchange them. */
#define _GNU_SOURCE
#include "cli/history/history.h"

#include "base/file.h"
#include "reports/import/import.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct tern_command tern_command_history;

static const size_t text_bytes_max = (size_t)1 << 30;

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

static int add(struct tern_history *h, const struct history_arguments *a) {
    struct tern_history_added done = {0};
    struct tern_error e = {""};
    char *own = a->words ? NULL : tern_xdg_path("state", "records.jsonl");
    enum tern_status s = TERN_OK;
    if (!a->words && !own) return tern_cli_usage("history", "add: name a file of records");
    if (own) s = tern_history_add_file(h, own, a->commit, &done, &e);
    for (int i = 0; i < a->words && !s; i++) s = tern_history_add_file(h, a->word[i], a->commit, &done, &e);
    free(own);
    const int rc = report_added(a, &done);
    return s ? tern_cli_fail(s, &e) : rc;
}

static enum tern_status import_one(struct tern_history *h, const char *path,
                                   const struct tern_import_options *o, struct tern_history_added *done,
                                   struct tern_error *e) {
    char *text;
    size_t bytes, records = 0, skipped = 0;
    struct tern_text lines = {0};
    enum tern_status s = tern_file_read(path, text_bytes_max, &text, &bytes, e);
    if (s) return s;
    s = tern_import(path, text, bytes, o, &lines, &records, &skipped, e);
    if (!s && lines.used) s = tern_history_add(h, lines.data, lines.used, o->commit, done, e);
    done->skipped += skipped;
    tern_text_free(&lines);
    free(text);
    return s;
}

static int import(struct tern_history *h, const struct history_arguments *a) {
    struct tern_import_options o = {
        .machine = a->machine, .source = a->source, .commit = a->commit, .run = a->run};
    struct tern_history_added done = {0};
    struct tern_error e = {""};
    enum tern_status s = tern_import_format_named(a->format ? a->format : "auto", &o.format, &e);
    if (!s && !a->words) return tern_cli_usage("history", "import: name a file");
    for (int i = 0; i < a->words && !s; i++) s = import_one(h, a->word[i], &o, &done, &e);
    const int rc = s ? 0 : report_added(a, &done);
    return s ? tern_cli_fail(s, &e) : rc;
}

static enum tern_status write_line(void *ctx, const char *line, struct tern_error *e) {
    struct tern_replace *r = ctx;
    if (!r) return puts(line) < 0 ? tern_fail(e, TERN_IO, "history: output: could not be written") : TERN_OK;
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
    return s ? tern_cli_fail(s, &e) : 0;
}

static int annotate(struct tern_history *h, const struct history_arguments *a) {
    struct tern_error e = {""};
    if (!a->query.commit || a->words != 1)
        return tern_cli_usage("history", "annotate: needs --commit ID and one text");
    const struct tern_annotation an = {.commit = a->query.commit,
                                       .machine = a->query.machine,
                                       .variant = a->query.variant,
                                       .problem = a->query.problem,
                                       .text = a->word[0],
                                       .accepted = a->accepted};
    const enum tern_status s = tern_history_annotate(h, &an, &e);
    return s ? tern_cli_fail(s, &e) : 0;
}

static const struct action {
    const char *name;
    int (*run)(struct tern_history *h, const struct history_arguments *a);
    int reads; /* the file must be there */
    int max_words;
} actions[] = {{"add", add, 0, 1 << 20},           {"import", import, 0, 1 << 20},
               {"export", export, 1, 0},           {"list", history_list, 1, 0},
               {"show", history_show, 1, 0},       {"annotate", annotate, 1, 1},
               {"changes", history_changes, 1, 0}, {"plot", history_plot, 1, 0}};

/* 0, or the exit code. */
static int parse(int argc, char **argv, struct history_arguments *a) {
    enum {
        MACHINE = 256,
        COMMIT,
        VARIANT,
        PROBLEM,
        KIND,
        RUN,
        METRIC,
        SOURCE,
        FORMAT,
        DB,
        NEWEST,
        CSV,
        ACCEPT,
        MIN,
        P,
        SEED,
        DISTURBED
    };
    static const struct option options[] = {{"machine", required_argument, 0, MACHINE},
                                            {"commit", required_argument, 0, COMMIT},
                                            {"variant", required_argument, 0, VARIANT},
                                            {"problem", required_argument, 0, PROBLEM},
                                            {"kind", required_argument, 0, KIND},
                                            {"run", required_argument, 0, RUN},
                                            {"metric", required_argument, 0, METRIC},
                                            {"source", required_argument, 0, SOURCE},
                                            {"format", required_argument, 0, FORMAT},
                                            {"db", required_argument, 0, DB},
                                            {"newest", required_argument, 0, NEWEST},
                                            {"out", required_argument, 0, 'o'},
                                            {"json", no_argument, 0, 'j'},
                                            {"csv", no_argument, 0, CSV},
                                            {"accepted", no_argument, 0, ACCEPT},
                                            {"quiet", no_argument, 0, 'q'},
                                            {"min", required_argument, 0, MIN},
                                            {"p", required_argument, 0, P},
                                            {"seed", required_argument, 0, SEED},
                                            {"with-disturbed", no_argument, 0, DISTURBED},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    struct tern_history_query *q = &a->query;
    for (int c; (c = tern_cli_getopt(argc, argv, "ho:q", options, &tern_command_history)) != -1;) {
        switch (c) {
        case MACHINE:
            q->machine = a->machine = optarg;
            break;
        case COMMIT:
            q->commit = a->commit = optarg;
            break;
        case VARIANT:
            q->variant = optarg;
            break;
        case PROBLEM:
            q->problem = optarg;
            break;
        case KIND:
            q->kind = optarg;
            break;
        case RUN:
            q->run = a->run = optarg;
            break;
        case METRIC:
            q->metric = optarg;
            break;
        case SOURCE:
            q->source = a->source = optarg;
            break;
        case FORMAT:
            a->format = optarg;
            break;
        case DB:
            a->db = optarg;
            break;
        case 'o':
            a->out = optarg;
            break;
        case 'j':
            a->json = 1;
            break;
        case CSV:
            a->csv = 1;
            break;
        case ACCEPT:
            a->accepted = 1;
            break;
        case 'q':
            a->quiet = 1;
            break;
        case DISTURBED:
            a->with_disturbed = 1;
            break;
        case NEWEST:
            if (!tern_cli_size("history", "--newest", optarg, 1, 1u << 30, &q->newest)) return 3;
            break;
        case SEED:
            if (!tern_cli_size("history", "--seed", optarg, 0, SIZE_MAX >> 1, &a->seed)) return 3;
            break;
        case MIN:
            if (!tern_cli_real("history", "--min", optarg, 0, 1000, &a->min_percent)) return 3;
            break;
        case P:
            if (!tern_cli_real("history", "--p", optarg, 0.001, 0.5, &a->p_max)) return 3;
            break;
        default:
            return 3;
        }
    }
    return 0;
}

static int run(int argc, char **argv) {
    struct history_arguments a = {.min_percent = -1, .p_max = -1, .seed = 1};
    struct tern_history *h;
    struct tern_error e = {""};
    const struct action *action = NULL;
    int rc = parse(argc, argv, &a);
    if (rc) return rc;
    const char *word = optind < argc ? argv[optind] : NULL;
    for (size_t i = 0; word && i < sizeof actions / sizeof *actions; i++)
        if (!strcmp(word, actions[i].name)) action = &actions[i];
    if (!word) return tern_cli_usage("history", "what to do is missing: add, list, show, changes, plot, ...");
    if (!action) return tern_cli_usage("history", "'%s' is no action", word);
    a.word = argv + optind + 1;
    a.words = argc - optind - 1;
    if (a.words > action->max_words)
        return tern_cli_usage("history", "%s: '%s' is not expected here", word, a.word[action->max_words]);
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error of a write, not a death */
    char *path = a.db ? strdup(a.db) : tern_xdg_path("data", "history.db");
    if (!path) return tern_cli_usage("history", "no home folder is known: name the file by --db");
    const enum tern_status s = tern_history_open(path, action->reads, &h, &e);
    rc = s ? tern_cli_fail(s, &e) : action->run(h, &a);
    if (!s) tern_history_close(h);
    free(path);
    return rc;
}

const struct tern_command tern_command_history = {
    "history", "remembers records by machine and commit; finds changes",
    "usage: tern history ACTION [options]\n\n"
    "  add [FILE...]       records (JSON Lines; default: the user's); what is there already is not added "
    "twice\n"
    "  import FILE...      results of Google Benchmark (JSON) or llama-bench (JSON, CSV), labelled as "
    "imported, or an\n"
    "                      export of another history\n"
    "  export [-o FILE]    JSON Lines: records, then annotations\n"
    "  list                what there is, and how many of each\n"
    "  show                the records themselves\n"
    "  changes             change points of each series, with their statistics\n"
    "  annotate TEXT       a remark on --commit ID; --accepted: its change of speed is meant to be\n"
    "  plot -o DIR         each series over time with its change points, by gnuplot (else data and "
    "scripts)\n\n"
    "What to look at:\n"
    "  --machine KEY  --commit ID  --run ID   begin with the text\n"
    "  --variant T  --problem T               contain it\n"
    "  --kind K  --metric UNIT  --source S    are it\n"
    "  --newest N                             at most N records, the newest\n\n"
    "  --db FILE           default: history.db in the user's data folder\n"
    "  --commit ID         add, import: the commit of records that name none\n"
    "  --format F          import: auto, records, gbench, llama-bench\n"
    "  --machine, --source, --run             import: instead of what the file says\n"
    "  --min PCT           changes, plot: smallest change of interest (default 1)\n"
    "  --p P               changes, plot: significance of both tests (default 0.003)\n"
    "  --seed N            of the permutations (default 1)\n"
    "  --with-disturbed    changes, plot: runs that are flagged dirty, or vary much more than those around "
    "them, "
    "take part, too\n"
    "  --json, --csv       machine-readable\n"
    "  -o, --out; -q, --quiet   file or folder of export and plot; no warnings\n\n"
    "example: tern history add && tern history changes --variant p64\n",
    run};
