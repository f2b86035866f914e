/* tern gate: for CI, is this a regression? */
#define _GNU_SOURCE
#include "cli/gate/gate.h"

#include "cli/text.h"

#include "base/file.h"
#include "base/talk/progress.h"
#include "measure/machine/machine.h"
#include "reports/data/select.h"
#include "reports/history/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct tern_cli_option options[] = {
    {"baseline", 0, "REF",
     "commit to compare with; it is built once, in a worktree of its own (with --records: a commit of the "
     "history)",
     TERN_CLI_TEXT(struct gate_arguments, baseline)},
    {"baseline-bin", 0, "PATH", "a tern that is built already",
     TERN_CLI_TEXT(struct gate_arguments, base_program)},
    {"candidate-bin", 0, "PATH", "the tern to judge (default: this program)",
     TERN_CLI_TEXT(struct gate_arguments, program)},
    {"source", 0, "DIR", "the git checkout that knows REF (default: the current folder)",
     TERN_CLI_TEXT(struct gate_arguments, source)},
    {"records", 0, "FILE", "measure nothing: compare these records with those of commit REF in the history",
     TERN_CLI_TEXT(struct gate_arguments, records)},
    {"db", 0, "FILE", "the history (default: history.db in the user's data folder)",
     TERN_CLI_TEXT(struct gate_arguments, db)},
    {"against-history", 0, NULL,
     "measure this program and compare with this machine's earlier such runs in the user's records (or "
     "--records), to "
     "which this one is added (unless --no-records)",
     TERN_CLI_FLAG(struct gate_arguments, against_history)},
    {"no-records", 0, NULL, "with --against-history: record nothing",
     TERN_CLI_FLAG(struct gate_arguments, past.none)},
    {"threshold", 0, "PCT", "slower by more than this is a regression (default 2)",
     TERN_CLI_PERCENT(struct gate_arguments, threshold, 0.01, 1000)},
    {"model", 0, "MODEL",
     "NAME, FILE.gguf or synth:NAME: decode and prefill of its linear layers (default 2b-4t)",
     TERN_CLI_TEXT(struct gate_arguments, model)},
    {"problem", 0, "MxK[xN]", "this shape instead; may be repeated",
     TERN_CLI_TEXTS(struct gate_arguments, given, 256)},
    {"filter", 0, "RE", "variants (default: what this machine's wisdom uses for each problem)",
     TERN_CLI_FILTER(struct gate_arguments, filter)},
    {"baseline-filter", 0, "RE",
     "variants of the baseline, when a variant was renamed; cases are then paired in their order",
     TERN_CLI_FILTER(struct gate_arguments, base_filter)},
    {"regime", 0, "hot|wcold",
     "hot: weights stay in L2; wcold: they rotate through more than the last-level cache (default wcold, "
     "with "
     "--problem hot)",
     TERN_CLI_TEXT(struct gate_arguments, regime)},
    {"threads", 0, "LIST", "thread counts (default: as the engine, with --problem 1)",
     TERN_CLI_TEXT(struct gate_arguments, threads)},
    {"groups", 0, "N", "groups of two processes of each build in the screening (default 4)",
     TERN_CLI_NUMBER(struct gate_arguments, groups, 3, 1000)},
    {"seed", 0, "N", "seed of the weights and the order of turns (default 1)",
     TERN_CLI_SEED(struct gate_arguments, seed, INT64_MAX)},
    {"budget", 0, "SECONDS", "about how long it may take (default 120, with --problem 28)",
     TERN_CLI_REAL(struct gate_arguments, budget, 1, 86400)},
    {"proxy", 0, "HOW",
     "instructions per call instead of time, for shared runners: auto (the default), counter, valgrind or "
     "step",
     TERN_CLI_TEXT(struct gate_arguments, proxy), .absent = "auto"},
    {"junit", 0, "FILE", "write the result as JUnit XML", TERN_CLI_TEXT(struct gate_arguments, junit)},
    {"markdown", 0, "FILE", "write the result as Markdown", TERN_CLI_TEXT(struct gate_arguments, markdown)},
    {"json", 0, NULL, "the result as JSON", TERN_CLI_FLAG(struct gate_arguments, json)},
    {"github", 0, NULL, "add annotation lines for GitHub", TERN_CLI_FLAG(struct gate_arguments, github)},
    {"quiet", 'q', NULL, "no progress", TERN_CLI_FLAG(struct gate_arguments, quiet)},
};

static const struct tern_cli_option inner[] = {
    {"worker", 0, NULL, "be the process that is measured", TERN_CLI_FLAG(struct gate_arguments, worker)},
    {"count-calls", 0, "N",
     "be the work whose instructions --proxy counts; needs --variant and one --problem",
     TERN_CLI_NUMBER(struct gate_arguments, calls, 1, 1u << 20)},
    {"variant", 0, "NAME", "with --count-calls: what is called",
     TERN_CLI_TEXT(struct gate_arguments, variant)},
    {"with", 0, "CASE=TEXT", "with --worker: parameters of a case; may be repeated",
     TERN_CLI_TEXTS(struct gate_arguments, with, 256)},
    {"params", 0, "TEXT", "with --count-calls: its parameters", TERN_CLI_TEXT(struct gate_arguments, params)},
};

