/* tern compare: two result sets, with intervals. */
#define _GNU_SOURCE
#include "cli/command.h"
#include "cli/files.h"
#include "cli/text.h"

#include "reports/compare/compare.h"
#include "reports/data/key.h"
#include "reports/data/select.h"
#include "reports/history/history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum form { TEXT, JSON, MARKDOWN, CSV };

struct arguments {
    const char *db, *records, *problem;
    struct tern_cli_filter filter;
    double threshold, floor, alpha;
    uint64_t seed;
    int best;
    int form; /* enum form */
};

static const struct tern_cli_option options[] = {
    {"threshold", 0, "PCT", "smallest difference of interest (default 1)",
     TERN_CLI_PERCENT(struct arguments, threshold, 0.001, 1000)},
    {"floor", 0, "PCT", "use this A/A floor, not the one of the records",
     TERN_CLI_PERCENT(struct arguments, floor, 0, 1000)},
    {"alpha", 0, "P", "significance after the adjustment (default 0.05)",
     TERN_CLI_REAL(struct arguments, alpha, 1e-6, 0.5)},
    {"best", 0, NULL, "one row per problem: the fastest variant of each side",
     TERN_CLI_FLAG(struct arguments, best)},
    {"filter", 0, "RE", "only variants that match", TERN_CLI_FILTER(struct arguments, filter)},
    {"problem", 0, "T", "only problems that contain the text, such as 6912x2560x1",
     TERN_CLI_TEXT(struct arguments, problem)},
    {"records", 0, "FILE", "choose from this file instead of the history",
     TERN_CLI_TEXT(struct arguments, records)},
    {"db", 0, "FILE", "the history (default: history.db in the user's data folder)",
     TERN_CLI_TEXT(struct arguments, db)},
    {"seed", 0, "N", "seed of the bootstrap (default 1)", TERN_CLI_SEED(struct arguments, seed, INT64_MAX)},
    {"json", 0, NULL, "as JSON", TERN_CLI_SWITCH(struct arguments, form, JSON)},
    {"md", 0, NULL, "as a Markdown table", TERN_CLI_SWITCH(struct arguments, form, MARKDOWN)},
    {"csv", 0, NULL, "as CSV", TERN_CLI_SWITCH(struct arguments, form, CSV)},
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

static enum tern_status read_history(const struct side *s, const char *db, struct tern_records *out,
                                     struct tern_error *e) {
    const struct tern_history_query q = {.commit = s->field == 'c' ? s->value : NULL,
                                         .machine = s->field == 'm' ? s->value : NULL,
                                         .variant = s->field == 'v' ? s->value : NULL,
                                         .run = s->field == 'r' ? s->value : NULL};
    struct tern_history *h;
    char *path = tern_cli_history_file(db);
    enum tern_status st = path ? tern_history_open(path, 1, &h, e)
                               : tern_cli_no_file("compare", "name the history with --db", e);
    free(path);
    if (st) return st;
    st = tern_history_find(h, &q, out, e);
    tern_history_close(h);
    return st;
}

static enum tern_status load(const char *word, struct side *s, const struct arguments *a,
                             struct tern_error *e) {
    enum tern_status st;
    s->field = field_of(word, &s->value);
    if (s->field == 'f' || a->records)
        st = tern_records_read(s->field == 'f' ? s->value : a->records, &s->set, e);
    else
        st = read_history(s, a->db, &s->set, e);
    if (st && s->field == 'c' && !a->db && strncmp(word, "commit:", 7)) {
        const struct tern_error why = *e;
        return tern_fail(e, st, "compare: %s: no such file, and as a commit: %.300s", word, why.text);
    }
    if (st) return st;
    if (!s->set.count && s->field == 'f')
        return tern_fail(e, TERN_BAD_INPUT,
                         "compare: %s: holds no record; tern history import reads results of other programs",
                         word);
    s->item = malloc((s->set.count + 1) * sizeof *s->item);
    if (!s->item) return tern_fail(e, TERN_NO_MEMORY, "compare: out of memory");
    for (size_t i = 0; i < s->set.count; i++)
        if (chosen(s, &s->set.item[i], a)) s->item[s->count++] = s->set.item[i];
    if (!s->count)
        return tern_fail(e, TERN_INCONCLUSIVE, "compare: %s: no record matches%s", word,
                         s->field == 'c' ? " (it is not a file, and not a commit of the history)" : "");
    return TERN_OK;
}

static int print(const struct tern_compare *c, const struct tern_compare_options *o, int form,
                 char *const *name) {
    struct tern_text t = {0};
    switch (form) {
    case JSON:
        tern_compare_json(c, o, name[0], name[1], &t);
        break;
    case MARKDOWN:
        tern_compare_markdown(c, o, name[0], name[1], &t);
        break;
    case CSV:
        tern_compare_csv(c, o, &t);
        break;
    default:
        tern_compare_text(c, o, name[0], name[1], &t);
    }
    return tern_cli_print_text(&t);
}

static int compare(const struct arguments *a, char *const *name) {
    struct side side[2] = {{{0}, NULL, 0, 0, NULL}, {{0}, NULL, 0, 0, NULL}};
    struct tern_compare c;
    struct tern_error e = {""};
    enum tern_status s = load(name[0], &side[0], a, &e);
    if (!s) s = load(name[1], &side[1], a, &e);
    const struct tern_compare_options o = {.threshold = a->threshold,
                                           .floor = a->floor,
                                           .alpha = a->alpha,
                                           .seed = a->seed,
                                           .best = a->best,
                                           .across_variants = side[0].field == 'v' && side[1].field == 'v'};
    if (!s) s = tern_compare_records(side[0].item, side[0].count, side[1].item, side[1].count, &o, &c, &e);
    const int rc = s ? tern_cli_fail(s, &e) : print(&c, &o, a->form, name);
    if (!s) tern_compare_free(&c);
    for (int i = 0; i < 2; i++) {
        free(side[i].item);
        tern_records_free(&side[i].set);
    }
    return rc;
}

static int run(int argc, char **argv) {
    struct arguments a = {.floor = NAN, .seed = 1};
    struct tern_cli_words words;
    int rc = tern_cli_parse(&tern_command_compare, argc, argv, &a, &words);
    if (rc) return rc;
    rc = compare(&a, words.word);
    tern_cli_release(&tern_command_compare, &a);
    return rc;
}

const struct tern_command tern_command_compare = {
    .name = "compare",
    .summary = "two result sets, row by row, with intervals and verdicts",
    .usage = "A B [options]",
    .about = "A and B are each a file of records, or commit:ID, machine:KEY, variant:NAME or run:ID of the "
             "history (or of --records FILE).\n"
             "Rounds of one run are compared in pairs. Five runs or more of each side are compared by their "
             "medians. Otherwise raw samples are compared, or else medians with their intervals.\n"
             "A row is faster or slower when the difference is significant (Benjamini-Hochberg over all "
             "rows) and larger than the A/A floor and the threshold. It is the same when the whole interval "
             "is within them. Otherwise one cannot tell. Exit code 2: the two have nothing in common.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern compare before.jsonl after.jsonl --md",
    .least = 2,
    .most = 2,
    .words = "two sides, A and B",
    .run = run,
};
