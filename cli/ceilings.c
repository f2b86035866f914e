#define _GNU_SOURCE
#include "cli/command.h"
#include "cli/files.h"
#include "cli/frequency.h"

#include "base/talk/progress.h"
#include "measure/ceilings/survey.h"
#include "measure/clock.h"
#include "measure/machine/frequency.h"
#include "measure/machine/machine.h"
#include "measure/records/record.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct output {
    json_t *rows; /* NULL: text */
    const char *record;
    char run[48]; /* id that the records of this run share */
    struct tern_progress progress;
    enum tern_status failed;
    struct tern_error *e;
};

static void bytes_text(size_t bytes, char *out, size_t out_bytes) {
    if (!bytes)
        snprintf(out, out_bytes, "-");
    else if (bytes < (size_t)1 << 20)
        snprintf(out, out_bytes, "%zu KiB", bytes >> 10);
    else
        snprintf(out, out_bytes, "%zu MiB", bytes >> 20);
}

static void set_real(json_t *o, const char *key, double v) {
    if (isfinite(v)) json_object_set_new(o, key, json_real(v));
}

static void add_json(json_t *rows, const struct tern_ceiling_row *r) {
    json_t *o = json_pack("{s:s, s:I}", "op", r->op, "threads", (json_int_t)r->threads);
    if (r->level[0]) json_object_set_new(o, "level", json_string(r->level));
    if (r->bytes) json_object_set_new(o, "bytes", json_integer((json_int_t)r->bytes));
    if (r->bytes && r->capped) json_object_set_new(o, "capped", json_true());
    if (r->why_not) {
        json_object_set_new(o, "not_measured", json_string(r->why_not));
    } else {
        json_object_set_new(o, "name", json_string(r->name));
        json_object_set_new(o, "unit", json_string(r->unit));
        json_object_set_new(o, "estimator", json_string("median"));
        set_real(o, "rate", r->rate);
        set_real(o, "ci_lo", r->rate_lo);
        set_real(o, "ci_hi", r->rate_hi);
        set_real(o, "mad_share", r->ns.mad / r->ns.median);
        set_real(o, "ghz", r->ghz);
        set_real(o, "ns_per_call", r->ns.median);
        set_real(o, "work_per_call", r->work);
        json_object_set_new(o, "n", json_integer((json_int_t)r->ns.n));
        json_object_set_new(o, "unstable", json_boolean(r->ns.unstable));
    }
    json_array_append_new(rows, o);
}

static void print_row(const struct tern_ceiling_row *r) {
    char bytes[32], interval[64] = "-", ghz[16] = "-";
    bytes_text(r->bytes, bytes, sizeof bytes);
    if (r->why_not) {
        printf("%-7s %-5s %7zu %8s  not measured: %s\n", r->op, r->level, r->threads, bytes, r->why_not);
        return;
    }
    if (isfinite(r->rate_lo) && isfinite(r->rate_hi))
        snprintf(interval, sizeof interval, "%.1f .. %.1f", r->rate_lo, r->rate_hi);
    if (r->ghz > 0) snprintf(ghz, sizeof ghz, "%.2f", r->ghz);
    printf("%-7s %-5s %7zu %8s  %-30s %9.1f %-6s  %-17s %3zu %5s%s%s\n", r->op, r->level, r->threads, bytes,
           r->name, r->rate, r->unit, interval, r->ns.n, ghz, r->ns.unstable ? "  unstable" : "",
           r->bytes && r->capped ? "  capped" : "");
}

static enum tern_status append_record(const struct output *o, const struct tern_ceiling_row *r,
                                      struct tern_error *e) {
    struct tern_record rec;
    tern_record_init(&rec);
    rec.kind = "ceiling";
    rec.run = o->run;
    rec.variant = r->name;
    rec.op = r->op;
    rec.regime = r->level;
    rec.threads = r->threads;
    rec.unit = "ns/call";
    rec.est = r->ns;
    if (r->bytes)
        rec.bytes = r->work;
    else
        rec.macs = r->work;
    if (r->ns.unstable) rec.flags = "unstable";
    rec.complete = 1;
    return tern_record_append(o->record, &rec, e);
}

static int take(void *ctx, const struct tern_ceiling_row *row, double done) {
    struct output *o = ctx;
    tern_progress_end(&o->progress);
    if (o->rows)
        add_json(o->rows, row);
    else
        print_row(row);
    if (o->record && !row->why_not) o->failed = append_record(o, row, o->e);
    tern_progress_step(&o->progress, done, row->name);
    return o->failed != TERN_OK;
}

