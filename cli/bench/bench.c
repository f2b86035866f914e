/* The command line of `tern bench`. */
#define _GNU_SOURCE
#include "cli/bench/bench.h"

#include "cli/command.h"

#include "measure/gbench/gbench.h"

#include <stdlib.h>
#include <string.h>

static const struct tern_cli_option options[] = {
    {"filter", 0, "RE", "only cases whose name matches",
     TERN_CLI_FILTER(struct tern_bench_arguments, filter)},
    {"problem", 0, "MxK[xN]", "shape (default 6912x2560x1); may be repeated",
     TERN_CLI_TEXTS(struct tern_bench_arguments, problems, 256)},
    {"model", 0, "NAME", "the linear shapes of a model, once per token count",
     TERN_CLI_TEXT(struct tern_bench_arguments, model)},
    {"batch", 0, "LIST", "token counts for --model (default 1)",
     TERN_CLI_NUMBERS(struct tern_bench_arguments, batch, 1, 65536)},
    {"regime", 0, "hot|wcold",
     "hot: weights stay in L2; wcold: they rotate through more than the last-level cache (default wcold)",
     TERN_CLI_CHOICE(struct tern_bench_arguments, regime)},
    {"threads", 0, "LIST", "thread counts (default 1)",
     TERN_CLI_NUMBERS(struct tern_bench_arguments, threads, 1, 4096)},
    {"seed", 0, "N", "seed of the weights (default 1)",
     TERN_CLI_SEED(struct tern_bench_arguments, seed, INT64_MAX)},
    {"counters", 0, "LIST",
     "groups of counters: ipc, cache, branch, stall, roofline, tern, os, guide, or FILE.json; list shows "
     "them, and why some cannot be counted here",
     TERN_CLI_TEXT(struct tern_bench_arguments, counters)},
    {"energy", 0, "SOURCE",
     "auto (the default), perf, powercap, hwmon, battery or meter:FILE.csv; model or model:FILE.json is an "
     "estimate, and every line says so",
     TERN_CLI_TEXT(struct tern_bench_arguments, energy), .absent = "auto"},
    TERN_CLI_RECORDS(struct tern_bench_arguments, records),
};

/* Moves the library's flags out of argv; their values stand behind '=' only. Returns the new argc. */
static int pass_flags(int argc, char **argv, struct tern_bench_arguments *a) {
    int own = 1;
    a->passed[a->n_passed++] = argv[0];
    for (int i = 1; i < argc; i++)
        if (!strncmp(argv[i], "--benchmark_", 12))
            a->passed[a->n_passed++] = argv[i];
        else
            argv[own++] = argv[i];
    argv[own] = NULL;
    return own;
}

/* The problems that were asked for. Returns an exit code. */
static int list_tasks(const struct tern_bench_arguments *a, struct tern_tasks *tasks) {
    static const char *const usual_problem = "6912x2560x1";
    size_t one = 1;
    const struct tern_cli_numbers once = {&one, 1}, *threads = a->threads.count ? &a->threads : &once,
                                  *tokens = a->batch.count ? &a->batch : &once;
    const enum tern_regime regime = a->regime == TERN_BENCH_HOT ? TERN_HOT : TERN_WCOLD;
    const int usual = !a->problems.count && !a->model;
    struct tern_error e;
    enum tern_status s = TERN_OK;
    for (size_t i = 0; i < (usual ? 1 : a->problems.count) && !s; i++) {
        size_t m, k, n;
        if (!tern_cli_shape("bench", usual ? usual_problem : a->problems.item[i], &m, &k, &n)) return 3;
        s = tern_tasks_add_shape(tasks, m, k, threads->item, threads->count, &n, 1, regime, &e);
    }
    if (!s && a->model)
        s = tern_tasks_add_model(tasks, a->model, threads->item, threads->count, tokens->item, tokens->count,
                                 regime, &e);
    return s ? tern_cli_fail(s, &e) : 0;
}

static int bench(const struct tern_bench_arguments *a) {
    struct tern_tasks tasks = {0};
    struct tern_bench_plan plan = {.seed = a->seed};
    struct tern_error e;
    if (a->counters && !strcmp(a->counters, "list")) return tern_bench_list_counters();
    int rc = list_tasks(a, &tasks);
    if (!rc && a->counters) rc = tern_bench_groups(a->counters, &plan);
    if (!rc && a->energy) rc = tern_bench_energy(a->energy, &plan);
    if (!rc && !tern_gbench_version())
        rc = tern_cli_fail(
            tern_fail(&e, TERN_UNSUPPORTED,
                      "bench: built without Google Benchmark: install libbenchmark-dev and configure again"),
            &e);
    if (!rc) rc = tern_bench_cases(a, &plan, &tasks);
    tern_energy_close(plan.energy);
    tern_tasks_free(&tasks);
    return rc;
}

static int run(int argc, char **argv) {
    struct tern_bench_arguments a = {.regime = TERN_BENCH_WCOLD, .seed = 1};
    struct tern_error e;
    a.passed = calloc((size_t)argc + 2, sizeof *a.passed);
    if (!a.passed) return tern_cli_fail(tern_fail(&e, TERN_NO_MEMORY, "bench: out of memory"), &e);
    int rc = tern_cli_parse(&tern_command_bench, pass_flags(argc, argv, &a), argv, &a, NULL);
    if (!rc) {
        rc = bench(&a);
        tern_cli_release(&tern_command_bench, &a);
    }
    free(a.passed);
    return rc;
}

const struct tern_command tern_command_bench = {
    .name = "bench",
    .summary = "microbenchmarks of proven variants through Google Benchmark",
    .usage = "[options] [--benchmark_... flags]",
    .about = "Microbenchmarks of proven variants through Google Benchmark. A variant that fails verification "
             "is reported and never timed; the exit code is 1 then.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .notes = "The name of a case is variant/MxKxN/t:THREADS/REGIME. --benchmark_filter, "
             "--benchmark_min_time, --benchmark_repetitions, --benchmark_format=json, --benchmark_out=FILE "
             "and the other flags of the library work. Next to its times stand those of tern's own rounds "
             "(median_ns, mad_ns, min_ns, ci_lo_ns, ci_hi_ns), and the share of the read ceiling and of the "
             "int8 ceiling, measured in the same rounds.",
    .example = "tern bench --filter 'gemv_p64.*' --problem 6912x2560x1 --benchmark_repetitions=5",
    .run = run,
};
