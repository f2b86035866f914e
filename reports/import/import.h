/* Results of other programs as records. `source` names the program, and "imported" is one of the flags.
 * What the file does not say stays absent. Settings that change speed are in the parameters of the record, so that each
 * set of settings is a series of its own.
 *
 * Google Benchmark JSON: {"context":{"date",...},"benchmarks":[{"name","run_name","run_type","repetitions",
 * "repetition_index","threads","real_time","cpu_time","time_unit","aggregate_name","error_occurred",...}]}.
 * The real times of one run_name are the samples of one record; of a file with aggregates only, the median
 * is taken, or the mean where there is none. Rows of complexity (BigO, RMS) are no results. A name that tern gave
 * (variant/MxKxN/t:THREADS/REGIME) is taken apart; of others the parameters are the executable, what the user put into
 * the context, and a debug build of the library. Version 1.7 writes bare NaN and Infinity, which count as absent.
 * Before version 1.5 aggregates are rows whose names end in _mean, _median, _stddev, or in the name of the user's own
 * statistic.
 *
 * llama-bench (-o json, jsonl, csv, md or sql): build_commit, cpu_info, model_filename, model_type, n_threads,
 * n_prompt, n_gen, test_time, avg_ts, stddev_ts and, in JSON, samples_ts (tokens per second of each
 * repetition). A test of a prompt only is "prefill", of generation only "decode", of both "prefill+decode".
 * CSV has no samples: the record has the mean, n is 1, and the flag "mean" says so. Every key that is not a result or
 * a name is a parameter.
 *
 * hyperfine --export-json: the times of a command, and its parameters. pytest-benchmark: stats.data; a file without
 * data (saved without --benchmark-save-data) has only a summary and is taken only when its format is named; parameters
 * are the interpreter, timer, garbage collection and warm-up. Criterion.rs: estimates.json with benchmark.json (the
 * name) and sample.json (the samples) beside it, a folder of these (target/criterion), or the lines of cargo
 * criterion. perf stat -j: the values of each event; parameters are what was counted (cpu, core, thread, ...).
 * tern e2e -o json: the parameters are the plan and the settings, as in the records of tern e2e.
 *
 * Texts may begin with a byte order mark or be UTF-16. An error names line, byte and reason; bytes count in the text
 * as UTF-8 without its mark.
 *
 * Source: google/benchmark docs/user_guide.md, src/json_reporter.cc (1.0 to 1.9); llama.cpp tools/llama-bench;
 * tools/perf/util/stat-display.c of Linux; hyperfine src/export/json.rs; pytest_benchmark/session.py; criterion.rs
 * src/estimate.rs, book/src/cargo_criterion/external_tools.md. */
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
    const char *source;  /* NULL: the format's program */
    const char *commit;  /* NULL: build_commit, context "commit", else none */
    const char *run;     /* NULL: made from source and date */
    const char *written; /* the time of results that name none; NULL: now */
};
/* Appends records to `lines`, as JSON Lines. *records counts them; *skipped counts results that cannot be one
 * (errors, values that are not finite). Our own records are copied. TERN_BAD_INPUT for a text of none of the
 * formats. `where` is the name of the text in errors. */
enum tern_status tern_import(const char *where, const char *text, size_t bytes,
                             const struct tern_import_options *o, struct tern_text *lines, size_t *records,
                             size_t *skipped, struct tern_error *e);
/* The same for what a path names: a file, or a folder of Criterion.rs. Results without a time get that of the file, so
 * that importing it again adds nothing. */
enum tern_status tern_import_file(const char *path, const struct tern_import_options *o,
                                  struct tern_text *lines, size_t *records, size_t *skipped,
                                  struct tern_error *e);

#endif
