/* A comparison as text, Markdown, CSV and JSON. */
#include "base/starved/json.h"
#include "measure/records/json_text.h"
#include "measure/sampling/floor.h"
#include "reports/compare/compare.h"
#include "reports/data/key.h"
#include "reports/data/number.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *method_name(enum tern_compare_method m) {
    static const char *const name[] = {"none", "paired", "runs", "samples", "summary"};
    return name[m];
}

static const char *verdict_name(enum tern_compare_verdict v) {
    static const char *const name[] = {"faster", "slower", "same", "cannot tell"};
    return name[v];
}

void tern_compare_row_name(const struct tern_compare_row *r, const struct tern_compare_options *o, char *out,
                           size_t out_bytes) {
    char problem[256];
    tern_record_problem(r->a, problem, sizeof problem);
    if (o->across_variants || o->best) {
        snprintf(out, out_bytes, "%s", problem);
        return;
    }
    const char *params = tern_or_empty(r->a->params);
    const int plain = !*params || !strcmp(params, "-") || r->a->m == 0;
    snprintf(out, out_bytes, "%s%s%s%s %s", tern_or_empty(r->a->variant), plain ? "" : "[",
             plain ? "" : params, plain ? "" : "]", problem);
}

static void put_p(struct tern_text *t, double p) {
    if (!isfinite(p))
        tern_text_put(t, TERN_ABSENT);
    else if (p < 1e-4)
        tern_text_put(t, "<1e-4");
    else
        tern_text_printf(t, "%.2g", p);
}

static void put_ratio(struct tern_text *t, double ratio, double lo, double hi) {
    if (!isfinite(ratio))
        tern_text_put(t, TERN_ABSENT);
    else if (!isfinite(lo))
        tern_text_printf(t, "%.4f [no interval]", ratio);
    else
        tern_text_printf(t, "%.4f [%.4f, %.4f]", ratio, lo, hi);
}

static void put_median(struct tern_text *t, double v, const char *unit) {
    tern_put_number(t, v, 5);
    tern_text_printf(t, " %s", unit);
}

static const char *imported(const struct tern_compare_row *r) {
    return r->a->source || r->b->source ? " (imported)" : "";
}

static const char *floor_name(enum tern_compare_floor f) {
    static const char *const names[] = {"given", "A/A", "runs", "assumed"};
    return names[f];
}

static void put_floor(const struct tern_compare *c, const struct tern_compare_options *o,
                      struct tern_text *t) {
    if (isfinite(o->floor))
        tern_text_printf(t, "floor %.2f %% as given", 100 * o->floor);
    else if (isfinite(c->floor))
        tern_text_printf(t, "A/A floor %.2f %% (90th percentile of %zu pairs of runs of the same thing)",
                         100 * c->floor, c->floor_pairs);
    else
        tern_text_printf(
            t,
            "floor A/A of the same rounds, elsewhere %.0f %% assumed: %zu pairs of runs of the same "
            "thing are too few",
            100 * TERN_FLOOR_UNKNOWN, c->floor_pairs);
}

static void put_summary(const struct tern_compare *c, const struct tern_compare_options *o,
                        struct tern_text *t) {
    tern_text_printf(t, "%zu faster, %zu slower, %zu same, %zu cannot tell; geometric mean ",
                     c->count[TERN_COMPARE_FASTER], c->count[TERN_COMPARE_SLOWER],
                     c->count[TERN_COMPARE_SAME], c->count[TERN_COMPARE_CANNOT_TELL]);
    put_ratio(t, c->mean, c->lo, c->hi);
    tern_text_printf(t, " of %zu row%s (95 %%, these rows); ", c->in_mean, c->in_mean == 1 ? "" : "s");
    put_floor(c, o, t);
    if (c->only_a || c->only_b) tern_text_printf(t, "; only in A: %zu, only in B: %zu", c->only_a, c->only_b);
    if (c->machines_differ) tern_text_put(t, "; A and B are of different machines");
    tern_text_put(t, "\n");
}

void tern_compare_text(const struct tern_compare *c, const struct tern_compare_options *o, const char *name_a,
                       const char *name_b, struct tern_text *t) {
    tern_text_printf(t,
                     "A: %s\nB: %s\nratio: time of B over time of A, 95 %% interval; below 1 B is faster\n\n",
                     name_a, name_b);
    for (size_t i = 0; i < c->rows; i++) {
        const struct tern_compare_row *r = &c->row[i];
        char name[512];
        tern_compare_row_name(r, o, name, sizeof name);
        tern_text_printf(t, "%-12s", verdict_name(r->verdict));
        put_ratio(t, r->ratio, r->lo, r->hi);
        tern_text_put(t, "  p ");
        put_p(t, r->p_adjusted);
        tern_text_printf(t, "  %s n=%zu+%zu  ", method_name(r->method), r->n_a, r->n_b);
        put_median(t, r->median_a, tern_or_empty(r->a->unit));
        tern_text_put(t, " -> ");
        put_median(t, r->median_b, tern_or_empty(r->b->unit));
        tern_text_printf(t, "  floor %.2f %% %s  %s%s\n", 100 * r->floor, floor_name(r->floor_from), name,
                         imported(r));
    }
    tern_text_put(t, "\n");
    put_summary(c, o, t);
}

