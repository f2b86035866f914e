#define _GNU_SOURCE
#include "reports/gate/count.h"

#include "base/file.h"
#include "reports/gate/process.h"
#include "reports/gate/trace.h"
#include "reports/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double valgrind_seconds_max = 600;

enum tern_status tern_count_method_named(const char *name, enum tern_count_method *out,
                                         struct tern_error *e) {
    static const char *const names[] = {"auto", "counter", "valgrind", "step"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, names[i])) continue;
        *out = (enum tern_count_method)i;
        return TERN_OK;
    }
    return tern_fail(e, TERN_BAD_INPUT, "gate: --proxy: '%s' is none of auto, counter, valgrind, step", name);
}

const char *tern_count_method_text(enum tern_count_method m) {
    static const char *const text[] = {"instructions", "hardware counter", "valgrind", "single steps"};
    return text[m];
}

/* valgrind 3.19 decodes nothing with an EVEX prefix, and no AVX-VNNI. */
static int valgrind_knows(const char *isa) {
    return !strcmp(isa, "scalar") || !strcmp(isa, "ssse3") || !strcmp(isa, "avx2");
}

int tern_count_possible(enum tern_count_method m, const char *isa, char *why, size_t why_bytes) {
    char *path;
    snprintf(why, why_bytes, "not a way to count");
    switch (m) {
    case TERN_COUNT_COUNTER:
        return tern_trace_counter_works(why, why_bytes);
    case TERN_COUNT_VALGRIND:
        path = tern_find_program("valgrind", getenv("PATH"));
        free(path);
        if (!path)
            snprintf(why, why_bytes, "valgrind is not installed (apt-get install valgrind)");
        else if (!valgrind_knows(isa))
            snprintf(why, why_bytes, "valgrind does not run the instructions of level %s", isa);
        else
            return 1;
        return 0;
    case TERN_COUNT_STEP:
        return tern_trace_steps_work(why, why_bytes);
    default:
        return 0;
    }
}

/* callgrind ends with "==1234== Collected : 5678". */
static enum tern_status by_valgrind(const struct tern_count_job *job, uint64_t *count, struct tern_error *e) {
    char calls[32], said[4096];
    int code;
    snprintf(calls, sizeof calls, "%llu", (unsigned long long)job->calls);
    const char *argv[] = {"valgrind",
                          "--tool=callgrind",
                          "--callgrind-out-file=/dev/null",
                          "--toggle-collect=tern_trial_run",
                          "--child-silent-after-fork=yes",
                          job->program,
                          "gate",
                          "--count-calls",
                          calls,
                          "--variant",
                          job->variant,
                          "--problem",
                          job->problem,
                          job->params ? "--params" : NULL,
                          job->params,
                          NULL};
    enum tern_status s = tern_gate_process(argv, valgrind_seconds_max, NULL, 0, said, sizeof said, &code, e);
    if (s) return s;
    const char *at = strstr(said, "Collected :");
    unsigned long long value;
    if (code || !at || sscanf(at, "Collected : %llu", &value) != 1 || !value)
        return tern_fail(e, TERN_UNSUPPORTED, "gate: valgrind counted nothing of %s: exit code %d",
                         job->program, code);
    *count = value;
    return TERN_OK;
}

enum tern_status tern_count_instructions(const struct tern_count_job *job, enum tern_count_method m,
                                         double *out, struct tern_error *e) {
    char why[200], calls[32];
    uint64_t count;
    if (!tern_count_possible(m, job->isa, why, sizeof why))
        return tern_fail(e, TERN_UNSUPPORTED, "gate: %s: %s", tern_count_method_text(m), why);
    snprintf(calls, sizeof calls, "%llu", (unsigned long long)job->calls);
    const char *argv[] = {job->program, "gate",       "--count-calls",
                          calls,        "--variant",  job->variant,
                          "--problem",  job->problem, job->params ? "--params" : NULL,
                          job->params,  NULL};
    const enum tern_status s =
        m == TERN_COUNT_VALGRIND ? by_valgrind(job, &count, e)
                                 : tern_trace_count(argv, m == TERN_COUNT_COUNTER, job->steps_max, &count, e);
    if (!s) *out = (double)count / (double)job->calls;
    return s;
}
