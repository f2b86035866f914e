/* Between the files of `tern gate` only. */
#ifndef TERN_CLI_GATE_GATE_H
#define TERN_CLI_GATE_GATE_H

#include "cli/command.h"
#include "reports/gate/count.h"
#include "reports/gate/gate.h"

struct gate_arguments {
    const char *baseline, *base_program, *program, *records, *db, *source;
    const char *filter, *base_filter, *regime, *threads, *proxy;
    const char *junit, *markdown, *variant, *params; /* variant, params: of --count-calls */
    const char *problem[256];
    size_t problems, calls, groups, seed;
    double threshold, budget;
    int json, github, quiet, worker;
};

/* The work that instructions are counted of: `a->calls` calls of `a->variant`, between two marks. */
int gate_count_calls(const struct gate_arguments *a);
/* A process that a gate measures: answers on standard output what it is asked on standard input. */
int gate_worker(const struct gate_arguments *a);
/* Cases of the filter by their counts in both programs. */
enum tern_status gate_by_proxy(const struct gate_arguments *a, struct tern_gate *out, struct tern_error *e);
/* "^(variant/6912x2560x1/|...)": what tern uses by its static ranking for each problem. Heap. */
char *gate_default_filter(const struct gate_arguments *a, struct tern_error *e);

#endif
