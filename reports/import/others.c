/* Programs whose result files are short: hyperfine, pytest-benchmark, Criterion.rs, perf stat, tern e2e. */
#define _GNU_SOURCE
#include "reports/data/select.h"
#include "reports/import/readers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A time of a command or function: samples, or a median alone. Times of `unit_ns` nanoseconds become ns. */
struct timing {
    const char *source, *name, *machine, *commit, *ts;
    const json_t *samples; /* numbers; NULL: none */
    double unit_ns, median, lo, hi;
    size_t n;
};

static enum tern_status put_timing(struct tern_import_work *w, const struct timing *t) {
    const size_t most = json_array_size(t->samples);
    struct tern_record r;
    char ts[64];
    double *sample = malloc((most + 1) * sizeof *sample);
    size_t n = 0;
    if (!sample) return tern_fail(w->e, TERN_NO_MEMORY, "import: %s: out of memory", w->where);
    for (size_t i = 0; i < most; i++) {
        const double v = json_number_value(json_array_get(t->samples, i)) * t->unit_ns;
        if (v > 0 && isfinite(v)) sample[n++] = v;
    }
    tern_record_init(&r);
    tern_import_time(t->ts, ts, sizeof ts);
    r.kind = "sample", r.variant = t->name, r.source = t->source, r.params = "-", r.unit = "ns/call";
    r.machine = t->machine, r.commit = t->commit, r.ts = ts, r.complete = 1;
    enum tern_status s = TERN_OK;
    if (n) {
        r.est = tern_estimate_of(sample, n);
        r.samples = sample, r.sample_count = n, r.flags = "imported";
    } else if (t->median > 0 && isfinite(t->median)) {
        r.est.n = t->n ? t->n : 1, r.est.median = t->median * t->unit_ns;
        r.est.ci_lo = t->lo > 0 ? t->lo * t->unit_ns : NAN,
        r.est.ci_hi = t->lo > 0 ? t->hi * t->unit_ns : NAN;
        r.flags = "imported aggregate";
    }
    if (r.est.n && t->name)
        s = tern_import_put(w, &r);
    else
        w->skipped++;
    free(sample);
    return s;
}

static size_t count_at(const json_t *o, const char *key) {
    const double x = tern_import_number(o, key);
    return x > 0 && x < 1e9 ? (size_t)x : 0;
}

enum tern_status tern_import_hyperfine(struct tern_import_work *w, const json_t *doc) {
    const json_t *row;
    size_t i;
    enum tern_status s = TERN_OK;
    json_array_foreach(json_object_get(doc, "results"), i, row) {
        const struct timing t = {.source = "hyperfine",
                                 .name = tern_import_text(row, "command"),
                                 .samples = json_object_get(row, "times"),
                                 .unit_ns = 1e9,
                                 .median = tern_import_number(row, "median")};
        if (!s) s = put_timing(w, &t);
    }
    return s;
}

enum tern_status tern_import_pytest(struct tern_import_work *w, const json_t *doc) {
    const json_t *row, *machine = json_object_get(doc, "machine_info"),
                       *commit = json_object_get(doc, "commit_info");
    size_t i;
    enum tern_status s = TERN_OK;
    json_array_foreach(json_object_get(doc, "benchmarks"), i, row) {
        const json_t *stats = json_object_get(row, "stats"), *data = json_object_get(stats, "data");
        const char *name = tern_import_text(row, "fullname");
        if (!json_array_size(data) && w->o->format != TERN_IMPORT_PYTEST)
            return tern_fail(
                w->e, TERN_BAD_INPUT,
                "import: %s: JSON of pytest-benchmark without samples (stats.data): save it with "
                "--benchmark-save-data, or take the summaries with --format pytest",
                w->where);
        const struct timing t = {.source = "pytest-benchmark",
                                 .name = name ? name : tern_import_text(row, "name"),
                                 .machine = tern_import_text(machine, "node"),
                                 .commit = tern_import_text(commit, "id"),
                                 .ts = tern_import_text(doc, "datetime"),
                                 .samples = data,
                                 .unit_ns = 1e9,
                                 .median = tern_import_number(stats, "median"),
                                 .n = count_at(stats, "rounds")};
        if (!s) s = put_timing(w, &t);
    }
    return s;
}

static double unit_ns_of(const char *unit) {
    return !unit || !strcmp(unit, "ns") ? 1
           : !strcmp(unit, "us")        ? 1e3
           : !strcmp(unit, "ms")        ? 1e6
           : !strcmp(unit, "s")         ? 1e9
                                        : NAN;
}

