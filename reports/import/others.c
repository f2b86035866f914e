/* Programs whose result files are short: hyperfine, pytest-benchmark, perf stat, tern e2e. */
#define _GNU_SOURCE
#include "reports/data/order.h"
#include "reports/import/readers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With --command-name the name is the same for all values of a parameter. */
enum tern_status tern_import_hyperfine(struct tern_import_work *w, const json_t *doc) {
    const json_t *row;
    size_t i;
    enum tern_status s = TERN_OK;
    json_array_foreach(json_object_get(doc, "results"), i, row) {
        struct tern_text settings = {0};
        if (s) break;
        tern_import_settings(&settings, json_object_get(row, "parameters"));
        const struct tern_import_timing t = {.source = "hyperfine",
                                             .name = tern_import_text(row, "command"),
                                             .params = settings.data,
                                             .samples = json_object_get(row, "times"),
                                             .unit_ns = 1e9,
                                             .median = tern_import_number(row, "median")};
        s = tern_import_put_timing(w, &t);
        tern_text_free(&settings);
    }
    return s;
}

/* The interpreter, and what the fixture was told about clock and garbage collection. */
static void pytest_settings(const json_t *machine, const json_t *row, struct tern_text *t) {
    static const char *const of_machine[] = {"python_implementation", "python_version", "python_compiler"},
                             *const of_row[] = {"disable_gc", "timer", "warmup"};
    const json_t *options = json_object_get(row, "options");
    for (size_t i = 0; i < 3; i++)
        tern_import_setting(t, of_machine[i], json_object_get(machine, of_machine[i]));
    for (size_t i = 0; i < 3; i++) tern_import_setting(t, of_row[i], json_object_get(options, of_row[i]));
}

enum tern_status tern_import_pytest(struct tern_import_work *w, const json_t *doc) {
    const json_t *row, *machine = json_object_get(doc, "machine_info"),
                       *commit = json_object_get(doc, "commit_info");
    size_t i;
    enum tern_status s = TERN_OK;
    json_array_foreach(json_object_get(doc, "benchmarks"), i, row) {
        const json_t *stats = json_object_get(row, "stats"), *data = json_object_get(stats, "data");
        const char *name = tern_import_text(row, "fullname");
        struct tern_text settings = {0};
        if (s) break;
        if (!json_array_size(data) && w->o->format != TERN_IMPORT_PYTEST)
            return tern_fail(
                w->e, TERN_BAD_INPUT,
                "import: %s: JSON of pytest-benchmark without samples (stats.data): save it with "
                "--benchmark-save-data, or take the summaries with --format pytest",
                w->where);
        pytest_settings(machine, row, &settings);
        const struct tern_import_timing t = {.source = "pytest-benchmark",
                                             .name = name ? name : tern_import_text(row, "name"),
                                             .machine = tern_import_text(machine, "node"),
                                             .commit = tern_import_text(commit, "id"),
                                             .ts = tern_import_text(doc, "datetime"),
                                             .params = settings.data,
                                             .samples = data,
                                             .unit_ns = 1e9,
                                             .median = tern_import_number(stats, "median"),
                                             .n = tern_import_count(stats, "rounds")};
        s = tern_import_put_timing(w, &t);
        tern_text_free(&settings);
    }
    return s;
}

/* What a row counts, apart from the event: with -A, --per-core, --per-thread, --for-each-cgroup and the like there is
 * a row for each. */
