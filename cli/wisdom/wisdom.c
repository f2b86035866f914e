#define _GNU_SOURCE
#include "cli/wisdom/wisdom.h"

#include "cli/command.h"
#include "cli/files.h"

#include "base/file.h"
#include "measure/machine/machine.h"
#include "measure/records/json_text.h"
#include "tuner/wisdom/core_kinds.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/wisdom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int show(const struct tern_wisdom_arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    const enum tern_status s = tern_wisdom_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    json_t *list = json_array();
    for (size_t i = 0; i < w.count; i++) {
        if (a->json)
            json_array_append_new(list, tern_wisdom_entry_json(&w.entry[i]));
        else
            tern_wisdom_entry_say(&w.entry[i]);
    }
    if (a->json) {
        tern_cli_print_json(json_pack("{s:o, s:s, s:I, s:O}", "file", tern_json_text(a->path), "machine",
                                      w.machine, "skipped_lines", (json_int_t)w.skipped, "entries", list));
    } else {
        printf("%zu entries for machine %s in %s\n", w.count, w.machine, a->path);
    }
    json_decref(list);
    tern_wisdom_free(&w);
    return 0;
}

static int export(const struct tern_wisdom_arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    enum tern_status s = tern_wisdom_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    char *text = NULL;
    size_t bytes = 0;
    s = a->words.count ? tern_wisdom_write(a->words.word[0], &w, &e)
                       : tern_wisdom_text(&w, &text, &bytes, &e);
    if (text) fwrite(text, 1, bytes, stdout);
    free(text);
    tern_wisdom_free(&w);
    return s ? tern_cli_fail(s, &e) : 0;
}

/* All files are read before the own one is written: one bad file, and nothing has changed. */
static int take(const struct tern_wisdom_arguments *a, int replace) {
    struct tern_wisdom mine, from;
    struct tern_error e;
    size_t taken = 0;
    enum tern_status s = tern_wisdom_read(a->path, a->machine->key, 0, &mine, &e);
    if (s) return tern_cli_fail(s, &e);
    for (size_t i = 0; i < a->words.count && !s; i++) {
        size_t n = 0;
        struct tern_map there;
        s = tern_map_open(a->words.word[i], &there, &e); /* a missing file is an error here */
        if (s) break;
        tern_map_close(&there);
        s = tern_wisdom_read(a->words.word[i], a->machine->key, a->any_machine, &from, &e);
        if (s) break;
        if (from.skipped)
            fprintf(stderr, "tern: wisdom: %s: %zu damaged or unknown lines skipped\n", a->words.word[i],
                    from.skipped);
        if (!replace) s = tern_wisdom_merge(&mine, &from, &n, &e);
        for (size_t j = 0; replace && !s && j < from.count; j++, n++)
            s = tern_wisdom_put(&mine, &from.entry[j], &e);
        taken += n;
        tern_wisdom_free(&from);
    }
    if (!s) s = tern_wisdom_write(a->path, &mine, &e);
    tern_wisdom_free(&mine);
    if (s) return tern_cli_fail(s, &e);
    printf("%zu entries taken into %s\n", taken, a->path);
    return 0;
}

static int import(const struct tern_wisdom_arguments *a) {
    return take(a, 1);
}

static int merge(const struct tern_wisdom_arguments *a) {
    return take(a, 0);
}

static int forget(const struct tern_wisdom_arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    struct tern_problem p = {.threads = a->threads};
    if (a->words.count || (!a->all && !a->stale)) {
        int has_n = 0, rc = tern_wisdom_shape(a, &p, &has_n);
        if (rc) return rc;
        if (!has_n) p.n = 0;
    }
    enum tern_status s = tern_wisdom_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    const size_t gone = tern_wisdom_forget(&w, &p, a->stale);
    if (gone || w.skipped) s = tern_wisdom_write(a->path, &w, &e);
    tern_wisdom_free(&w);
    if (s) return tern_cli_fail(s, &e);
    printf("%zu entries forgotten\n", gone);
    return 0;
}

enum action { SHOW, EXPLAIN, EXPORT, RANKS, IMPORT, MERGE, FORGET, ACTIONS };

