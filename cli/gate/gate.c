/* tern gate: for CI, is this a regression? */
#define _GNU_SOURCE
#include "cli/gate/gate.h"

#include "base/file.h"
#include "base/progress.h"
#include "reports/data/select.h"
#include "reports/history/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct tern_command tern_command_gate;

static const char *const default_problem[] = {"640x2560x1", "320x2560x1", "640x1280x1"};

/* 0, or the exit code. */
static int parse(int argc, char **argv, struct gate_arguments *a) {
    enum {
        BASELINE = 256,
        BASE_BIN,
        BIN,
        RECORDS,
        DB,
        SOURCE,
        FILTER,
        BASE_FILTER,
        REGIME,
        THREADS,
        PROXY,
        JUNIT,
        MARKDOWN,
        VARIANT,
        PROBLEM,
        CALLS,
        GROUPS,
        SEED,
        THRESHOLD,
        BUDGET,
        JSON,
        GITHUB,
        WORKER,
        PARAMS
    };
    static const struct option options[] = {{"baseline", required_argument, 0, BASELINE},
                                            {"baseline-bin", required_argument, 0, BASE_BIN},
                                            {"candidate-bin", required_argument, 0, BIN},
                                            {"records", required_argument, 0, RECORDS},
                                            {"db", required_argument, 0, DB},
                                            {"source", required_argument, 0, SOURCE},
                                            {"filter", required_argument, 0, FILTER},
                                            {"baseline-filter", required_argument, 0, BASE_FILTER},
                                            {"regime", required_argument, 0, REGIME},
                                            {"threads", required_argument, 0, THREADS},
                                            {"proxy", optional_argument, 0, PROXY},
                                            {"junit", required_argument, 0, JUNIT},
                                            {"markdown", required_argument, 0, MARKDOWN},
                                            {"variant", required_argument, 0, VARIANT},
                                            {"problem", required_argument, 0, PROBLEM},
                                            {"count-calls", required_argument, 0, CALLS},
                                            {"groups", required_argument, 0, GROUPS},
                                            {"params", required_argument, 0, PARAMS},
                                            {"seed", required_argument, 0, SEED},
                                            {"threshold", required_argument, 0, THRESHOLD},
                                            {"budget", required_argument, 0, BUDGET},
                                            {"json", no_argument, 0, JSON},
                                            {"github", no_argument, 0, GITHUB},
                                            {"worker", no_argument, 0, WORKER},
                                            {"quiet", no_argument, 0, 'q'},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    const char **text[] = {&a->baseline, &a->base_program, &a->program,     &a->records, &a->db,
                           &a->source,   &a->filter,       &a->base_filter, &a->regime,  &a->threads};
    double percent;
    for (int c; (c = tern_cli_getopt(argc, argv, "hq", options, &tern_command_gate)) != -1;) {
        if (c >= BASELINE && c <= THREADS) {
            *text[c - BASELINE] = optarg;
            continue;
        }
        switch (c) {
        case PROXY:
            a->proxy = optarg ? optarg : "auto";
            break;
        case JUNIT:
            a->junit = optarg;
            break;
        case MARKDOWN:
            a->markdown = optarg;
            break;
        case VARIANT:
            a->variant = optarg;
            break;
        case PROBLEM:
            if (a->problems == sizeof a->problem / sizeof *a->problem)
                return tern_cli_usage("gate", "more than 256 problems");
            a->problem[a->problems++] = optarg;
            break;
        case CALLS:
            if (!tern_cli_size("gate", "--count-calls", optarg, 1, 1u << 20, &a->calls)) return 3;
            break;
        case GROUPS:
            if (!tern_cli_size("gate", "--groups", optarg, 3, 1000, &a->groups)) return 3;
            break;
        case SEED:
            if (!tern_cli_size("gate", "--seed", optarg, 0, SIZE_MAX >> 1, &a->seed)) return 3;
            break;
        case THRESHOLD:
            if (!tern_cli_real("gate", "--threshold", optarg, 0.01, 1000, &percent)) return 3;
            a->threshold = percent / 100;
            break;
        case BUDGET:
            if (!tern_cli_real("gate", "--budget", optarg, 1, 86400, &a->budget)) return 3;
            break;
        case JSON:
            a->json = 1;
            break;
        case GITHUB:
            a->github = 1;
            break;
        case WORKER:
            a->worker = 1;
            break;
        case PARAMS:
            a->params = optarg;
            break;
        case 'q':
            a->quiet = 1;
            break;
        default:
            return 3;
        }
    }
    if (optind < argc) return tern_cli_usage("gate", "'%s' is not expected here", argv[optind]);
    if (a->calls) return 0;
    if (strcmp(a->regime, "hot") && strcmp(a->regime, "wcold"))
        return tern_cli_usage("gate", "--regime: '%s' is neither hot nor wcold", a->regime);
    if (!a->baseline && !a->base_program && !a->worker)
        return tern_cli_usage("gate", "--baseline REF or --baseline-bin PATH is missing");
    for (size_t i = 0, m, k, n; i < a->problems; i++)
        if (!tern_cli_shape("gate", a->problem[i], &m, &k, &n)) return 3;
    if (a->problems) return 0;
    for (; a->problems < 3; a->problems++) a->problem[a->problems] = default_problem[a->problems];
    return 0;
}

static char *own_program(void) {
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return NULL;
    path[n] = 0;
    return strdup(path);
}

static void progress(void *ctx, double fraction, const char *note) {
    tern_progress_step(ctx, fraction, note);
}

static enum tern_status by_time(const struct gate_arguments *a, struct tern_gate *out, struct tern_error *e) {
    struct tern_progress bar;
    tern_progress_begin(&bar, "gate", a->quiet);
    const struct tern_gate_live o = {.base_program = a->base_program,
                                     .candidate_program = a->program,
                                     .base_filter = a->base_filter,
                                     .candidate_filter = a->filter,
                                     .problem = a->problem,
                                     .problems = a->problems,
                                     .regime = a->regime,
                                     .threads = a->threads,
                                     .threshold = a->threshold,
                                     .budget_seconds = a->budget,
                                     .groups = a->groups,
                                     .seed = a->seed,
                                     .progress = progress,
                                     .ctx = &bar};
    const enum tern_status s = tern_gate_measure(&o, out, e);
    tern_progress_end(&bar);
    return s;
}

static enum tern_status by_history(const struct gate_arguments *a, struct tern_gate *out,
                                   struct tern_error *e) {
    struct tern_history *h;
    struct tern_records base = {0}, candidate = {0};
    char *path = a->db ? strdup(a->db) : tern_xdg_path("data", "history.db");
    if (!path) return tern_fail(e, TERN_BAD_INPUT, "gate: no home folder is known: name the history by --db");
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
    fputs(t.data ? t.data : "", stdout);
    tern_text_free(&t);
    return tern_exit_code(tern_gate_status(g));
}

static int gate(struct gate_arguments *a) {
    struct tern_gate g;
    struct tern_error e = {""};
    char *own = own_program(), *built = NULL, *filter = NULL, *cache = tern_xdg_path("cache", "gate");
    enum tern_status s = TERN_OK;
    if (!a->program) a->program = own;
    if (!a->program)
        s = tern_fail(&e, TERN_UNSUPPORTED, "gate: this program's path is not known: --candidate-bin");
    if (!s && !a->records && !a->base_program) {
        if (!a->quiet) fprintf(stderr, "tern: gate: building %s\n", a->baseline);
        s = cache ? tern_gate_build(a->source, a->baseline, cache, &built, &e)
                  : tern_fail(&e, TERN_BAD_INPUT, "gate: no home folder is known: set XDG_CACHE_HOME");
        a->base_program = built;
    }
    if (!s && !a->records && !a->filter) {
        filter = gate_default_filter(a, &e);
        s = filter ? TERN_OK : TERN_BAD_INPUT;
        a->filter = filter;
    }
    if (!a->base_filter) a->base_filter = a->filter;
    if (!s) s = a->records ? by_history(a, &g, &e) : a->proxy ? gate_by_proxy(a, &g, &e) : by_time(a, &g, &e);
    int rc;
    if (s) {
        rc = tern_cli_fail(s, &e);
    } else {
        g.base_name = a->baseline ? a->baseline : a->base_program;
        g.candidate_name = a->records ? a->records : a->program;
        rc = show(a, &g);
        tern_gate_free(&g);
    }
    free(filter);
    free(built);
    free(cache);
    free(own);
    return rc;
}

static int run(int argc, char **argv) {
    struct gate_arguments a = {
        .regime = "hot", .threads = "1", .source = ".", .threshold = 0.02, .budget = 28, .seed = 1};
    const int rc = parse(argc, argv, &a);
    if (rc) return rc;
    if (a.worker) return gate_worker(&a);
    return a.calls ? gate_count_calls(&a) : gate(&a);
}

const struct tern_command tern_command_gate = {
    "gate", "for CI: is this build slower than that one?",
    "usage: tern gate --baseline REF | --baseline-bin PATH [options]\n\n"
    "Fresh processes of both builds, two and two, measure the same cases in turns of a millisecond. A case "
    "that\n"
    "may be slower is measured again by other processes before the verdict. Exit code 0: no case is slower "
    "by\n"
    "more than the threshold, 1: one is, 2: cannot tell.\n\n"
    "  --baseline REF         commit to compare with: built in a worktree of its own, once; or see "
    "--records\n"
    "  --baseline-bin PATH    a tern that is built already\n"
    "  --candidate-bin PATH   default: this program\n"
    "  --source DIR           the git checkout that knows REF (default: the current folder)\n"
    "  --records FILE         measure nothing: these records against those of commit REF in the history "
    "(--db FILE)\n"
    "  --threshold PCT        slower by more than this is a regression (default 2)\n"
    "  --problem MxK[xN]      may be repeated (default 640x2560x1, 320x2560x1, 640x1280x1)\n"
    "  --filter RE            variants (default: the one that tern prefers for each problem)\n"
    "  --baseline-filter RE   variants of the baseline, when a variant was renamed: cases then pair by "
    "place\n"
    "  --regime hot|wcold     default hot\n"
    "  --threads LIST         default 1\n"
    "  --groups N             groups of two processes of each build in the screening (default 4)\n"
    "  --seed N               of weights and the order of turns (default 1)\n"
    "  --budget SECONDS       default 28\n"
    "  --proxy[=HOW]          instructions per call instead of time, for shared runners: auto, counter, "
    "valgrind, step\n"
    "  --junit FILE, --markdown FILE, --json, --github (annotation lines)\n"
    "  -q, --quiet            no progress\n\n"
    "--count-calls N --variant NAME [--params TEXT] --problem MxK is the work that --proxy counts, --worker\n"
    "the process that is measured.\n\n"
    "example: tern gate --baseline origin/main --threshold 3 --junit gate.xml --markdown gate.md\n",
    run};
