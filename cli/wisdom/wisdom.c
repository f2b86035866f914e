#define _GNU_SOURCE
#include "cli/wisdom/wisdom.h"
#include "cli/command.h"

#include "base/file.h"
#include "measure/machine/machine.h"
#include "tuner/wisdom/core_kinds.h"
#include "tuner/wisdom/edit.h"
#include "tuner/wisdom/wisdom.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help_text[] =
    "usage: tern wisdom show                 what is remembered for this machine\n"
    "       tern wisdom explain MxK[xN]      which variant a problem gets, and why\n"
    "       tern wisdom export [FILE]        a copy, to a file or to stdout\n"
    "       tern wisdom import FILE          its entries replace those of the same problems\n"
    "       tern wisdom merge FILE...        of two entries the better evidence stays\n"
    "       tern wisdom forget MxK[xN]       one problem; or --stale, or --all\n\n"
    "  --wisdom FILE     file to work on (default: TERN_WISDOM, else the user's)\n"
    "  --threads N       of the problem (explain: default all processors; forget: default any)\n"
    "  --kind N|NAME     kind of core, where there are several (default the first)\n"
    "  --any-machine     accept files of other machines\n"
    "  --stale           forget only what was measured with other code than this build's\n"
    "  --all             forget everything\n"
    "  --json            show and explain as JSON\n\n"
    "example: tern wisdom explain 6912x2560x1 --threads 2\n";

extern const struct tern_command tern_command_wisdom;

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
        tern_cli_print_json(json_pack("{s:s, s:s, s:I, s:O}", "file", a->path, "machine", w.machine,
                                      "skipped_lines", (json_int_t)w.skipped, "entries", list));
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
    if (a->words > 1) return tern_cli_usage("wisdom", "export: one file at most");
    enum tern_status s = tern_wisdom_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    char *text = NULL;
    size_t bytes = 0;
    s = a->words ? tern_wisdom_write(a->word[0], &w, &e) : tern_wisdom_text(&w, &text, &bytes, &e);
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
    if (!a->words || (replace && a->words > 1))
        return tern_cli_usage("wisdom", replace ? "import: one file is needed" : "merge: which files?");
    enum tern_status s = tern_wisdom_read(a->path, a->machine->key, 0, &mine, &e);
    if (s) return tern_cli_fail(s, &e);
    for (size_t i = 0; i < a->words && !s; i++) {
        size_t n = 0;
        struct tern_map there;
        s = tern_map_open(a->word[i], &there, &e); /* a missing file is an error here */
        if (s) break;
        tern_map_close(&there);
        s = tern_wisdom_read(a->word[i], a->machine->key, a->any_machine, &from, &e);
        if (s) break;
        if (from.skipped)
            fprintf(stderr, "tern: wisdom: %s: %zu damaged or unknown lines skipped\n", a->word[i],
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
    if (a->words || (!a->all && !a->stale)) {
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

static int run(int argc, char **argv) {
    enum { WISDOM = 256, THREADS, KIND, ANY, STALE, ALL, JSON };
    static const struct option options[] = {{"wisdom", required_argument, 0, WISDOM},
                                            {"threads", required_argument, 0, THREADS},
                                            {"kind", required_argument, 0, KIND},
                                            {"any-machine", no_argument, 0, ANY},
                                            {"stale", no_argument, 0, STALE},
                                            {"all", no_argument, 0, ALL},
                                            {"json", no_argument, 0, JSON},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    static const struct {
        const char *name;
        int (*run)(const struct tern_wisdom_arguments *a);
    } commands[] = {{"show", show},     {"explain", tern_wisdom_explain},
                    {"export", export}, {"import", import},
                    {"merge", merge},   {"forget", forget}};
    struct tern_wisdom_arguments a = {0};
    struct tern_error e;
    const struct tern_machine *whole;
    struct tern_machine machine;
    const char *path = NULL, *kind = NULL;
    size_t which = 0;
    int got;
    while ((got = tern_cli_getopt(argc, argv, "h", options, &tern_command_wisdom)) != -1) {
        switch (got) {
        case WISDOM:
            path = optarg;
            break;
        case THREADS:
            if (!tern_cli_size("wisdom", "--threads", optarg, 1, 4096, &a.threads)) return 3;
            break;
        case KIND:
            kind = optarg;
            break;
        case ANY:
            a.any_machine = 1;
            break;
        case STALE:
            a.stale = 1;
            break;
        case ALL:
            a.all = 1;
            break;
        case JSON:
            a.json = 1;
            break;
        default:
            return 3;
        }
    }
    if (optind == argc)
        return tern_cli_usage("wisdom", "what? show, explain, export, import, merge or forget");
    const char *name = argv[optind];
    a.word = argv + optind + 1;
    a.words = (size_t)(argc - optind - 1);
    enum tern_status s = tern_machine_get(&whole, &e);
    if (!s && kind) s = tern_core_kind_named(whole, kind, &which, &e);
    if (s) return tern_cli_fail(s, &e);
    tern_machine_of_kind(whole, which, &machine);
    a.machine = &machine;
    char *base = path ? strdup(path) : tern_wisdom_default_path();
    char *file = tern_core_kind_wisdom_path(base, a.machine);
    if (!kind && whole->core_kinds > 1) a.whole = whole, a.base = base;
    if (!file) return tern_cli_usage("wisdom", "no home directory is known: name the file with --wisdom");
    a.path = file;
    int rc = -1;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(commands[i].name, name)) rc = commands[i].run(&a);
    free(file);
    free(base);
    return rc >= 0 ? rc
                   : tern_cli_usage("wisdom", "'%s' is none of show, explain, export, import, merge, forget",
                                    name);
}

const struct tern_command tern_command_wisdom = {
    "wisdom", "what was learnt about this machine: show, explain, exchange", help_text, run};
