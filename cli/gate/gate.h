/* Between the files of `tern gate` only. */
#ifndef TERN_CLI_GATE_GATE_H
#define TERN_CLI_GATE_GATE_H

#include "cli/command.h"
#include "reports/gate/count.h"
#include "reports/gate/gate.h"

struct gate_arguments {
    const char *baseline, *base_program, *program, *records, *db, *source;
    const char *regime, *threads, *proxy;
    struct tern_cli_filter filter, base_filter;
    const char *junit, *markdown, *variant, *params; /* variant, params: of --count-calls */
    struct tern_cli_texts given;
    const char *const *problem; /* given, or the usual ones */
    size_t problems, calls, groups;
    uint64_t seed;
    double threshold, budget;
    int json, github, quiet, worker;
};

/* Runs a->calls calls of a->variant between two marks, so that another process can count their instructions.
 * Returns an exit code. */
int gate_count_calls(const struct gate_arguments *a);
/* Is a process that a gate measures: reads questions on stdin and answers on stdout, see
 * reports/gate/worker.h. Returns an exit code. */
int gate_worker(const struct gate_arguments *a);
/* Compares the cases of the filter by the instructions that they take in both programs. */
enum tern_status gate_by_proxy(const struct gate_arguments *a, struct tern_gate *out, struct tern_error *e);
/* "^(variant/6912x2560x1/|...)": matches, for each problem, the variant that tern's static ranking chooses. Heap
 * (free()). */
enum tern_status gate_default_filter(const struct gate_arguments *a, char **out, struct tern_error *e);
/* The filter of the baseline: its own, or that of the candidate. */
const struct tern_cli_filter *gate_base_filter(const struct gate_arguments *a);

#endif