static void perf_settings(const json_t *row, struct tern_text *t) {
    static const char *const keys[] = {"cpu",    "core", "cluster", "die",    "cache",
                                       "socket", "node", "thread",  "cgroup", "metric-name"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        tern_import_setting(t, keys[i], json_object_get(row, keys[i]));
}

static int perf_same(const json_t *a, const json_t *b) {
    struct tern_text x = {0}, y = {0};
    perf_settings(a, &x);
    perf_settings(b, &y);
    const int same = !tern_text_order(tern_import_text(a, "event"), tern_import_text(b, "event")) &&
                     !tern_text_order(tern_import_text(a, "unit"), tern_import_text(b, "unit")) &&
                     !tern_text_order(x.data, y.data);
    tern_text_free(&x);
    tern_text_free(&y);
    return same;
}

static enum tern_status put_event(struct tern_import_work *w, const json_t *row, const double *sample,
                                  size_t n) {
    const char *unit = tern_import_text(row, "unit");
    struct tern_record r;
    struct tern_text settings = {0};
    perf_settings(row, &settings);
    tern_record_init(&r);
    r.kind = "sample", r.source = "perf stat", r.flags = "imported", r.complete = 1;
    r.params = settings.used ? settings.data : "-";
    r.variant = tern_import_text(row, "event");
    r.unit = unit ? unit : "events";
    r.est = tern_estimate_of(sample, n);
    r.samples = sample, r.sample_count = n;
    const enum tern_status s = tern_import_put(w, &r);
    tern_text_free(&settings);
    return s;
}

/* Rows of one event are its samples: with -I there is one for each interval. "<not counted>" is no number. */
enum tern_status tern_import_perf(struct tern_import_work *w, const json_t *rows) {
    json_t *list = tern_import_list(rows);
    const size_t count = json_array_size(list);
    double *sample = malloc((count + 1) * sizeof *sample);
    char *seen = calloc(count + 1, 1);
    enum tern_status s = TERN_OK;
    if (!sample || !seen) s = tern_fail(w->e, TERN_NO_MEMORY, "import: %s: out of memory", w->where);
    for (size_t i = 0; i < count && !s; i++) {
        const json_t *row = json_array_get(list, i);
        size_t n = 0;
        for (size_t j = i; j < count && !seen[i] && tern_import_text(row, "event"); j++) {
            const json_t *other = json_array_get(list, j);
            const double value = tern_import_number(other, "counter-value");
            if (!isfinite(value) || !perf_same(row, other)) continue;
            seen[j] |= j > i;
            sample[n++] = value;
        }
        if (n)
            s = put_event(w, row, sample, n);
        else if (!seen[i] || !isfinite(tern_import_number(row, "counter-value")))
            w->skipped++;
    }
    free(seen);
    free(sample);
    json_decref(list);
    return s;
}

static enum tern_status put_e2e(struct tern_import_work *w, const json_t *row) {
    struct tern_record r;
    struct tern_text settings = {0};
    char ts[64];
    const double median = tern_import_number(row, "median");
    if (!(median > 0)) return w->skipped++, TERN_OK;
    tern_record_init(&r);
    const char *plan = tern_import_text(row, "plan"), *beyond = tern_import_text(row, "settings");
    tern_text_printf(&settings, "%s%s%s", tern_or_empty(plan), beyond ? "," : "", tern_or_empty(beyond));
    tern_import_time(tern_import_text(row, "ts"), ts, sizeof ts);
    r.kind = "e2e", r.source = "tern e2e", r.flags = "imported", r.complete = 1;
    r.params = settings.used ? settings.data : "-";
    r.ts = ts;
    r.machine = tern_import_text(row, "machine");
    r.op = tern_import_text(row, "op");
    r.model = tern_import_text(row, "model");
    r.variant = tern_import_count(row, "layers_from_wisdom") ? "tuned" : "untuned";
    r.n = tern_import_count(row, "tokens");
    r.threads = tern_import_count(row, "threads");
    r.unit = tern_import_text(row, "unit");
    r.est.n = tern_import_count(row, "n"), r.est.median = median;
    r.est.ci_lo = tern_import_number(row, "ci_lo"), r.est.ci_hi = tern_import_number(row, "ci_hi");
    r.est.min = tern_import_number(row, "min"), r.est.mad = tern_import_number(row, "mad");
    const enum tern_status s = tern_import_put(w, &r);
    tern_text_free(&settings);
    return s;
}

enum tern_status tern_import_e2e(struct tern_import_work *w, const json_t *rows) {
    json_t *list = tern_import_list(rows);
    const json_t *row;
    size_t i;
    enum tern_status s = TERN_OK;
    json_array_foreach(list, i, row) if (!s) s = put_e2e(w, row);
    json_decref(list);
    return s;
}