/* 0, or the exit code. */
static int check(struct gate_arguments *a) {
    static const char *const small[] = {"640x2560x1", "320x2560x1", "640x1280x1"};
    /* Counting the instructions of whole models would take minutes under valgrind. */
    for (size_t i = 0; a->proxy && !a->model && a->given.count == i && i < 3; i++)
        if (!tern_cli_text_add("gate", "--problem", small[i], 256, &a->given)) return 4;
    const int given = a->given.count != 0;
    static char threads[24];
    const struct tern_machine *m = NULL;
    struct tern_error e = {""};
    if (tern_machine_get(&m, &e)) return tern_cli_fail(TERN_BAD_INPUT, &e);
    snprintf(threads, sizeof threads, "%zu", given || a->proxy ? 1 : tern_machine_threads(m));
    a->problem = a->given.item;
    a->problems = a->given.count;
    if (given && a->model) return tern_cli_usage("gate", "--model and --problem exclude each other");
    if (!a->model) a->model = "2b-4t";
    if (!a->regime) a->regime = given ? "hot" : "wcold";
    if (!a->threads) a->threads = threads;
    if (!(a->budget > 0)) a->budget = given ? 28 : 120;
    for (size_t i = 0, rows, k, n; i < a->problems; i++)
        if (!tern_cli_shape("gate", a->problem[i], &rows, &k, &n)) return 3;
    if (a->calls) return 0;
    if (strcmp(a->regime, "hot") && strcmp(a->regime, "wcold"))
        return tern_cli_usage("gate", "--regime: '%s' is not one of hot, wcold", a->regime);
    if (a->against_history && (a->baseline || a->base_program || a->proxy))
        return tern_cli_usage("gate", "--against-history: goes with no baseline, and with no proxy");
    if (a->past.none && !a->against_history)
        return tern_cli_usage("gate", "--no-records: goes with --against-history");
    if (a->against_history) a->past.file = a->records, a->records = NULL;
    if (!a->baseline && !a->base_program && !a->worker && !a->against_history)
        return tern_cli_usage("gate", "--baseline REF, --baseline-bin PATH or --against-history is missing");
    return 0;
}

static void progress(void *ctx, double fraction, const char *note) {
    tern_progress_step(ctx, fraction, note);
}

/* A baseline that is older than --with measures initial parameters; then the candidate does so, too. */
static enum tern_status measure(struct tern_gate_live *o, const struct gate_arguments *a,
                                struct tern_gate *out, struct tern_error *e) {
    enum tern_status s = tern_gate_measure(o, out, e);
    if (s != TERN_UNSUPPORTED || !o->withs || !strstr(e->text, "--with")) return s;
    if (!a->quiet)
        fprintf(stderr, "tern: gate: the baseline is too old for parameters: initial ones are compared\n");
    o->withs = 0;
    return tern_gate_measure(o, out, e);
}

static enum tern_status by_time(const struct gate_arguments *a, struct tern_gate *out, struct tern_error *e) {
    struct tern_progress bar;
    tern_progress_begin(&bar, "gate", a->quiet);
    struct tern_gate_live o = {.base_program = a->base_program,
                               .candidate_program = a->program,
                               .base_filter = gate_base_filter(a)->text,
                               .candidate_filter = a->filter.text,
                               .problem = a->problem,
                               .problems = a->problems,
                               .regime = a->regime,
                               .threads = a->threads,
                               .with = a->with.item,
                               .withs = a->with.count,
                               .threshold = a->threshold,
                               .budget_seconds = a->budget,
                               .groups = a->groups,
                               .seed = a->seed,
                               .progress = progress,
                               .ctx = &bar};
    const enum tern_status s = measure(&o, a, out, e);
    tern_progress_end(&bar);
    return s;
}

static enum tern_status by_history(const struct gate_arguments *a, struct tern_gate *out,
                                   struct tern_error *e) {
    struct tern_history *h;
    struct tern_records base = {0}, candidate = {0};
    char *path = tern_cli_history_file(a->db);
    if (!path) return tern_cli_no_file("gate", "name the history with --db", e);
    enum tern_status s = tern_records_read(a->records, &candidate, e);
    if (!s) s = tern_history_open(path, 1, &h, e);
    if (!s) {
        const struct tern_history_query q = {.commit = a->baseline};
        s = tern_history_find(h, &q, &base, e);
        tern_history_close(h);
    }
    if (!s && !base.count)
        s = tern_fail(e, TERN_INCONCLUSIVE, "gate: %s: no record of commit %s", path, a->baseline);
    if (!s)
        s = tern_gate_from_records(base.item, base.count, candidate.item, candidate.count, a->threshold,
                                   a->seed, out, e);
    tern_records_free(&base);
    tern_records_free(&candidate);
    free(path);
    return s;
}

