/* Between the files of `tern gate` only. */
#ifndef TERN_CLI_GATE_GATE_H
#define TERN_CLI_GATE_GATE_H

#include "cli/command.h"
#include "cli/files.h"
#include "reports/gate/count.h"
#include "reports/gate/gate.h"

struct gate_arguments {
    const char *baseline, *base_program, *program, *records, *db, *source;
    const char *regime, *threads, *proxy;
    struct tern_cli_filter filter, base_filter;
    const char *model;
    const char *junit, *markdown, *variant, *params; /* variant, params: of --count-calls */
    struct tern_cli_texts given, with;
    const char *const *problem; /* given, or those of the model */
    size_t problems, calls, groups;
    uint64_t seed;
    double threshold, budget;
    struct tern_cli_records past; /* of --against-history */
    int json, github, quiet, worker, against_history;
};

/* Runs a->calls calls of a->variant between two marks, so that another process can count their instructions.
 * Returns an exit code. */
int gate_count_calls(const struct gate_arguments *a);
/* Is a process that a gate measures: reads questions on stdin and answers on stdout, see
 * reports/gate/worker.h. Returns an exit code. */
int gate_worker(const struct gate_arguments *a);
/* Compares the cases of the filter by the instructions that they take in both programs. */
enum tern_status gate_by_proxy(const struct gate_arguments *a, struct tern_gate *out, struct tern_error *e);
/* What people run here: for each problem the kernel that the engine would use by this machine's wisdom. */
struct gate_winners {
    char *filter;   /* "^(variant/6912x2560x1/t:2/|...)" matches them */
    char **problem; /* of the model; NULL where they were given */
    char **with;    /* parameters that are not the initial ones, as --with takes them */
    size_t problems, withs;
    char note[256]; /* who decided */
};
/* Looks them up for the problems that were given, or for decode and prefill of the model. Free also after a failure. */
enum tern_status gate_winners(const struct gate_arguments *a, struct gate_winners *out, struct tern_error *e);
void gate_winners_free(struct gate_winners *w);
/* This program now against this machine's earlier runs in the records, to which this one is added. `measure` is the live
 * gate of a->base_program and a->program. Suspects are measured a second time. */
typedef enum tern_status gate_measure_fn(const struct gate_arguments *a, struct tern_gate *out,
                                         struct tern_error *e);
enum tern_status gate_against_past(struct gate_arguments *a, gate_measure_fn *measure, struct tern_gate *out,
                                   struct tern_error *e);
/* The filter of the baseline: its own, or that of the candidate. */
const struct tern_cli_filter *gate_base_filter(const struct gate_arguments *a);

#endif
