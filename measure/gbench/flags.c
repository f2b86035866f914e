#define _GNU_SOURCE
#include "measure/gbench/flags.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "--benchmark_";
enum { REPETITIONS_MAX = 1000000 };

const char *tern_gbench_flag(int argc, char *const *argv, const char *name) {
    size_t n = strlen(name);
    for (int i = argc - 1; i > 0; i--) {
        const char *a = argv[i];
        if (strncmp(a, prefix, sizeof prefix - 1) || strncmp(a + sizeof prefix - 1, name, n)) continue;
        if (a[sizeof prefix - 1 + n] == '=') return a + sizeof prefix + n;
    }
    char variable[64];
    snprintf(variable, sizeof variable, "BENCHMARK_%s", name);
    for (char *p = variable; *p; p++) *p = (char)toupper((unsigned char)*p);
    return getenv(variable);
}

/* `words`: " console json csv " */
static enum tern_status check_word(int argc, char *const *argv, const char *name, const char *words,
                                   struct tern_error *e) {
    const char *value = tern_gbench_flag(argc, argv, name);
    if (!value) return TERN_OK;
    char word[64];
    int n = snprintf(word, sizeof word, " %s ", value);
    if (*value && !strchr(value, ' ') && n < (int)sizeof word && strstr(words, word)) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "bench: --benchmark_%s=%s: must be one of%s", name, value, words);
}

static enum tern_status check_number(int argc, char *const *argv, const char *name, double from, double to,
                                     struct tern_error *e) {
    const char *value = tern_gbench_flag(argc, argv, name);
    if (!value) return TERN_OK;
    char *end;
    double x = strtod(value, &end);
    if (*value && !*end && x >= from && x <= to) return TERN_OK;
    return tern_fail(e, TERN_BAD_INPUT, "bench: --benchmark_%s=%s: must be a number from %g to %g", name,
                     value, from, to);
}

enum tern_status tern_gbench_check_flags(int argc, char *const *argv, struct tern_error *e) {
    if (argc < 1 || !argv || !argv[0])
        return tern_fail(e, TERN_BAD_INPUT, "bench: arguments: argv[0] is missing");
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], prefix, sizeof prefix - 1) && strncmp(argv[i], "--v=", 4))
            return tern_fail(e, TERN_BAD_INPUT, "bench: %s: not a flag of Google Benchmark", argv[i]);

    const char *events = tern_gbench_flag(argc, argv, "perf_counters");
    if (events && *events)
        return tern_fail(
            e, TERN_UNSUPPORTED,
            "bench: --benchmark_perf_counters=%s: Google Benchmark is built without counters here; use "
            "tern's own",
            events);
    enum tern_status s = TERN_OK;
    if (!s) s = check_word(argc, argv, "format", " console json csv ", e);
    if (!s) s = check_word(argc, argv, "out_format", " console json csv ", e);
    if (!s) s = check_word(argc, argv, "time_unit", " ns us ms s ", e);
    if (!s) s = check_word(argc, argv, "color", " auto yes no true false on off 1 0 ", e);
    if (!s) s = check_number(argc, argv, "min_time", 0, 1e6, e);
    if (!s) s = check_number(argc, argv, "min_warmup_time", 0, 1e6, e);
    if (!s) s = check_number(argc, argv, "repetitions", 1, REPETITIONS_MAX, e);
    return s;
}
