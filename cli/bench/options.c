/* The command line of `tern bench`. */
#define _GNU_SOURCE
#include "cli/bench/bench.h"

#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct tern_command tern_command_bench;

const char tern_bench_help[] =
    "usage: tern bench [options] [--benchmark_... flags]\n\n"
    "Microbenchmarks of proven variants through Google Benchmark. A variant that fails verification is "
    "reported and\n"
    "never timed; the exit code is 1 then.\n\n"
    "  --filter RE           only cases whose name matches\n"
    "  --problem MxK[xN]     shape (default 6912x2560x1); may be repeated\n"
    "  --model NAME          the linear shapes of a model, once per token count\n"
    "  --batch LIST          token counts for --model (default 1)\n"
    "  --regime hot|wcold    weights in L2, or rotating through more than the last-level cache (default "
    "wcold)\n"
    "  --threads LIST        thread counts (default 1)\n"
    "  --seed N              of weights (default 1)\n"
    "  --counters LIST       groups of counters (ipc, cache, branch, stall, roofline, tern, os, guide,"
    " or FILE.json);\n"
    "                        'list' shows them, and why some cannot be counted here\n"
    "  --energy [SOURCE]     auto (the default), perf, powercap, hwmon, battery or meter:FILE.csv; model or\n"
    "                        model:FILE.json is an estimate and says so on every line\n"
    "  --records FILE        file that records are appended to (default: the user's)\n\n"
    "The name of a case is variant/MxKxN/t:THREADS/REGIME. --benchmark_filter, --benchmark_min_time,\n"
    "--benchmark_repetitions, --benchmark_format=json, --benchmark_out=FILE and the other flags of the "
    "library work. Beside its times stand those of our own rounds (median_ns, mad_ns, min_ns, ci_lo_ns, "
    "ci_hi_ns), and\n"
    "the share of the read ceiling and of the int8 ceiling measured in the same rounds.\n\n"
    "example: tern bench --filter 'gemv_p64.*' --problem 6912x2560x1 --benchmark_repetitions=5\n";

int tern_bench_parse(int argc, char **argv, struct tern_bench_arguments *a) {
    enum { FILTER = 256, PROBLEM, MODEL, BATCH, REGIME, THREADS, SEED, RECORDS, COUNTERS, ENERGY };
    static const struct option options[] = {{"filter", required_argument, 0, FILTER},
                                            {"problem", required_argument, 0, PROBLEM},
                                            {"model", required_argument, 0, MODEL},
                                            {"batch", required_argument, 0, BATCH},
                                            {"regime", required_argument, 0, REGIME},
                                            {"threads", required_argument, 0, THREADS},
                                            {"seed", required_argument, 0, SEED},
                                            {"records", required_argument, 0, RECORDS},
                                            {"counters", required_argument, 0, COUNTERS},
                                            {"energy", optional_argument, 0, ENERGY},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    int own = 1, got;
    a->passed[a->n_passed++] = argv[0];
    for (int i = 1; i < argc; i++) { /* the library's flags have values behind '=' only */
        if (!strncmp(argv[i], "--benchmark_", 12))
            a->passed[a->n_passed++] = argv[i];
        else
            argv[own++] = argv[i];
    }
    argv[own] = NULL;
    while ((got = tern_cli_getopt(own, argv, "h", options, &tern_command_bench)) != -1) {
        switch (got) {
        case FILTER:
            a->filter = optarg;
            break;
        case PROBLEM:
            if (a->problems == sizeof a->problem / sizeof *a->problem)
                return tern_cli_usage("bench", "more than 256 problems");
            a->problem[a->problems++] = optarg;
            break;
        case MODEL:
            a->model = optarg;
            break;
        case BATCH:
            a->batch = optarg;
            break;
        case REGIME:
            if (strcmp(optarg, "hot") && strcmp(optarg, "wcold"))
                return tern_cli_usage("bench", "--regime: '%s' is neither hot nor wcold", optarg);
            a->regime = strcmp(optarg, "hot") ? TERN_WCOLD : TERN_HOT;
            break;
        case THREADS:
            a->threads = optarg;
            break;
        case SEED:
            if (!tern_cli_size("bench", "--seed", optarg, 0, SIZE_MAX >> 1, &a->seed)) return 3;
            break;
        case RECORDS:
            a->records = optarg;
            break;
        case COUNTERS:
            a->counters = optarg;
            break;
        case ENERGY:
            /* There are no other words, so one that follows is the source. */
            a->energy = optarg ? optarg : optind < own && argv[optind][0] != '-' ? argv[optind++] : "auto";
            break;
        default:
            return 3;
        }
    }
    if (optind < own) return tern_cli_usage("bench", "unexpected argument '%s'", argv[optind]);
    return 0;
}

int tern_bench_tasks(const struct tern_bench_arguments *a, struct tern_tasks *tasks) {
    size_t *threads = NULL, n_threads, *tokens = NULL, n_tokens;
    struct tern_error e;
    enum tern_status s = TERN_OK;
    int rc = 3;
    if (!tern_cli_sizes("bench", "--threads", a->threads, 1, 4096, &threads, &n_threads)) return 3;
    if (!tern_cli_sizes("bench", "--batch", a->batch, 1, 65536, &tokens, &n_tokens)) goto done;
    for (size_t i = 0; i < a->problems + (!a->problems && !a->model) && !s; i++) {
        size_t m, k, n;
        if (!tern_cli_shape("bench", a->problems ? a->problem[i] : "6912x2560x1", &m, &k, &n)) goto done;
        s = tern_tasks_add_shape(tasks, m, k, threads, n_threads, &n, 1, a->regime, &e);
    }
    if (!s && a->model)
        s = tern_tasks_add_model(tasks, a->model, threads, n_threads, tokens, n_tokens, a->regime, &e);
    rc = s ? tern_cli_fail(s, &e) : 0;
done:
    free(threads);
    free(tokens);
    return rc;
}
