#define _GNU_SOURCE
#include "reports/import/readers.h"

#include "base/starved/starved.h"

#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SAMPLES = 4096 };

struct group {
    const char *name;
    double sample[MAX_SAMPLES];
    size_t count, failed;
    double median; /* of the file's own aggregate */
    size_t repetitions, threads;
};

static double unit_ns(const json_t *row) {
    const char *unit = tern_import_text(row, "time_unit");
    if (!unit || !strcmp(unit, "ns")) return 1;
    if (!strcmp(unit, "us")) return 1e3;
    if (!strcmp(unit, "ms")) return 1e6;
    return !strcmp(unit, "s") ? 1e9 : NAN;
}

/* Before version 1.5 the name alone tells an aggregate: "BM_x/8_median" beside rows of "BM_x/8". */
static const char *old_aggregate(const json_t *row, size_t *base) {
    static const char *const ends[] = {"_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS"};
    const char *name = tern_import_text(row, "name");
    const size_t n = name ? strlen(name) : 0;
    if (!name || tern_import_text(row, "run_name") || tern_import_text(row, "run_type")) return NULL;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const size_t end = strlen(ends[i]);
        if (n > end && !strcmp(name + n - end, ends[i])) return *base = n - end, ends[i] + 1;
    }
    return NULL;
}

/* The name without the suffix of an old aggregate, into `out`; NULL when the row has none. */
static const char *run_name(const json_t *row, char *out, size_t bytes) {
    const char *name = tern_import_text(row, "run_name");
    size_t n;
    if (!name) name = tern_import_text(row, "name");
    if (!name) return NULL;
    n = strlen(name);
    old_aggregate(row, &n);
    snprintf(out, bytes, "%.*s", (int)n, name);
    return out;
}

static size_t count_of(const json_t *row, const char *key) {
    const double x = tern_import_number(row, key);
    return x > 0 && x < 1e9 ? (size_t)x : 0;
}

static void take(struct group *g, const json_t *row) {
    size_t ignored;
    const char *aggregate = tern_import_text(row, "aggregate_name");
    if (!aggregate) aggregate = old_aggregate(row, &ignored);
    const double ns = tern_import_number(row, "real_time") * unit_ns(row);
    if (json_is_true(json_object_get(row, "error_occurred")) || !(ns > 0) || !isfinite(ns)) {
        if (!aggregate) g->failed++;
        return;
    }
    if (!g->threads) g->threads = count_of(row, "threads");
    if (aggregate && !strcmp(aggregate, "median"))
        g->median = ns, g->repetitions = count_of(row, "repetitions");
    if (!aggregate && g->count < MAX_SAMPLES) g->sample[g->count++] = ns;
}

/* variant/MxKxN/t:THREADS/REGIME, with whatever the library adds behind it. */
static void take_apart(const char *name, char *copy, size_t copy_bytes, struct tern_record *r) {
    regex_t re;
    regmatch_t m[7];
    snprintf(copy, copy_bytes, "%s", name);
    r->variant = copy;
    if (regcomp(&re, "^(g[a-z]+)(_[^/]+)/([0-9]+)x([0-9]+)x([0-9]+)/t:[0-9]+/([a-z-]+)", REG_EXTENDED)) {
        tern_starve();
        return;
    }
    const int rc = strlen(name) < copy_bytes ? regexec(&re, name, 7, m, 0) : REG_NOMATCH;
    if (rc == REG_ESPACE) tern_starve();
    if (!rc) {
        r->m = strtoul(copy + m[3].rm_so, NULL, 10);
        r->k = strtoul(copy + m[4].rm_so, NULL, 10);
        r->n = strtoul(copy + m[5].rm_so, NULL, 10);
        r->threads = strtoul(strstr(copy, "/t:") + 3, NULL, 10);
        r->op = copy[3] == 'v' ? "gemv" : "gemm";
        r->regime = copy + m[6].rm_so;
        copy[m[6].rm_eo] = 0;
        copy[m[2].rm_eo] = 0;
    }
    regfree(&re);
}

static enum tern_status put(struct tern_import_work *w, const struct group *g, const json_t *context) {
    struct tern_record r;
    char name[512], ts[64];
    tern_record_init(&r);
    r.kind = "sample";
    r.threads = g->threads;
    take_apart(g->name, name, sizeof name, &r);
    tern_import_time(tern_import_text(context, "date"), ts, sizeof ts);
    r.ts = ts;
    r.source = "Google Benchmark";
    r.machine = tern_import_text(context, "machine");
    if (!r.machine) r.machine = tern_import_text(context, "host_name");
    r.commit = tern_import_text(context, "commit");
    r.params = "-";
    r.unit = "ns/call";
    r.flags = "imported";
    r.complete = 1;
    if (g->count) {
        r.est = tern_estimate_of(g->sample, g->count);
        r.samples = g->sample, r.sample_count = g->count;
    } else if (g->median > 0) {
        r.est.n = g->repetitions ? g->repetitions : 1;
        r.est.median = g->median;
        r.flags = "imported aggregate";
    } else {
        w->skipped++;
        return TERN_OK;
    }
    return tern_import_put(w, &r);
}

enum tern_status tern_import_gbench(struct tern_import_work *w, const json_t *doc) {
    const json_t *rows = json_object_get(doc, "benchmarks"), *context = json_object_get(doc, "context");
    const size_t count = json_array_size(rows);
    enum tern_status s = TERN_OK;
    char *seen = calloc(count + 1, 1);
    struct group *g = malloc(sizeof *g);
    if (!seen || !g) s = tern_fail(w->e, TERN_NO_MEMORY, "import: %s: out of memory", w->where);
    for (size_t i = 0; i < count && !s; i++) {
        char first[512], second[512];
        const char *name = run_name(json_array_get(rows, i), first, sizeof first);
        if (!name) w->skipped++;
        if (!name || seen[i]) continue;
        *g = (struct group){.name = name};
        for (size_t j = i; j < count; j++) {
            const char *other = run_name(json_array_get(rows, j), second, sizeof second);
            if (!other || strcmp(other, name)) continue;
            seen[j] = 1;
            take(g, json_array_get(rows, j));
        }
        s = put(w, g, context);
    }
    free(g);
    free(seen);
    return s;
}