static const struct tern_cli_action actions[ACTIONS] = {
    [SHOW] = {"show", "", "what is remembered for this machine", 0, 0},
    [EXPLAIN] = {"explain", "MxK[xN]", "which variant a problem gets, and why", 1, 1},
    [EXPORT] = {"export", "[FILE]", "a copy, to a file or to stdout", 0, 1},
    [RANKS] =
        {"export-ranks", "[FILE]",
         "what it teaches about this CPU's micro-architecture; in a file that exists, other instruction "
         "sets stay",
         0, 1},
    [IMPORT] = {"import", "FILE", "entries of the file replace those of the same problems", 1, 1},
    [MERGE] = {"merge", "FILE...", "of two entries of one problem the better evidence stays", 1, SIZE_MAX},
    [FORGET] = {"forget", "[MxK[xN]]", "one problem; or with --stale or --all several", 0, 1},
};

static int (*const act[ACTIONS])(const struct tern_wisdom_arguments *a) = {
    [SHOW] = show,     [EXPLAIN] = tern_wisdom_explain,
    [EXPORT] = export, [RANKS] = tern_wisdom_export_ranks,
    [IMPORT] = import, [MERGE] = merge,
    [FORGET] = forget};

static const struct tern_cli_option options[] = {
    {"wisdom", 0, "FILE", "file to work on (default: TERN_WISDOM, else the user's)",
     TERN_CLI_TEXT(struct tern_wisdom_arguments, file)},
    {"threads", 0, "N", "threads of the problem (explain: default all processors; forget: default any)",
     TERN_CLI_NUMBER(struct tern_wisdom_arguments, threads, 1, 4096)},
    {"kind", 0, "N|NAME", "kind of core, where there are several (default: the first)",
     TERN_CLI_TEXT(struct tern_wisdom_arguments, kind)},
    {"any-machine", 0, NULL, "accept files of other machines",
     TERN_CLI_FLAG(struct tern_wisdom_arguments, any_machine)},
    {"stale", 0, NULL, "forget: only what was measured with other code than this build's",
     TERN_CLI_FLAG(struct tern_wisdom_arguments, stale)},
    {"all", 0, NULL, "forget: everything", TERN_CLI_FLAG(struct tern_wisdom_arguments, all)},
    {"json", 0, NULL, "show, explain: as JSON", TERN_CLI_FLAG(struct tern_wisdom_arguments, json)},
};

/* The file of the kind of core that is meant. */
static int on_machine(struct tern_wisdom_arguments *a, int action, const struct tern_machine *whole) {
    struct tern_machine machine;
    struct tern_error e;
    size_t which = 0;
    const enum tern_status s = a->kind ? tern_core_kind_named(whole, a->kind, &which, &e) : TERN_OK;
    if (s) return tern_cli_fail(s, &e);
    tern_machine_of_kind(whole, which, &machine);
    a->machine = &machine;
    char *base = a->file ? strdup(a->file) : tern_wisdom_default_path();
    char *path = tern_core_kind_wisdom_path(base, &machine);
    if (!a->kind && whole->core_kinds > 1) a->whole = whole, a->base = base;
    a->path = path;
    const int rc = path ? act[action](a)
                        : tern_cli_fail(tern_cli_no_file("wisdom", "name the file with --wisdom", &e), &e);
    free(path);
    free(base);
    return rc;
}

static int run(int argc, char **argv) {
    struct tern_wisdom_arguments a = {.path = NULL};
    const struct tern_machine *whole;
    struct tern_error e;
    const int rc = tern_cli_parse(&tern_command_wisdom, argc, argv, &a, &a.words);
    if (rc) return rc;
    const int action = tern_cli_action(&tern_command_wisdom, &a.words);
    if (action < 0) return 3;
    const enum tern_status s = tern_machine_get(&whole, &e);
    return s ? tern_cli_fail(s, &e) : on_machine(&a, action, whole);
}

const struct tern_command tern_command_wisdom = {
    .name = "wisdom",
    .summary = "what was learnt about this machine: show, explain, exchange",
    .usage = "ACTION [options]",
    .about = "Wisdom is what tuning has learnt: the fastest variant for each problem on this machine.",
    .action = actions,
    .actions = ACTIONS,
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern wisdom explain 6912x2560x1 --threads 2",
    .most = SIZE_MAX,
    .run = run,
};