/* 1, 2, 4 ... and all. */
static size_t *default_threads(size_t cpus, size_t *count) {
    size_t *list = calloc(66, sizeof *list);
    *count = 0;
    if (!list) return NULL;
    for (size_t t = 1; t < cpus && *count < 64; t *= 2) list[(*count)++] = t;
    list[(*count)++] = cpus;
    return list;
}

static int print_json(const struct tern_machine *m, double ghz, json_t *rows) {
    json_t *doc = json_pack("{s:i, s:s, s:s, s:O}", "schema", 1, "tern", TERN_VERSION, "machine", m->key,
                            "ceilings", rows);
    tern_cli_add_frequency(doc, ghz);
    return tern_cli_print_json_digits(doc, 6);
}

struct arguments {
    const char *threads;
    struct tern_cli_records records;
    double seconds;
    int json, quiet;
};

static const struct tern_cli_option options[] = {
    {"threads", 't', "LIST", "thread counts, such as 1,2,4 (default: 1, 2, 4 ... and all)",
     TERN_CLI_TEXT(struct arguments, threads)},
    {"seconds", 0, "S", "about this long per thread count (default 2)",
     TERN_CLI_REAL(struct arguments, seconds, 0.01, 3600)},
    TERN_CLI_RECORDS(struct arguments, records),
    {"json", 0, NULL, "machine-readable", TERN_CLI_FLAG(struct arguments, json)},
    {"quiet", 'q', NULL, "no progress bar", TERN_CLI_FLAG(struct arguments, quiet)},
};

static void print_heading(const struct tern_machine *m, double ghz) {
    printf("%s, %s\n", m->brand, m->key);
    if (ghz > 0) tern_cli_print_frequency("", ghz);
    printf("\n%-7s %-5s %7s %8s  %-30s %9s %-6s  %-17s %3s %5s\n", "ceiling", "level", "threads", "bytes",
           "loop", "median", "", "95 % interval", "n", "GHz");
}

static int measure(const struct arguments *a, const struct tern_machine *m,
                   const struct tern_cli_numbers *threads) {
    struct tern_error e = {""};
    struct output o = {.rows = a->json ? json_array() : NULL, .e = &e};
    char *records = tern_cli_records_target(&a->records);
    char now[32];
    tern_utc_text(now, sizeof now);
    o.record = records;
    snprintf(o.run, sizeof o.run, "%s-%ld", now, (long)getpid());
    const double ghz = tern_frequency_ghz();
    if (!a->json) print_heading(m, ghz);
    tern_progress_begin(&o.progress, "ceilings", a->quiet);
    enum tern_status s = tern_ceiling_survey(m, threads->item, threads->count, a->seconds, take, &o, &e);
    tern_progress_end(&o.progress);
    if (!s) s = o.failed;
    int rc = s ? tern_cli_fail(s, &e) : 0;
    if (!rc && a->json) rc = print_json(m, ghz, o.rows);
    json_decref(o.rows);
    free(records);
    return rc;
}

static int run(int argc, char **argv) {
    struct arguments a = {.seconds = 2};
    struct tern_cli_numbers threads = {NULL, 0};
    struct tern_error e = {""};
    const struct tern_machine *m;
    int rc = tern_cli_parse(&tern_command_ceilings, argc, argv, &a, NULL);
    if (rc) return rc;
    const enum tern_status s = tern_machine_get(&m, &e);
    if (s) return tern_cli_fail(s, &e);
    if (!a.threads)
        threads.item = default_threads(m->cpus, &threads.count);
    else if (!tern_cli_numbers("ceilings", "--threads", a.threads, 1, m->cpus, &threads))
        return 3;
    rc = threads.item ? measure(&a, m, &threads)
                      : tern_cli_fail(tern_fail(&e, TERN_NO_MEMORY, "ceilings: out of memory"), &e);
    free(threads.item);
    return rc;
}

const struct tern_command tern_command_ceilings = {
    .name = "ceilings",
    .summary = "read bandwidth and multiply-add peaks of this machine",
    .usage = "[options]",
    .about = "Measures what the hardware allows: the read bandwidth of L1, L2, last-level cache and DRAM, "
             "and the multiply-add peak of each usable instruction family. A rate is a median with its 95 % "
             "interval and the number of samples n. TERN_ISA limits the instructions.",
    .group = {TERN_CLI_GROUP(NULL, options, 0)},
    .example = "tern ceilings --threads 1,2",
    .run = run,
};