void tern_compare_markdown(const struct tern_compare *c, const struct tern_compare_options *o,
                           const char *name_a, const char *name_b, struct tern_text *t) {
    tern_text_put(t, "| | A: ");
    tern_text_markdown(t, name_a);
    tern_text_put(t, " | B: ");
    tern_text_markdown(t, name_b);
    tern_text_put(t, " | time B / A [95 %] | p adjusted | method, n | floor | verdict "
                     "|\n|---|---:|---:|---|---|---|---:|---|\n");
    for (size_t i = 0; i < c->rows; i++) {
        const struct tern_compare_row *r = &c->row[i];
        char name[512];
        tern_compare_row_name(r, o, name, sizeof name);
        tern_text_put(t, "| ");
        tern_text_markdown(t, name);
        tern_text_printf(t, "%s | ", imported(r));
        put_median(t, r->median_a, tern_or_empty(r->a->unit));
        tern_text_put(t, " | ");
        put_median(t, r->median_b, tern_or_empty(r->b->unit));
        tern_text_put(t, " | ");
        put_ratio(t, r->ratio, r->lo, r->hi);
        tern_text_put(t, " | ");
        put_p(t, r->p_adjusted);
        tern_text_printf(t, " | %s, %zu+%zu | %.2f %% %s | %s |\n", method_name(r->method), r->n_a, r->n_b,
                         100 * r->floor, floor_name(r->floor_from), verdict_name(r->verdict));
    }
    tern_text_put(t, "\n");
    put_summary(c, o, t);
}

void tern_compare_csv(const struct tern_compare *c, const struct tern_compare_options *o,
                      struct tern_text *t) {
    tern_text_put(
        t, "name,unit,median_a,median_b,ratio,ci95_lo,ci95_hi,p,p_adjusted,superiority,floor,method,n_a,n_b,"
           "runs_a,runs_b,verdict,source_a,source_b,floor_from\n");
    for (size_t i = 0; i < c->rows; i++) {
        const struct tern_compare_row *r = &c->row[i];
        const double number[] = {r->median_a, r->median_b,   r->ratio,       r->lo,   r->hi,
                                 r->p,        r->p_adjusted, r->superiority, r->floor};
        char name[512];
        tern_compare_row_name(r, o, name, sizeof name);
        tern_text_csv(t, name);
        tern_text_put(t, ",");
        tern_text_csv(t, r->a->unit);
        for (size_t j = 0; j < sizeof number / sizeof *number; j++)
            tern_text_put(t, ","), tern_put_exact(t, number[j], "");
        tern_text_printf(t, ",%s,%zu,%zu,%zu,%zu,%s,", method_name(r->method), r->n_a, r->n_b, r->runs_a,
                         r->runs_b, verdict_name(r->verdict));
        tern_text_csv(t, r->a->source);
        tern_text_put(t, ",");
        tern_text_csv(t, r->b->source);
        tern_text_printf(t, ",%s\n", floor_name(r->floor_from));
    }
}

static void set_number(json_t *o, const char *key, double v) {
    if (isfinite(v)) json_object_set_new(o, key, json_real(v));
}

static void set_interval(json_t *o, double lo, double hi) {
    if (isfinite(lo) && isfinite(hi)) json_object_set_new(o, "ci95", json_pack("[f,f]", lo, hi));
}

static json_t *row_json(const struct tern_compare_row *r, const struct tern_compare_options *o) {
    char name[512], problem[256];
    tern_compare_row_name(r, o, name, sizeof name);
    tern_record_problem(r->a, problem, sizeof problem);
    json_t *j = json_pack("{s:o, s:o, s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "name", tern_json_text(name),
                          "problem", tern_json_text(problem), "unit", tern_or_empty(r->a->unit), "method",
                          method_name(r->method), "verdict", verdict_name(r->verdict), "n_a",
                          (json_int_t)r->n_a, "n_b", (json_int_t)r->n_b, "runs_a", (json_int_t)r->runs_a,
                          "runs_b", (json_int_t)r->runs_b);
    set_number(j, "median_a", r->median_a);
    set_number(j, "median_b", r->median_b);
    set_number(j, "ratio", r->ratio);
    set_interval(j, r->lo, r->hi);
    set_number(j, "p", r->p);
    set_number(j, "p_adjusted", r->p_adjusted);
    set_number(j, "superiority", r->superiority);
    set_number(j, "floor", r->floor);
    json_object_set_new(j, "floor_from", json_string(floor_name(r->floor_from)));
    if (r->a->source) json_object_set_new(j, "source_a", tern_json_text(r->a->source));
    if (r->b->source) json_object_set_new(j, "source_b", tern_json_text(r->b->source));
    return j;
}

void tern_compare_json(const struct tern_compare *c, const struct tern_compare_options *o, const char *name_a,
                       const char *name_b, struct tern_text *t) {
    json_t *rows = json_array(), *mean = json_object();
    for (size_t i = 0; i < c->rows; i++) json_array_append_new(rows, row_json(&c->row[i], o));
    set_number(mean, "ratio", c->mean);
    set_interval(mean, c->lo, c->hi);
    json_object_set_new(mean, "n", json_integer((json_int_t)c->in_mean));
    json_t *doc =
        json_pack("{s:i, s:o, s:o, s:s, s:o, s:o, s:{s:I,s:I,s:I,s:I}, s:I, s:I, s:b}", "schema", 1, "a",
                  tern_json_text(name_a), "b", tern_json_text(name_b), "ratio", "time of b over time of a",
                  "rows", rows, "geometric_mean", mean, "count", "faster", (json_int_t)c->count[0], "slower",
                  (json_int_t)c->count[1], "same", (json_int_t)c->count[2], "cannot_tell",
                  (json_int_t)c->count[3], "only_a", (json_int_t)c->only_a, "only_b", (json_int_t)c->only_b,
                  "machines_differ", c->machines_differ);
    set_number(doc, "floor_found", c->floor);
    char *text = tern_json_dump(doc, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    if (text) {
        tern_text_put(t, text);
        tern_text_put(t, "\n");
    } else {
        t->failed = 1;
    }
    free(text);
    json_decref(doc);
}
