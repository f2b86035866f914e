/* tern compare: two result sets, with intervals. */
#define _GNU_SOURCE
#include "cli/command.h"

#include "base/file.h"
#include "reports/compare/compare.h"
#include "reports/data/key.h"
#include "reports/data/select.h"
#include "reports/history/history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct tern_command tern_command_compare;

struct arguments {
    const char *db, *records, *problem;
    struct tern_cli_filter filter;
    struct tern_compare_options o;
    char form; /* t, j, m, c */
};

/* One side: where its records are, and which of them. */
struct side {
    struct tern_records set;
    struct tern_record *item; /* the chosen ones; strings stay in the set */
    size_t count;
    char field; /* 'f'ile, 'c'ommit, 'm'achine, 'v'ariant, 'r'un */
    const char *value;
};

static char field_of(const char *word, const char **value) {
    static const char *const prefix[] = {"commit:", "machine:", "variant:", "run:"};
    for (size_t i = 0; i < 4; i++) {
        const size_t n = strlen(prefix[i]);
        if (strncmp(word, prefix[i], n)) continue;
        *value = word + n;
        return prefix[i][0];
    }
    *value = word;
    return !access(word, F_OK) ? 'f' : !strncmp(word, "m:", 2) ? 'm' : 'c';
}

static int starts(const char *text, const char *with) {
    return !strncmp(tern_or_empty(text), with, strlen(with));
}

static int chosen(const struct side *s, const struct tern_record *r, const struct arguments *a) {
    char problem[256];
    tern_record_problem(r, problem, sizeof problem);
    if (a->problem && !strstr(problem, a->problem)) return 0;
    if (!tern_cli_matches(&a->filter, tern_or_empty(r->variant))) return 0;
    switch (s->field) {
    case 'c':
        return starts(r->commit, s->value);
    case 'm':
        return starts(r->machine, s->value);
    case 'v':
        return strstr(tern_or_empty(r->variant), s->value) != NULL;
    case 'r':
        return starts(r->run, s->value);
    default:
        return 1;
    }
}

static enum tern_status load(const char *word, struct side *s, const struct arguments *a,
                             struct tern_error *e) {
    struct tern_history *h;
    enum tern_status st;
    s->field = field_of(word, &s->value);
    if (s->field == 'f' || a->records) {
        st = tern_records_read(s->field == 'f' ? s->value : a->records, &s->set, e);
    } else {
        char *path = a->db ? strdup(a->db) : tern_xdg_path("data", "history.db");
        st = path
                 ? tern_history_open(path, 1, &h, e)
                 : tern_fail(e, TERN_BAD_INPUT, "compare: no home folder is known: name the history by --db");
        free(path);
        if (!st) {
            const struct tern_history_query q = {.commit = s->field == 'c' ? s->value : NULL,
                                                 .machine = s->field == 'm' ? s->value : NULL,
                                                 .variant = s->field == 'v' ? s->value : NULL,
                                                 .run = s->field == 'r' ? s->value : NULL};
            st = tern_history_find(h, &q, &s->set, e);
            tern_history_close(h);
        }
    }
    if (st && s->field == 'c' && !a->db && strncmp(word, "commit:", 7)) {
        const struct tern_error why = *e;
        return tern_fail(e, st, "compare: %s: no such file, and as a commit: %.300s", word, why.text);
    }
    if (st) return st;
    s->item = malloc((s->set.count + 1) * sizeof *s->item);
    if (!s->item) return tern_fail(e, TERN_NO_MEMORY, "compare: out of memory");
    for (size_t i = 0; i < s->set.count; i++)
        if (chosen(s, &s->set.item[i], a)) s->item[s->count++] = s->set.item[i];
    if (!s->count)
        return tern_fail(e, TERN_INCONCLUSIVE, "compare: %s: no record matches%s", word,
                         s->field == 'c' ? " (it is no file, and no commit of the history)" : "");
    return TERN_OK;
}

