#define _GNU_SOURCE
#include "cli/command.h"

#include "base/file.h"
#include "cli/tune/tune.h"
#include "measure/energy/energy.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help_text[] =
    "usage: tern tune [options]\n\n"
    "Finds the fastest proven variant for each problem on this machine and remembers it as wisdom.\n\n"
    "  --model NAME|FILE.gguf|synth:NAME  tune the linear layers of a model (default 2b-4t)\n"
    "  --problem MxK[xN]      tune this shape instead; may be repeated\n"
    "  --threads LIST         thread counts (default: 1 and all processors of the kind); 2..8 and 1..max "
    "are\n"
    "                         ranges, auto is powers of two, the cores and all processors; of these the "
    "winners\n"
    "                         then meet, and wisdom keeps which count is best\n"
    "  --kind N|NAME|all      kind of core, where there are several (tern doctor lists them; default all)\n"
    "  --batch LIST           token counts (default 1,128; a problem with its own N keeps it)\n"
    "  --budget SECONDS       for everything together (default 60)\n"
    "  --strategy NAME        race (default), exhaustive, random, climb or evolve\n"
    "  --effort NAME          quick, normal (default) or thorough\n"
    "  --objective NAME       time (default); energy and edp (energy times time) need an energy source\n"
    "  --again                measure also what is known with this effort or more\n"
    "  --resume               go on where a run with the same options was killed\n"
    "  --dry-run              show the problems and the size of their spaces, measure nothing\n"
    "  -v, --verbose          with --dry-run: seeds, constraints and every point left out\n"
    "  --lossy                let variants win whose sums are not exact\n"
    "  --wisdom FILE          file to update (default: TERN_WISDOM, else the user's)\n"
    "  --records FILE         file that records are appended to (default: the user's)\n"
    "  --seed N               of weights, orders of rounds and strategies that draw lots (default 1)\n"
    "  --record-table FILE    measure every candidate of one problem and keep the table (.gz: compressed)\n"
    "  --rounds N             of that table (default 5)\n"
    "  --replay FILE          run --strategy NAME, or all, on a recorded table; measures nothing\n"
    "  --repetitions N        of each strategy on the table, seeds from --seed on (default 21)\n"
    "  --json                 results as JSON\n"
    "  -q, --quiet            no progress bar\n\n"
    "What is known with at least this effort is not measured again. One tuner runs at a time. \n"
    "Interrupt with Ctrl-C: what is finished stays.\n\n"
    "example: tern tune --model synth:2b-4t --threads 1,2 --budget 60\n";

extern const struct tern_command tern_command_tune;

static volatile int stop; /* set by SIGINT and SIGTERM, read by the tuner */

static void on_signal(int signal_number) {
    (void)signal_number;
    stop = 1;
}

/* Names become what they name. */
static int check(struct tern_tune_arguments *a, size_t seed) {
    a->tune.seed = seed;
    a->tune.strategy = tern_strategy_named(a->strategy);
    a->tune.effort = tern_effort_named(a->effort);
    if (!a->tune.strategy && !(a->replay && !strcmp(a->strategy, "all")))
        return tern_cli_usage("tune", "--strategy: '%s' is none of race, exhaustive, random, climb, evolve",
                              a->strategy);
    if (!a->tune.effort)
        return tern_cli_usage("tune", "--effort: '%s' is none of quick, normal, thorough", a->effort);
    if (!tern_objective_named(a->objective, &a->tune.objective))
        return tern_cli_usage("tune", "--objective: '%s' is none of time, energy, edp", a->objective);
    if (a->tune.table && (a->replay || a->dry_run || a->problems != 1))
        return tern_cli_usage(
            "tune", "--record-table: needs exactly one --problem, and neither --replay nor --dry-run");
    const char *why = a->tune.objective == TERN_OBJECTIVE_TIME || a->replay ? NULL : tern_energy_why_not();
    if (!why) return 0;
    fprintf(stderr, "tern: tune: --objective %s: %s\n", a->objective, why);
    return 4;
}

