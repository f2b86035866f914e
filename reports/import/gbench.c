#define _GNU_SOURCE
#include "reports/import/readers.h"

#include "base/starved/starved.h"

#include <errno.h>
#include <math.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SAMPLES = 4096 };

struct group {
    const char *name;
    double sample[MAX_SAMPLES];
    size_t count;
    double median, mean; /* of the file's own aggregates */
    size_t repetitions, threads;
    size_t rows; /* those that are no complexity */
};

static int has_suffix(const json_t *names, const char *base, size_t bytes, const char *suffix) {
    char name[512];
    snprintf(name, sizeof name, "%.*s_%s", (int)bytes, base, suffix);
    return json_object_get(names, name) != NULL;
}

/* Before version 1.5 the name alone tells an aggregate: "BM_x/8_median" beside rows of "BM_x/8" or beside other
 * aggregates of it. One of another name beside mean and stddev is the user's own statistic. `names` are those of all
 * rows, with their number. */
static const char *old_aggregate(const json_t *names, const json_t *row, size_t *base) {
    static const char *const known[] = {"mean", "median", "stddev", "cv", "BigO", "RMS"};
    const char *name = tern_import_text(row, "name");
    if (!name || tern_import_text(row, "run_name") || tern_import_text(row, "run_type")) return NULL;
    for (size_t n = strlen(name); n-- > 1;) {
        const char *end = name + n + 1;
        int is_known = 0, beside = 0;
        if (name[n] != '_') continue;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            is_known |= !strcmp(end, known[i]);
            beside |= strcmp(end, known[i]) != 0 && has_suffix(names, name, n, known[i]);
        }
        char *bare = strndup(name, n);
        beside |= bare && json_object_get(names, bare) != NULL;
        free(bare);
        const int own = json_integer_value(json_object_get(names, name)) == 1 &&
                        has_suffix(names, name, n, "mean") && has_suffix(names, name, n, "stddev");
        if (is_known ? beside : own) return *base = n, end;
    }
    return NULL;
}

/* The name without the suffix of an old aggregate, heap; NULL when the row has none. */
static char *run_name(const json_t *names, const json_t *row) {
    const char *name = tern_import_text(row, "run_name");
    size_t n = 0;
    if (!name) name = tern_import_text(row, "name");
    if (!name) return NULL;
    return old_aggregate(names, row, &n) ? strndup(name, n) : strdup(name);
}

static void take(struct group *g, const json_t *names, const json_t *row) {
    size_t ignored;
    const char *aggregate = tern_import_text(row, "aggregate_name");
    if (!aggregate) aggregate = old_aggregate(names, row, &ignored);
    if (aggregate && (!strcmp(aggregate, "BigO") || !strcmp(aggregate, "RMS"))) return;
    g->rows++;
    const double ns =
        tern_import_number(row, "real_time") * tern_import_unit_ns(tern_import_text(row, "time_unit"));
    const int failed = json_is_true(json_object_get(row, "error_occurred")) ||
                       json_is_true(json_object_get(row, "skipped")); /* since 1.8 */
    if (failed || !(ns > 0) || !isfinite(ns)) return;
    if (!g->threads) g->threads = tern_import_count(row, "threads");
    if (aggregate && !strcmp(aggregate, "median")) g->median = ns;
    if (aggregate && !strcmp(aggregate, "mean")) g->mean = ns;
    if (aggregate) g->repetitions = tern_import_count(row, "repetitions");
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
    errno = 0; /* "no match" is all that the C library of GNU answers without memory */
    const int rc = strlen(name) < copy_bytes ? regexec(&re, name, 7, m, 0) : REG_NOMATCH;
    if (rc && errno == ENOMEM) tern_starve();
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

/* The program, a library that was built without optimization, and what the user put into the context. */
static void put_settings(const json_t *context, struct tern_text *t) {
    static const char *const known[] = {"date",
                                        "host_name",
                                        "executable",
                                        "num_cpus",
                                        "mhz_per_cpu",
                                        "cpu_scaling_enabled",
                                        "aslr_enabled",
                                        "caches",
                                        "load_avg",
                                        "library_version",
                                        "library_build_type",
                                        "json_schema_version",
                                        "machine",
                                        "commit"};
    const char *program = tern_import_text(context, "executable"),
               *slash = program ? strrchr(program, '/') : NULL,
               *type = tern_import_text(context, "library_build_type");
    json_t *name = json_string(slash ? slash + 1 : program), *own = json_copy((json_t *)(uintptr_t)context);
    tern_import_setting(t, "executable", name);
    if (type && strcmp(type, "release") != 0)
        tern_import_setting(t, "library_build_type", json_object_get(context, "library_build_type"));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) json_object_del(own, known[i]);
    tern_import_settings(t, own);
    json_decref(own);
    json_decref(name);
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
    } else if (g->median > 0 || g->mean > 0) {
        r.est.n = g->repetitions ? g->repetitions : 1;
        r.est.median = g->median > 0 ? g->median : g->mean;
        r.flags = g->median > 0 ? "imported aggregate" : "imported aggregate mean";
    } else {
        w->skipped += g->rows > 0;
        return TERN_OK;
    }
    struct tern_text settings = {0};
    if (!r.m) put_settings(context, &settings);
    if (settings.used) r.params = settings.data;
    const enum tern_status s = tern_import_put(w, &r);
    tern_text_free(&settings);
    return s;
}

static json_t *names_of(const json_t *rows) {
    json_t *names = json_object();
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row) {
        const char *name = tern_import_text(row, "name");
        if (name)
            json_object_set_new(names, name,
                                json_integer(1 + json_integer_value(json_object_get(names, name))));
    }
    return names;
}

enum tern_status tern_import_gbench(struct tern_import_work *w, const json_t *doc) {
    const json_t *rows = json_object_get(doc, "benchmarks"), *context = json_object_get(doc, "context");
    const size_t count = json_array_size(rows);
    enum tern_status s = TERN_OK;
    char **name = calloc(count + 1, sizeof *name); /* NULL: it went into the group of a row before it */
    struct group *g = malloc(sizeof *g);
    json_t *names = names_of(rows);
    if (!name || !g || !names) s = tern_fail(w->e, TERN_NO_MEMORY, "import: %s: out of memory", w->where);
    for (size_t i = 0; i < count && !s; i++)
        if (!(name[i] = run_name(names, json_array_get(rows, i)))) w->skipped++;
    for (size_t i = 0; i < count && !s; i++) {
        if (!name[i]) continue;
        *g = (struct group){.name = name[i]};
        for (size_t j = i; j < count; j++) {
            if (!name[j] || strcmp(name[j], name[i]) != 0) continue;
            take(g, names, json_array_get(rows, j));
            if (j == i) continue;
            free(name[j]);
            name[j] = NULL;
        }
        s = put(w, g, context);
    }
    for (size_t i = 0; name && i < count; i++) free(name[i]);
    json_decref(names);
    free(name);
    free(g);
    return s;
}
