#define _GNU_SOURCE
#include "cli/command.h"

#include "base/file.h"
#include "measure/machine.h"
#include "tuner/wisdom.h"
#include "tuner/wisdom_edit.h"

#include <jansson.h>
#include <math.h>
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
    "  --any-machine     accept files of other machines\n"
    "  --stale           forget only what was measured with other code than this build's\n"
    "  --all             forget everything\n"
    "  --json            show and explain as JSON\n\n"
    "example: tern wisdom explain 6912x2560x1 --threads 2\n";

extern const struct tern_command tern_command_wisdom;

struct arguments {
    char **word; /* after the subcommand */
    size_t words;
    const char *path;
    const struct tern_machine *machine;
    size_t threads;
    int any_machine, stale, all, json;
};

static enum tern_status read_mine(const struct arguments *a, struct tern_wisdom *w, struct tern_error *e) {
    const enum tern_status s = tern_wisdom_read(a->path, a->machine->key, a->any_machine, w, e);
    if (!s && w->skipped)
        fprintf(stderr, "tern: wisdom: %s: %zu damaged or unknown lines skipped\n", a->path, w->skipped);
    return s;
}

static void params_of(const struct tern_wisdom_entry *en, char *out, size_t bytes) {
    const struct tern_variant *v = tern_variant_named(en->variant);
    if (v)
        tern_variant_params_text(v, en->param, out, bytes);
    else
        snprintf(out, bytes, "-");
}

static json_t *json_entry(const struct tern_wisdom_entry *en) {
    char params[160];
    params_of(en, params, sizeof params);
    json_t *o = json_pack(
        "{s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:f, s:I, s:s, s:f, s:s, s:s, s:s, s:b, s:b, s:b}", "m",
        (json_int_t)en->problem.m, "k", (json_int_t)en->problem.k, "n", (json_int_t)en->problem.n, "threads",
        (json_int_t)en->problem.threads, "regime", tern_regime_name(en->problem.regime), "objective",
        en->objective, "variant", en->variant, "params", params, "median_ns", en->median_ns, "rounds",
        (json_int_t)en->n, "base", en->base, "time_over_base", en->ratio, "effort", en->effort, "date",
        en->date, "code", en->code, "complete", en->complete, "tie", en->tie, "stale", tern_wisdom_stale(en));
    if (!isnan(en->ci_lo_ns))
        json_object_set_new(o, "ci95_ns", json_pack("[f,f]", en->ci_lo_ns, en->ci_hi_ns));
    if (!isnan(en->ratio_lo))
        json_object_set_new(o, "ci95_ratio", json_pack("[f,f]", en->ratio_lo, en->ratio_hi));
    return o;
}

static void say_entry(const struct tern_wisdom_entry *en) {
    const struct tern_problem *p = &en->problem;
    char params[160];
    params_of(en, params, sizeof params);
    printf("%zux%zux%zu t%zu %s %s: %s %s%s\n", p->m, p->k, p->n, p->threads, tern_regime_name(p->regime),
           en->objective, en->variant, params,
           tern_wisdom_stale(en) ? "  STALE: measured with other code; tune again" : "");
    printf("    median %.2f us", en->median_ns / 1000);
    if (!isnan(en->ci_lo_ns)) printf(" [%.2f, %.2f]", en->ci_lo_ns / 1000, en->ci_hi_ns / 1000);
    printf(" n=%zu; ", en->n);
    if (en->tie)
        printf("not separable from the default, which stays");
    else if (!strcmp(en->variant, en->base) && en->ratio == 1)
        printf("the default won");
    else {
        printf("%.2fx %s", 1 / en->ratio, en->base);
        if (!isnan(en->ratio_lo)) printf(" [%.2f, %.2f]", 1 / en->ratio_hi, 1 / en->ratio_lo);
    }
    printf("; effort %s, %s%s\n", en->effort, en->date, en->complete ? "" : ", incomplete");
}