static int parse(int argc, char **argv, struct tern_tune_arguments *a) {
    enum {
        MODEL = 256,
        PROBLEM,
        THREADS,
        BATCH,
        BUDGET,
        STRATEGY,
        EFFORT,
        OBJECTIVE,
        RESUME,
        DRY,
        LOSSY,
        WISDOM,
        RECORDS,
        SEED,
        AGAIN,
        TABLE,
        ROUNDS,
        REPLAY,
        REPETITIONS,
        KIND,
        JSON
    };
    static const struct option options[] = {{"model", required_argument, 0, MODEL},
                                            {"problem", required_argument, 0, PROBLEM},
                                            {"threads", required_argument, 0, THREADS},
                                            {"batch", required_argument, 0, BATCH},
                                            {"budget", required_argument, 0, BUDGET},
                                            {"strategy", required_argument, 0, STRATEGY},
                                            {"effort", required_argument, 0, EFFORT},
                                            {"objective", required_argument, 0, OBJECTIVE},
                                            {"resume", no_argument, 0, RESUME},
                                            {"dry-run", no_argument, 0, DRY},
                                            {"lossy", no_argument, 0, LOSSY},
                                            {"wisdom", required_argument, 0, WISDOM},
                                            {"records", required_argument, 0, RECORDS},
                                            {"seed", required_argument, 0, SEED},
                                            {"again", no_argument, 0, AGAIN},
                                            {"record-table", required_argument, 0, TABLE},
                                            {"rounds", required_argument, 0, ROUNDS},
                                            {"replay", required_argument, 0, REPLAY},
                                            {"repetitions", required_argument, 0, REPETITIONS},
                                            {"kind", required_argument, 0, KIND},
                                            {"verbose", no_argument, 0, 'v'},
                                            {"json", no_argument, 0, JSON},
                                            {"quiet", no_argument, 0, 'q'},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    size_t seed = 1;
    int got;
    *a = (struct tern_tune_arguments){.strategy = "race",
                                      .effort = "normal",
                                      .objective = "time",
                                      .batch = "1,128",
                                      .kind = "all",
                                      .repetitions = 21,
                                      .tune = {.budget_seconds = 60, .table_rounds = 5}};
    while ((got = tern_cli_getopt(argc, argv, "qvh", options, &tern_command_tune)) != -1) {
        switch (got) {
        case MODEL:
            a->model = optarg;
            break;
        case PROBLEM:
            if (a->problems == sizeof a->problem / sizeof *a->problem)
                return tern_cli_usage("tune", "more than 256 problems");
            a->problem[a->problems++] = optarg;
            break;
        case THREADS:
            a->threads = optarg;
            break;
        case BATCH:
            a->batch = optarg;
            break;
        case BUDGET:
            if (!tern_cli_real("tune", "--budget", optarg, 0.1, 1e6, &a->tune.budget_seconds)) return 3;
            break;
        case STRATEGY:
            a->strategy = optarg;
            break;
        case EFFORT:
            a->effort = optarg;
            break;
        case OBJECTIVE:
            a->objective = optarg;
            break;
        case RESUME:
            a->tune.resume = 1;
            break;
        case DRY:
            a->dry_run = 1;
            break;
        case LOSSY:
            a->tune.lossy = 1;
            break;
        case WISDOM:
            a->wisdom = optarg;
            break;
        case RECORDS:
            a->records = optarg;
            break;
        case SEED:
            if (!tern_cli_size("tune", "--seed", optarg, 0, SIZE_MAX >> 1, &seed)) return 3;
            break;
        case AGAIN:
            a->tune.again = 1;
            break;
        case TABLE:
            a->tune.table = optarg;
            break;
        case ROUNDS:
            if (!tern_cli_size("tune", "--rounds", optarg, 1, 1000, &a->tune.table_rounds)) return 3;
            break;
        case REPLAY:
            a->replay = optarg;
            break;
        case REPETITIONS:
            if (!tern_cli_size("tune", "--repetitions", optarg, 1, 1000, &a->repetitions)) return 3;
            break;
        case KIND:
            a->kind = optarg;
            break;
        case 'v':
            a->verbose = 1;
            break;
        case JSON:
            a->json = 1;
            break;
        case 'q':
            a->quiet = 1;
            break;
        default:
            return 3;
        }
    }
    if (optind < argc) return tern_cli_usage("tune", "unexpected argument '%s'", argv[optind]);
    return check(a, seed);
}

static int tune(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom,
                const char *records) {
    struct tern_tune_view v = {.arguments = a,
                               .json = a->json,
                               .quiet = a->quiet,
                               .objective = a->tune.objective,
                               .list = json_array(),
                               .counts = json_array()};
    struct tern_tune_summary sum;
    struct tern_error e;
    char *journal = tern_format_text("%s.journal", a->tune.table ? a->tune.table : wisdom),
         *lock = tern_xdg_path("state", "tune.lock");
    int fd = -1;
    enum tern_status s = TERN_NO_MEMORY;
    tern_fail(&e, s, "tune: out of memory");
    if (!journal || !v.list) goto done;
    if (!lock) lock = tern_format_text("%s.lock", wisdom);
    s = lock ? tern_lock(lock, &fd, &e) : TERN_NO_MEMORY;
    if (s) goto done;
    const struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    a->tune.task = tasks->item;
    a->tune.tasks = tasks->count;
    a->tune.wisdom = wisdom;
    a->tune.records = records;
    a->tune.journal = journal;
    a->tune.stop = &stop;
    a->tune.hooks = tern_tune_view_hooks(&v);
    tern_progress_begin(&v.bar, "tune", a->quiet);
    s = tern_tune(&a->tune, &sum, &e);
    tern_progress_end(&v.bar);
    if (s) goto done;
    tern_tune_view_end(&v, &sum, wisdom, records);
    if (a->tune.table) unlink(journal); /* the table has it all */
    if (sum.stopped) fprintf(stderr, "tern: tune: stopped; tern tune --resume goes on from here\n");
done:
    if (fd >= 0) close(fd);
    json_decref(v.list);
    json_decref(v.counts);
    free(journal);
    free(lock);
    if (s) return tern_cli_fail(s, &e);
    return sum.stopped || sum.not_measured ? 2 : 0;
}

static int tune_one(struct tern_tune_arguments *a, const struct tern_tasks *tasks, const char *wisdom) {
    if (a->tune.table && tasks->count != 1)
        return tern_cli_usage("tune", "--record-table: one problem with one --threads and one --batch");
    if (!wisdom) return tern_cli_usage("tune", "no home directory is known: name the file with --wisdom");
    char *records = a->records ? strdup(a->records) : tern_xdg_path("state", "records.jsonl");
    const int rc = tune(a, tasks, wisdom, a->tune.table ? NULL : records);
    free(records);
    return rc;
}

static int run(int argc, char **argv) {
    struct tern_tune_arguments a;
    struct tern_error e;
    int rc = parse(argc, argv, &a);
    if (rc) return rc;
    if (a.replay) return tern_tune_replay(&a);
    const enum tern_status s = tern_machine_get(&a.tune.machine, &e);
    if (s) return tern_cli_fail(s, &e);
    char *wisdom = a.wisdom ? strdup(a.wisdom) : tern_wisdom_default_path();
    rc = tern_tune_each_kind(&a, wisdom, a.dry_run ? tern_tune_dry_run : tune_one);
    free(wisdom);
    return rc;
}

const struct tern_command tern_command_tune = {
    "tune", "finds the fastest variants for this machine and remembers them", help_text, run};
