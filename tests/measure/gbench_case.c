#define _GNU_SOURCE
#include "gbench_case.h"
#include "base/file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/tern-gbench-XXXXXX";

const char *gbench_path(const char *name) {
    static char paths[4][128];
    static int next;
    char *p = paths[next++ % 4];
    snprintf(p, sizeof paths[0], "%s/%s", folder, name);
    return p;
}

void gbench_begin(void) {
    if (!tern_gbench_version()) cr_skip_test("built without Google Benchmark");
    if (!mkdtemp(folder) || !freopen(gbench_path("stdout"), "w+", stdout) ||
        !freopen(gbench_path("stderr"), "w+", stderr))
        abort();
}

void gbench_end(void) {
    static const char *const made[] = {"stdout", "stderr", "a.json", "b.json", "a.csv"};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) unlink(gbench_path(made[i]));
    rmdir(folder);
}

char *gbench_written(const char *name) {
    char *text = NULL;
    fflush(NULL);
    tern_file_read(gbench_path(name), 1 << 20, &text, NULL, NULL);
    return text;
}

json_t *gbench_json(const char *file) {
    json_error_t why;
    fflush(NULL);
    json_t *o = json_load_file(file, JSON_REJECT_DUPLICATES, &why);
    if (!o) cr_log_error("%s:%d: %s", file, why.line, why.text);
    return o;
}

json_t *gbench_row_of(json_t *file, const char *name) {
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(file, "benchmarks"), i, row) {
        const char *its = json_string_value(json_object_get(row, "name"));
        if (its && !strncmp(its, name, strlen(name))) return row;
    }
    return NULL;
}

enum tern_status gbench_run(const char *const *flags, tern_gbench_sink sink, void *user,
                            struct tern_gbench_result *out, struct tern_error *e) {
    char *argv[16] = {(char *)"test-measure", (char *)"--benchmark_min_time=0.001"};
    int argc = 2;
    for (size_t i = 0; flags && flags[i]; i++) argv[argc++] = (char *)flags[i];
    return tern_gbench_run(argc, argv, sink, user, out, e);
}

void gbench_work(void *ctx, uint64_t calls) {
    volatile uint64_t *sum = ctx;
    for (uint64_t i = 0; i < calls; i++)
        for (int k = 0; k < 100; k++) *sum += 1;
}
