/* Criterion.rs: estimates.json with the files beside it, and the lines of cargo criterion. */
#define _GNU_SOURCE
#include "reports/import/readers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Total time by number of iterations, for each sample; NULL when there are none. A new reference. */
static json_t *times_each(const json_t *times, const json_t *iterations) {
    const size_t n = json_array_size(times);
    if (!n || json_array_size(iterations) != n) return NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_real(json_number_value(json_array_get(times, i)) /
                                              fmax(1, json_number_value(json_array_get(iterations, i)))));
    return list;
}

/* The samples of sample.json: {"iters", "times"}, or, before 0.3.4, a pair of lists. */
static json_t *samples_of(const json_t *sample) {
    return json_is_array(sample)
               ? times_each(json_array_get(sample, 1), json_array_get(sample, 0))
               : times_each(json_object_get(sample, "times"), json_object_get(sample, "iters"));
}

/* ".../criterion/GROUP/FUNCTION/VALUE/new/estimates.json" without both ends. */
static void name_of_path(const char *path, char *out, size_t bytes) {
    const char *end = strrchr(path, '/'), *root = strstr(path, "criterion/");
    if (!end) end = path + strlen(path);
    for (const char *next = root; next; next = strstr(next + 1, "criterion/")) root = next + 10;
    if (end - path > 4 && !strncmp(end - 4, "/new", 4)) end -= 4;
    if (!root || root >= end) {
        for (root = end; root > path && root[-1] != '/';) root--;
    }
    snprintf(out, bytes, "%.*s", (int)(end - root), root);
    if (!*out) snprintf(out, bytes, "%s", path);
}

int tern_import_is_estimates(const json_t *doc) {
    const json_t *median = json_object_get(doc, "median");
    if (!median) median = json_object_get(doc, "Median"); /* before 0.3 */
    return json_object_get(median, "point_estimate") != NULL;
}

enum tern_status tern_import_estimates(struct tern_import_work *w, const json_t *doc, const json_t *benchmark,
                                       const json_t *sample) {
    char name[256];
    const json_t *median = json_object_get(doc, "median");
    const char *id = tern_import_text(benchmark, "full_id");
    if (!median) median = json_object_get(doc, "Median");
    if (!json_object_get(doc, "std_dev") && !json_object_get(doc, "StdDev"))
        return tern_fail(w->e, TERN_BAD_INPUT,
                         "import: %s: estimates of a change by Criterion.rs, which are shares and no times; "
                         "the times are in new/estimates.json",
                         w->where);
    name_of_path(w->where, name, sizeof name);
    const json_t *interval = json_object_get(median, "confidence_interval");
    json_t *samples = samples_of(sample);
    const struct tern_import_timing t = {.source = "Criterion.rs",
                                         .name = id ? id : name,
                                         .unit_ns = 1,
                                         .samples = samples,
                                         .median = tern_import_number(median, "point_estimate"),
                                         .lo = tern_import_number(interval, "lower_bound"),
                                         .hi = tern_import_number(interval, "upper_bound")};
    const enum tern_status s = tern_import_put_timing(w, &t);
    json_decref(samples);
    return s;
}

static enum tern_status put_message(struct tern_import_work *w, const json_t *row) {
    const json_t *median = json_object_get(row, "median");
    if (!median) median = json_object_get(row, "typical");
    json_t *samples =
        times_each(json_object_get(row, "measured_values"), json_object_get(row, "iteration_count"));
    const struct tern_import_timing t = {
        .source = "Criterion.rs",
        .name = tern_import_text(row, "id"),
        .samples = samples,
        .unit_ns = tern_import_unit_ns(tern_import_text(samples ? row : median, "unit")),
        .median = tern_import_number(median, "estimate"),
        .lo = tern_import_number(median, "lower_bound"),
        .hi = tern_import_number(median, "upper_bound")};
    const enum tern_status s = tern_import_put_timing(w, &t);
    json_decref(samples);
    return s;
}

enum tern_status tern_import_criterion(struct tern_import_work *w, const json_t *doc) {
    const json_t *row;
    size_t i;
    enum tern_status s = TERN_OK;
    if (tern_import_is_estimates(doc)) return tern_import_estimates(w, doc, NULL, NULL);
    json_t *list = tern_import_list(doc);
    json_array_foreach(list, i, row) {
        const char *reason = tern_import_text(row, "reason");
        if (!s && reason && !strcmp(reason, "benchmark-complete")) s = put_message(w, row);
    }
    json_decref(list);
    return s;
}
