/* What the files of `tern bench` share: its arguments, its cases. */
#ifndef TERN_CLI_BENCH_BENCH_H
#define TERN_CLI_BENCH_BENCH_H

#include "cli/bench/case.h"
#include "measure/sampling/floor.h"
#include "tuner/session/tasks.h"

struct tern_bench {
    struct tern_fixture fixture;
    struct tern_bench_plan plan;
    double least_seconds;    /* of a run that the library reports */
    struct tern_floor floor; /* A/A of the first case */
    struct tern_error error;
    char run[64];
    struct tern_bench_entry
        *current; /* whose trial exists: one at a time, it is cheap beside the packed weights */
    struct tern_trial *trial;
};

struct tern_bench_entry {
    struct tern_bench *b;
    const struct tern_variant *variant;
    struct tern_problem problem;
    const char *model;
    char name[256], params[160];
    uint64_t began;
    struct tern_bench_extra extra; /* of the last run */
    int measured;
    double *ns; /* of every run */
    size_t runs;
};

struct tern_bench_arguments {
    const char *filter, *model, *threads, *batch, *records, *counters, *energy;
    const char *problem[256];
    size_t problems, seed;
    enum tern_regime regime;
    char **passed; /* to the library */
    int n_passed;
};

struct tern_bench_listing {
    struct tern_bench_entry *item;
    size_t count;
};

extern const char tern_bench_help[];
/* The command line; the library's flags go to a->passed, which has room for argc + 2. Returns an exit code.
 */
int tern_bench_parse(int argc, char **argv, struct tern_bench_arguments *a);
/* The problems that were asked for. Returns an exit code. */
int tern_bench_tasks(const struct tern_bench_arguments *a, struct tern_tasks *tasks);

/* Appends a record of each case that ran to the file. */
enum tern_status tern_bench_record(const struct tern_bench *b, const struct tern_bench_listing *l,
                                   const char *path, struct tern_error *e);

#endif