static enum tern_status save(void (*write)(const struct tern_gate *, struct tern_text *),
                             const struct tern_gate *g, const char *path, struct tern_error *e) {
    struct tern_text t = {0};
    if (!path) return TERN_OK;
    write(g, &t);
    const enum tern_status s = t.failed ? tern_fail(e, TERN_NO_MEMORY, "gate: %s: out of memory", path)
                                        : tern_file_replace(path, t.data, t.used, e);
    tern_text_free(&t);
    return s;
}

static int show(const struct gate_arguments *a, const struct tern_gate *g) {
    struct tern_text t = {0};
    struct tern_error e = {""};
    enum tern_status s = save(tern_gate_junit, g, a->junit, &e);
    if (!s) s = save(tern_gate_markdown, g, a->markdown, &e);
    if (s) return tern_cli_fail(s, &e);
    if (a->json)
        tern_gate_json(g, &t);
    else
        tern_gate_text(g, &t);
    if (a->github) tern_gate_annotations(g, &t);
    const int rc = tern_cli_print_text(&t);
    return rc ? rc : tern_exit_code(tern_gate_status(g));
}

/* The cases: what was named, or else what people run. */
static enum tern_status choose(struct gate_arguments *a, struct gate_winners *w, struct tern_error *e) {
    if (a->filter.text && a->given.count) return TERN_OK;
    const enum tern_status s = gate_winners(a, w, e);
    if (s) return s;
    if (!a->given.count) a->problem = (const char *const *)w->problem, a->problems = w->problems;
    if (a->filter.text) return TERN_OK;
    for (size_t i = 0; i < w->withs; i++)
        if (!tern_cli_text_add("gate", "--with", w->with[i], 256, &a->with))
            return tern_fail(e, TERN_BAD_INPUT, "gate: too many cases");
    if (!a->quiet) fprintf(stderr, "tern: gate: %s\n", w->note);
    return tern_cli_filter_set("gate", "--filter", w->filter, &a->filter)
               ? TERN_OK
               : tern_fail(e, TERN_NO_MEMORY, "gate: out of memory");
}

static int gate(struct gate_arguments *a) {
    struct tern_gate g;
    struct tern_error e = {""};
    char *own = tern_cli_program(), *built = NULL, *cache = tern_xdg_path("cache", "gate");
    struct gate_winners winners = {.filter = NULL};
    enum tern_status s = TERN_OK;
    if (!a->program) a->program = own;
    if (!a->program)
        s = tern_fail(&e, TERN_UNSUPPORTED,
                      "gate: this program's path is not known; name it with --candidate-bin");
    if (!s && !a->records && !a->base_program && !a->against_history) {
        if (!a->quiet) fprintf(stderr, "tern: gate: building %s\n", a->baseline);
        s = cache ? tern_gate_build(a->source, a->baseline, cache, &built, &e)
                  : tern_cli_no_file("gate", "set XDG_CACHE_HOME", &e);
        a->base_program = built;
    }
    if (!s && !a->records) s = choose(a, &winners, &e);
    if (!s)
        s = a->against_history ? gate_against_past(a, by_time, &g, &e)
            : a->records       ? by_history(a, &g, &e)
            : a->proxy         ? gate_by_proxy(a, &g, &e)
                               : by_time(a, &g, &e);
    int rc;
    if (s) {
        rc = tern_cli_fail(s, &e);
    } else {
        g.base_name = a->against_history ? "earlier runs of this machine"
                      : a->baseline      ? a->baseline
                                         : a->base_program;
        g.candidate_name = a->records ? a->records : a->program;
        rc = show(a, &g);
        tern_gate_free(&g);
    }
    gate_winners_free(&winners);
    free(built);
    free(cache);
    free(own);
    return rc;
}

static int run(int argc, char **argv) {
    struct gate_arguments a = {.source = ".", .threshold = 0.02, .seed = 1};
    int rc = tern_cli_parse(&tern_command_gate, argc, argv, &a, NULL);
    if (rc) return rc;
    rc = check(&a);
    if (!rc) rc = a.worker ? gate_worker(&a) : a.calls ? gate_count_calls(&a) : gate(&a);
    tern_cli_release(&tern_command_gate, &a);
    return rc;
}

const struct tern_command tern_command_gate = {
    .name = "gate",
    .summary = "for CI: is this build slower than that one?",
    .usage = "(--baseline REF | --against-history) [options]",
    .about = "Fresh processes of both builds, two and two, measure the same cases in turns of a millisecond. "
             "A case that may be slower is measured again by other processes before the verdict.\n"
             "The cases are what people run here: the kernels that this machine's wisdom has for decode and "
             "prefill of a "
             "model, or for each --problem.\n"
             "Exit code 0: no case is slower by more than the threshold. 1: one is. 2: cannot tell.",
    .group = {TERN_CLI_GROUP(NULL, options, 0), TERN_CLI_GROUP("What the gate starts itself", inner, 0)},
    .example = "tern gate --baseline origin/main --threshold 3 --junit gate.xml --markdown gate.md",
    .run = run,
};
