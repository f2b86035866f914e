/* Results of other programs as records. `source` names the program, and "imported" is one of the flags.
 * What the file does not say stays absent.
 *
 * Google Benchmark JSON: {"context":{"date",...},"benchmarks":[{"name","run_name","run_type","repetitions",
 * "repetition_index","threads","real_time","cpu_time","time_unit","aggregate_name","error_occurred",...}]}.
 * The real times of one run_name are the samples of one record; of a file with aggregates only, the median
 * is taken. A name that tern gave (variant/MxKxN/t:THREADS/REGIME) is taken apart. Version 1.7 writes bare
 * NaN and Infinity, which count as absent.
 *
 * Before version 1.5 aggregates are rows whose names end in _mean, _median, _stddev.
 *
 * llama-bench (-o json, jsonl, csv, md or sql): build_commit, cpu_info, model_filename, model_type, n_threads,
 * n_prompt, n_gen, test_time, avg_ts, stddev_ts and, in JSON, samples_ts (tokens per second of each
 * repetition). A test of a prompt only is "prefill", of generation only "decode", of both "prefill+decode".
 * CSV has no samples: the record has the mean, n is 1, and the flag "mean" says so. Every setting of the file that
 * changes speed is in the parameters of the record, so that each set of settings is a series of its own.
 *
 * hyperfine --export-json: the times of a command. pytest-benchmark: stats.data; a file without data (saved without
 * --benchmark-save-data) has only a summary and is taken only when its format is named. Criterion.rs: estimates.json
 * (median and interval), or the lines of cargo criterion. perf stat -j: the value of each event. tern e2e -o json.
 *
 * Texts may begin with a byte order mark or be UTF-16. An error names line, byte and reason.
 *
 * Source: google/benchmark docs/user_guide.md, src/json_reporter.cc (1.7.1); llama.cpp tools/llama-bench. */
#ifndef TERN_REPORTS_IMPORT_IMPORT_H
#define TERN_REPORTS_IMPORT_IMPORT_H

#include "base/status.h"
#include "reports/data/text.h"

#include <stddef.h>

enum tern_import_format {
    TERN_IMPORT_AUTO,    /* by the first bytes and keys */
    TERN_IMPORT_RECORDS, /* our own JSON Lines */
    TERN_IMPORT_GBENCH,
    TERN_IMPORT_LLAMA_BENCH,
    TERN_IMPORT_HYPERFINE,
    TERN_IMPORT_PYTEST,
    TERN_IMPORT_CRITERION,
    TERN_IMPORT_PERF,
    TERN_IMPORT_E2E
};
#define TERN_IMPORT_NAMES "auto, records, gbench, llama-bench, hyperfine, pytest, criterion, perf, e2e"
/* One of these names; TERN_BAD_INPUT with the list otherwise. */
enum tern_status tern_import_format_named(const char *name, enum tern_import_format *out,
                                          struct tern_error *e);

struct tern_import_options {
    enum tern_import_format format;
    const char
        *machine; /* the one that measured; NULL: from the file (context "machine", cpu_info, host_name) */
    const char *source; /* NULL: the format's program */
    const char *commit; /* NULL: build_commit, context "commit", else none */
    const char *run;    /* NULL: made from source and date */
};
/* Appends records to `lines`, as JSON Lines. *records counts them; *skipped counts results that cannot be one
 * (errors, values that are not finite). Our own records are copied. TERN_BAD_INPUT for a text of none of the
 * formats. `where` is the name of the text in errors. */
enum tern_status tern_import(const char *where, const char *text, size_t bytes,
                             const struct tern_import_options *o, struct tern_text *lines, size_t *records,
                             size_t *skipped, struct tern_error *e);

#endif