static int parse(int argc, char **argv, struct arguments *a) {
    enum { DB = 256, RECORDS, PROBLEM, FILTER, THRESHOLD, FLOOR, ALPHA, SEED, BEST, JSON, MD, CSV };
    static const struct option options[] = {{"db", required_argument, 0, DB},
                                            {"records", required_argument, 0, RECORDS},
                                            {"problem", required_argument, 0, PROBLEM},
                                            {"filter", required_argument, 0, FILTER},
                                            {"threshold", required_argument, 0, THRESHOLD},
                                            {"floor", required_argument, 0, FLOOR},
                                            {"alpha", required_argument, 0, ALPHA},
                                            {"seed", required_argument, 0, SEED},
                                            {"best", no_argument, 0, BEST},
                                            {"json", no_argument, 0, JSON},
                                            {"md", no_argument, 0, MD},
                                            {"csv", no_argument, 0, CSV},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    const char *filter = NULL;
    double percent;
    size_t seed;
    for (int c; (c = tern_cli_getopt(argc, argv, "h", options, &tern_command_compare)) != -1;) {
        switch (c) {
        case DB:
            a->db = optarg;
            break;
        case RECORDS:
            a->records = optarg;
            break;
        case PROBLEM:
            a->problem = optarg;
            break;
        case FILTER:
            filter = optarg;
            break;
        case THRESHOLD:
            if (!tern_cli_real("compare", "--threshold", optarg, 0.001, 1000, &percent)) return 3;
            a->o.threshold = percent / 100;
            break;
        case FLOOR:
            if (!tern_cli_real("compare", "--floor", optarg, 0, 1000, &percent)) return 3;
            a->o.floor = percent / 100;
            break;
        case ALPHA:
            if (!tern_cli_real("compare", "--alpha", optarg, 1e-6, 0.5, &a->o.alpha)) return 3;
            break;
        case SEED:
            if (!tern_cli_size("compare", "--seed", optarg, 0, SIZE_MAX >> 1, &seed)) return 3;
            a->o.seed = seed;
            break;
        case BEST:
            a->o.best = 1;
            break;
        case JSON:
            a->form = 'j';
            break;
        case MD:
            a->form = 'm';
            break;
        case CSV:
            a->form = 'c';
            break;
        default:
            return 3;
        }
    }
    if (argc - optind != 2) return tern_cli_usage("compare", "needs two sides, A and B");
    return tern_cli_filter_new("compare", filter, &a->filter) ? 0 : 3;
}

static int print(const struct tern_compare *c, const struct arguments *a, const char *name_a,
                 const char *name_b) {
    struct tern_text t = {0};
    switch (a->form) {
    case 'j':
        tern_compare_json(c, &a->o, name_a, name_b, &t);
        break;
    case 'm':
        tern_compare_markdown(c, &a->o, name_a, name_b, &t);
        break;
    case 'c':
        tern_compare_csv(c, &a->o, &t);
        break;
    default:
        tern_compare_text(c, &a->o, name_a, name_b, &t);
    }
    const int bad = t.failed || fputs(t.data ? t.data : "", stdout) < 0;
    tern_text_free(&t);
    return bad ? 4 : 0;
}

static int run(int argc, char **argv) {
    struct arguments a = {.o = {.floor = NAN, .seed = 1}, .form = 't'};
    struct side side[2] = {{{0}, NULL, 0, 0, NULL}, {{0}, NULL, 0, 0, NULL}};
    struct tern_compare c;
    struct tern_error e = {""};
    int rc = parse(argc, argv, &a);
    if (rc) return rc;
    enum tern_status s = load(argv[optind], &side[0], &a, &e);
    if (!s) s = load(argv[optind + 1], &side[1], &a, &e);
    a.o.across_variants = side[0].field == 'v' && side[1].field == 'v';
    if (!s) s = tern_compare_records(side[0].item, side[0].count, side[1].item, side[1].count, &a.o, &c, &e);
    rc = s ? tern_cli_fail(s, &e) : print(&c, &a, argv[optind], argv[optind + 1]);
    if (!s) tern_compare_free(&c);
    for (int i = 0; i < 2; i++) {
        free(side[i].item);
        tern_records_free(&side[i].set);
    }
    tern_cli_filter_free(&a.filter);
    return rc;
}

const struct tern_command tern_command_compare = {
    "compare", "two result sets, row by row, with intervals and verdicts",
    "usage: tern compare A B [options]\n\n"
    "A and B are each a file of records, or commit:ID, machine:KEY, variant:NAME or run:ID of the history "
    "(or of\n"
    "--records FILE). Rounds of one run are compared in pairs; five runs or more of each side by their "
    "medians;\n"
    "else raw samples; else medians with their intervals. A row is faster or slower when that is "
    "significant\n"
    "(Benjamini-Hochberg over all rows) and larger than the A/A floor and the threshold; the same when the "
    "whole\n"
    "interval is within them; else one cannot tell. Exit code 2: nothing in common.\n\n"
    "  --threshold PCT  smallest difference of interest (default 1)\n"
    "  --floor PCT      instead of the one found in the records\n"
    "  --alpha P        significance after adjustment (default 0.05)\n"
    "  --best           one row per problem: the fastest variant of each side\n"
    "  --filter RE      only variants that match\n"
    "  --problem T      only problems that contain the text, such as 6912x2560x1\n"
    "  --records FILE   choose from this file instead of the history\n"
    "  --db FILE        the history\n"
    "  --seed N         of the bootstrap (default 1)\n"
    "  --json, --md, --csv\n\n"
    "example: tern compare before.jsonl after.jsonl --md\n",
    run};
