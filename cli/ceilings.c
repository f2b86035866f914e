#define _GNU_SOURCE
#include "cli/command.h"

#include "base/progress.h"
#include "measure/ceilings/ceilings.h"
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

static int run(int argc, char **argv);

const struct tern_command tern_command_ceilings = {
    .name = "ceilings",
    .summary = "read bandwidth and multiply-add peaks of this machine",
    .help =
        "usage: tern ceilings [--threads LIST] [--seconds S] [--records FILE] [--json] [--quiet]\n\n"
        "Measures what the hardware allows: read bandwidth of L1, L2, last-level cache and DRAM, and the\n"
        "multiply-add peak of each usable instruction family. Rates are medians with their 95 % interval\n"
        "and the number of samples n. TERN_ISA limits the instructions.\n\n"
        "  -t, --threads LIST   thread counts, such as 1,2,4 (default: 1, 2, 4 ... and all)\n"
        "      --seconds S      about this long per thread count (default 2)\n"
        "      --records FILE   file that records are appended to (default: none)\n"
        "      --json           machine-readable\n"
        "  -q, --quiet          no progress bar\n\n"
        "example: tern ceilings --threads 1,2\n",
    .run = run,
};

static int print_json(const struct tern_machine *m, double ghz, json_t *rows) {
    json_t *doc = json_pack("{s:i, s:s, s:s, s:O}", "schema", 1, "tern", TERN_VERSION, "machine", m->key,
                            "ceilings", rows);
    if (ghz > 0)
        json_object_set_new(doc, "frequency",
                            json_pack("{s:f, s:s, s:i}", "ghz", ghz, "estimator", "fastest multiply chain",
                                      "n", TERN_FREQUENCY_BURSTS));
    const int bad = !doc || json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    if (!bad) putchar('\n');
    json_decref(doc);
    return bad ? 3 : 0;
}

static int survey(size_t *threads, size_t count, double seconds, int json, int quiet, const char *record) {
    struct tern_error e = {0};
    const struct tern_machine *m;
    enum tern_status s = tern_machine_get(&m, &e);
    if (s) return tern_cli_fail(s, &e);
    struct output o = {.rows = json ? json_array() : NULL, .record = record, .e = &e};
    char now[32];
    tern_utc_text(now, sizeof now);
    snprintf(o.run, sizeof o.run, "%s-%ld", now, (long)getpid());
    const double ghz = tern_frequency_ghz();
    if (!json) {
        printf("%s, %s\n", m->brand, m->key);
        if (ghz > 0)
            printf("about %.2f GHz (fastest of %d chains of dependent multiplies)\n", ghz,
                   TERN_FREQUENCY_BURSTS);
        printf("\n%-7s %-5s %7s %8s  %-30s %9s %-6s  %-17s %3s %5s\n", "ceiling", "level", "threads", "bytes",
               "loop", "median", "", "95 % interval", "n", "GHz");
    }
    tern_progress_begin(&o.progress, "ceilings", quiet);
    s = tern_ceiling_survey(m, threads, count, seconds, take, &o, &e);
    tern_progress_end(&o.progress);
    if (!s) s = o.failed;
    int rc = s ? tern_cli_fail(s, &e) : 0;
    if (!rc && json) rc = print_json(m, ghz, o.rows);
    json_decref(o.rows);
    return rc;
}

static int run(int argc, char **argv) {
    static const struct option options[] = {{"threads", required_argument, 0, 't'},
                                            {"seconds", required_argument, 0, 's'},
                                            {"records", required_argument, 0, 'r'},
                                            {"json", no_argument, 0, 'j'},
                                            {"quiet", no_argument, 0, 'q'},
                                            {"help", no_argument, 0, 'h'},
                                            {0, 0, 0, 0}};
    const struct tern_command *self = &tern_command_ceilings;
    struct tern_error e = {0};
    const struct tern_machine *m;
    size_t *threads = NULL, count = 0;
    double seconds = 2;
    const char *record = NULL;
    int json = 0, quiet = 0, got, rc = 3;
    while ((got = tern_cli_getopt(argc, argv, ":qht:", options, self)) != -1) {
        if (got == 'j')
            json = 1;
        else if (got == 'q')
            quiet = 1;
        else if (got == 'r')
            record = optarg;
        else if (got == 's' && tern_cli_real(self->name, "--seconds", optarg, 0.01, 3600, &seconds))
            continue;
        else if (got == 't') {
            const enum tern_status s = tern_machine_get(&m, &e);
            free(threads);
            threads = NULL;
            if (s) return tern_cli_fail(s, &e);
            if (!tern_cli_sizes(self->name, "--threads", optarg, 1, m->cpus, &threads, &count)) goto done;
        } else
            goto done;
    }
    if (optind < argc) {
        rc = tern_cli_usage(self->name, "'%s' is not expected here", argv[optind]);
        goto done;
    }
    if (!threads) {
        const enum tern_status s = tern_machine_get(&m, &e);
        if (s) return tern_cli_fail(s, &e);
        threads = default_threads(m->cpus, &count);
    }
    if (threads) rc = survey(threads, count, seconds, json, quiet, record);
done:
    free(threads);
    return rc;
}
