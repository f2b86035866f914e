/* Between the files of `tern bench` only: its arguments, its cases, and how they are proved, timed and recorded.
 * Google Benchmark calls back for each case; what tern adds to it is in cli/bench/case.h. */
#ifndef TERN_CLI_BENCH_BENCH_H
#define TERN_CLI_BENCH_BENCH_H

#include "cli/bench/case.h"
#include "cli/files.h"
#include "cli/values.h"
#include "measure/sampling/floor.h"
#include "tuner/session/tasks.h"

struct tern_bench {
    struct tern_fixture fixture;
    struct tern_bench_plan plan;
    double least_seconds;    /* a shorter run of the library is its search for a number of calls */
    struct tern_floor floor; /* of the first case */
    struct tern_error error;
    char run[64];
    struct tern_bench_entry *current; /* the case that `trial` is about */
    struct tern_trial *trial;         /* one at a time, made when its case begins */
};

struct tern_bench_entry {
    struct tern_bench *b;
    const struct tern_variant *variant;
    struct tern_problem problem;
    const char *model;
    char name[256], params[160];
    uint64_t began;
    struct tern_bench_extra extra; /* of the last run */
    int measured;                  /* there is an `extra` */
    double *ns;                    /* of every run of the library */
    size_t runs;
};

enum { TERN_BENCH_HOT, TERN_BENCH_WCOLD }; /* the words of --regime */

struct tern_bench_arguments {
    const char *model, *counters, *energy;
    struct tern_cli_records records;
    struct tern_cli_filter filter;
    struct tern_cli_texts problems;
    struct tern_cli_numbers threads, batch;
    uint64_t seed;
    int regime;
    char **passed; /* to the library; it has room for one more than argc */
    int n_passed;
};

struct tern_bench_listing {
    struct tern_bench_entry *item;
    size_t count;
};

/* Proves and times all cases of the tasks. Returns an exit code. */
int tern_bench_cases(const struct tern_bench_arguments *a, const struct tern_bench_plan *plan,
                     const struct tern_tasks *tasks);
/* Pins the threads of every case, and says in the library's context how, or why not. */
enum tern_status tern_bench_pin(struct tern_bench *b, const struct tern_bench_listing *l,
                                struct tern_error *e);
/* Says in the library's context what was asked for and how noisy the machine is. */
enum tern_status tern_bench_context(const struct tern_bench *b, const struct tern_bench_arguments *a,
                                    struct tern_error *e);
/* Appends a record of each case that ran to the file. */
enum tern_status tern_bench_record(const struct tern_bench *b, const struct tern_bench_listing *l,
                                   const char *path, struct tern_error *e);

#endif