static int show(const struct arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    const enum tern_status s = read_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    json_t *list = json_array();
    for (size_t i = 0; i < w.count; i++) {
        if (a->json)
            json_array_append_new(list, json_entry(&w.entry[i]));
        else
            say_entry(&w.entry[i]);
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

static int shape_of(const struct arguments *a, struct tern_problem *p, int *has_n) {
    size_t xs = 0;
    if (a->words != 1) return tern_cli_usage("wisdom", "one problem is needed, such as 6912x2560x1");
    if (!tern_cli_shape("wisdom", a->word[0], &p->m, &p->k, &p->n)) return 3;
    for (const char *c = a->word[0]; *c; c++) xs += *c == 'x';
    *has_n = xs == 2;
    return 0;
}

static const struct tern_wisdom_entry *entry_of(const struct tern_wisdom *w, const struct tern_problem *p,
                                                const struct tern_plan *plan) {
    const struct tern_wisdom_entry *near = NULL;
    for (size_t i = 0; i < w->count; i++) {
        const struct tern_wisdom_entry *en = &w->entry[i];
        const struct tern_problem *q = &en->problem;
        if (q->m != p->m || q->k != p->k || q->threads != p->threads ||
            strcmp(en->variant, plan->variant->name) || memcmp(en->param, plan->param, sizeof plan->param) ||
            (q->n == 1) != (p->n == 1))
            continue;
        if (!near ||
            fabs(log((double)q->n / (double)p->n)) < fabs(log((double)near->problem.n / (double)p->n)))
            near = en;
    }
    return near;
}

static int explain(const struct arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    struct tern_plan plan;
    struct tern_problem p = {.threads = a->threads ? a->threads : a->machine->cpus, .regime = TERN_WCOLD};
    int has_n = 0, rc = shape_of(a, &p, &has_n);
    if (rc) return rc;
    enum tern_status s = read_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    s = tern_plan_for(&w, a->machine->usable, &p, NULL, &plan, &e);
    if (s) {
        tern_wisdom_free(&w);
        return tern_cli_fail(s, &e);
    }
    const struct tern_wisdom_entry *en = plan.from_wisdom ? entry_of(&w, &p, &plan) : NULL;
    char params[160];
    tern_variant_params_text(plan.variant, plan.param, params, sizeof params);
    const char *forced = getenv("TERN_KERNEL");
    const char *why = en                                              ? "wisdom"
                      : forced && !strcmp(forced, plan.variant->name) ? "TERN_KERNEL"
                                                                      : "static ranking";
    if (a->json) {
        json_t *root = json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:s}", "m", (json_int_t)p.m, "k",
                                 (json_int_t)p.k, "n", (json_int_t)p.n, "threads", (json_int_t)p.threads,
                                 "variant", plan.variant->name, "params", params, "decided_by", why);
        if (en) json_object_set_new(root, "evidence", json_entry(en));
        tern_cli_print_json(root);
    } else {
        printf("%zux%zux%zu with %zu thread%s: %s %s\ndecided by: %s\n", p.m, p.k, p.n, p.threads,
               p.threads > 1 ? "s" : "", plan.variant->name, params, why);
        if (en) say_entry(en);
        size_t others = 0;
        for (size_t i = 0; i < w.count; i++) {
            const struct tern_wisdom_entry *o = &w.entry[i];
            if (o == en || o->problem.m != p.m || o->problem.k != p.k) continue;
            if (!others++) printf("other entries of this shape:\n");
            say_entry(o);
        }
        if (!en && !others)
            printf("nothing is remembered about this shape; tern tune --problem %s would\n", a->word[0]);
    }
    tern_wisdom_free(&w);
    return 0;
}

static int export(const struct arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    if (a->words > 1) return tern_cli_usage("wisdom", "export: one file at most");
    enum tern_status s = read_mine(a, &w, &e);
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
static int take(const struct arguments *a, int replace) {
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

static int import(const struct arguments *a) {
    return take(a, 1);
}

static int merge(const struct arguments *a) {
    return take(a, 0);
}

static int forget(const struct arguments *a) {
    struct tern_wisdom w;
    struct tern_error e;
    struct tern_problem p = {.threads = a->threads};
    if (a->words || (!a->all && !a->stale)) {
        int has_n = 0, rc = shape_of(a, &p, &has_n);
        if (rc) return rc;
        if (!has_n) p.n = 0;
    }
    enum tern_status s = read_mine(a, &w, &e);
    if (s) return tern_cli_fail(s, &e);
    const size_t gone = tern_wisdom_forget(&w, &p, a->stale);
    if (gone || w.skipped) s = tern_wisdom_write(a->path, &w, &e);
    tern_wisdom_free(&w);
    if (s) return tern_cli_fail(s, &e);
    printf("%zu entries forgotten\n", gone);
    return 0;
}

static int run(int argc, char **argv) {
    enum { WISDOM = 256, THREADS, ANY, STALE, ALL, JSON };
    static const struct option options[] = {{"wisdom", required_argument, 0, WISDOM},
                                            {"threads", required_argument, 0, THREADS},
                                            {"any-machine", no_argument, 0, ANY},
                                            {"stale", no_argument, 0, STALE},
                                            {"all", no_argument, 0, ALL},
                                            {"json", no_argument, 0, JSON},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    static const struct {
        const char *name;
        int (*run)(const struct arguments *a);
    } commands[] = {{"show", show},     {"explain", explain}, {"export", export},
                    {"import", import}, {"merge", merge},     {"forget", forget}};
    struct arguments a = {0};
    struct tern_error e;
    const char *path = NULL;
    int got;
    while ((got = tern_cli_getopt(argc, argv, "h", options, &tern_command_wisdom)) != -1) {
        switch (got) {
        case WISDOM:
            path = optarg;
            break;
        case THREADS:
            if (!tern_cli_size("wisdom", "--threads", optarg, 1, 4096, &a.threads)) return 3;
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
    const enum tern_status s = tern_machine_get(&a.machine, &e);
    if (s) return tern_cli_fail(s, &e);
    char *file = path ? strdup(path) : tern_wisdom_default_path();
    if (!file) return tern_cli_usage("wisdom", "no home directory is known: name the file with --wisdom");
    a.path = file;
    int rc = -1;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(commands[i].name, name)) rc = commands[i].run(&a);
    free(file);
    return rc >= 0 ? rc
                   : tern_cli_usage("wisdom", "'%s' is none of show, explain, export, import, merge, forget",
                                    name);
}

const struct tern_command tern_command_wisdom = {
    "wisdom", "what was learnt about this machine: show, explain, exchange", help_text, run};