/* {"estimate", "lower_bound", "upper_bound"}, or those of estimates.json. */
static struct timing criterion(const json_t *median, const char *name, double unit_ns) {
    const json_t *interval = json_object_get(median, "confidence_interval");
    struct timing t = {.source = "Criterion.rs", .name = name, .unit_ns = unit_ns};
    const int file = interval != NULL;
    t.median = tern_import_number(median, file ? "point_estimate" : "estimate");
    t.lo = tern_import_number(file ? interval : median, "lower_bound");
    t.hi = tern_import_number(file ? interval : median, "upper_bound");
    return t;
}

/* ".../target/criterion/NAME/new/estimates.json" */
static void name_of_path(const char *path, char *out, size_t bytes) {
    const char *last = strrchr(path, '/'), *end = last;
    if (end && end - path > 4 && (!strncmp(end - 4, "/new", 4) || !strncmp(end - 5, "/base", 5)))
        end -= !strncmp(end - 4, "/new", 4) ? 4 : 5;
    const char *from = end;
    while (from && from > path && from[-1] != '/') from--;
    snprintf(out, bytes, "%.*s", end ? (int)(end - from) : 0, end ? from : "");
    if (!*out) snprintf(out, bytes, "%s", path);
}

enum tern_status tern_import_criterion(struct tern_import_work *w, const json_t *doc) {
    char name[256];
    const json_t *row;
    size_t i;
    enum tern_status s = TERN_OK;
    if (json_object_get(json_object_get(doc, "median"), "point_estimate")) {
        name_of_path(w->where, name, sizeof name);
        const struct timing t = criterion(json_object_get(doc, "median"), name, 1);
        return put_timing(w, &t);
    }
    json_t *list = json_is_array(doc) ? json_incref((json_t *)(uintptr_t)doc) : json_pack("[O]", doc);
    json_array_foreach(list, i, row) {
        const char *reason = tern_import_text(row, "reason");
        if (s || !reason || strcmp(reason, "benchmark-complete") != 0) continue;
        const json_t *median = json_object_get(row, "median"), *typical = json_object_get(row, "typical");
        const struct timing t = criterion(median ? median : typical, tern_import_text(row, "id"),
                                          unit_ns_of(tern_import_text(median ? median : typical, "unit")));
        s = put_timing(w, &t);
    }
    json_decref(list);
    return s;
}

enum tern_status tern_import_perf(struct tern_import_work *w, const json_t *rows) {
    json_t *list = json_is_array(rows) ? json_incref((json_t *)(uintptr_t)rows) : json_pack("[O]", rows);
    const json_t *row;
    size_t i;
    enum tern_status s = TERN_OK;
    json_array_foreach(list, i, row) {
        const double value = tern_import_number(row, "counter-value");
        const char *unit = tern_import_text(row, "unit");
        struct tern_record r;
        if (s) break;
        if (!isfinite(value) || !tern_import_text(row, "event")) { /* "<not counted>" */
            w->skipped++;
            continue;
        }
        tern_record_init(&r);
        r.kind = "sample", r.source = "perf stat", r.params = "-", r.flags = "imported", r.complete = 1;
        r.variant = tern_import_text(row, "event");
        r.unit = unit ? unit : "events";
        r.est.n = 1, r.est.median = value, r.est.ci_lo = r.est.ci_hi = NAN;
        s = tern_import_put(w, &r);
    }
    json_decref(list);
    return s;
}

enum tern_status tern_import_e2e(struct tern_import_work *w, const json_t *rows) {
    json_t *list = json_is_array(rows) ? json_incref((json_t *)(uintptr_t)rows) : json_pack("[O]", rows);
    const json_t *row;
    size_t i;
    enum tern_status s = TERN_OK;
    json_array_foreach(list, i, row) {
        struct tern_record r;
        const double median = tern_import_number(row, "median");
        if (s) break;
        if (!(median > 0)) {
            w->skipped++;
            continue;
        }
        tern_record_init(&r);
        r.kind = "e2e", r.source = "tern e2e", r.params = "-", r.flags = "imported", r.complete = 1;
        r.op = tern_import_text(row, "op");
        r.model = tern_import_text(row, "model");
        r.variant = count_at(row, "layers_from_wisdom") ? "tuned" : "untuned";
        r.n = count_at(row, "tokens");
        r.threads = count_at(row, "threads");
        r.unit = tern_import_text(row, "unit");
        r.est.n = count_at(row, "n"), r.est.median = median;
        r.est.ci_lo = tern_import_number(row, "ci_lo"), r.est.ci_hi = tern_import_number(row, "ci_hi");
        r.est.min = tern_import_number(row, "min"), r.est.mad = tern_import_number(row, "mad");
        s = tern_import_put(w, &r);
    }
    json_decref(list);
    return s;
}
