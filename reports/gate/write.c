/* What the gate found, for people, pull requests and machines. */
#include "base/starved/json.h"
#include "measure/records/json_text.h"
#include "reports/data/number.h"
#include "reports/gate/gate.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double percent(double log_ratio) {
    return 100 * expm1(log_ratio);
}

/* "+3.1 % [+2.6, +3.7], n=10". A proxy is exact: no interval. */
static void put_seen(const struct tern_gate *g, const struct tern_gate_row *r, struct tern_text *t) {
    if (!isfinite(r->seen.centre)) {
        tern_text_put(t, "not measured");
        return;
    }
    tern_text_printf(t, "%+.2f %%", percent(r->seen.centre));
    if (g->mode == TERN_GATE_PROXY) {
        tern_text_printf(t, " (%.0f -> %.0f instructions/call)", r->base[0], r->candidate[0]);
        return;
    }
    if (isfinite(r->seen.lo))
        tern_text_printf(t, " [%+.2f, %+.2f]", percent(r->seen.lo), percent(r->seen.hi));
    tern_text_printf(t, ", n=%zu", r->seen.n);
}

static void put_floor(const struct tern_gate_row *r, struct tern_text *t) {
    if (isfinite(r->floor))
        tern_text_printf(t, "%.2f %%", percent(r->floor));
    else
        tern_text_put(t, TERN_ABSENT);
}

static void put_how(const struct tern_gate *g, struct tern_text *t) {
    if (g->mode == TERN_GATE_PROXY)
        tern_text_printf(
            t, "PROXY: instructions per call (%s), not time; blind for memory, caches and frequency", g->how);
    else if (g->mode == TERN_GATE_PAST)
        tern_text_printf(
            t,
            "%zu fresh processes, %.1f s, seed %llu; change of time per call against the median of n "
            "earlier runs, against the slowest and the fastest of them",
            g->processes, g->seconds, (unsigned long long)g->seed);
    else if (g->mode == TERN_GATE_HISTORY)
        tern_text_put(t, "from the history: nothing was measured now");
    else
        tern_text_printf(t,
                         "%zu fresh processes, %.1f s, seed %llu; change of time per call, "
                         "Hodges-Lehmann, 95 %% signed rank interval, n pairs of processes",
                         g->processes, g->seconds, (unsigned long long)g->seed);
}

static const char *verdict_line(const struct tern_gate *g) {
    switch (tern_gate_status(g)) {
    case TERN_OK:
        return "no regression";
    case TERN_CHECK_FAILED:
        return "REGRESSION";
    default:
        return "inconclusive";
    }
}

void tern_gate_text(const struct tern_gate *g, struct tern_text *t) {
    tern_text_printf(t, "baseline  %s\ncandidate %s\n", tern_or_empty(g->base_name),
                     tern_or_empty(g->candidate_name));
    put_how(g, t);
    tern_text_put(t, "\n\n");
    for (size_t i = 0; i < g->rows; i++) {
        const struct tern_gate_row *r = &g->row[i];
        tern_text_printf(t, "%-12s", tern_gate_verdict_name(r->verdict));
        put_seen(g, r, t);
        if (g->mode != TERN_GATE_PROXY) {
            tern_text_put(t, g->mode == TERN_GATE_PAST ? "  spread " : "  A/A ");
            put_floor(r, t);
        }
        tern_text_printf(t, "  %s%s", r->name, r->suspected ? "  (measured again)" : "");
        if (*r->why) tern_text_printf(t, "  %s", r->why);
        tern_text_put(t, "\n");
    }
    tern_text_printf(t, "\n%s beyond %.3g %%\n", verdict_line(g), 100 * g->threshold);
}

void tern_gate_markdown(const struct tern_gate *g, struct tern_text *t) {
    tern_text_printf(t, "### tern gate: %s\n\n", verdict_line(g));
    tern_text_put(t, "Baseline ");
    tern_text_markdown(t, g->base_name);
    tern_text_put(t, ", candidate ");
    tern_text_markdown(t, g->candidate_name);
    tern_text_printf(t, ", threshold %.3g %%. ", 100 * g->threshold);
    put_how(g, t);
    tern_text_put(t, ".\n\n| case | change of time [95 %] | A/A floor | verdict |\n|---|---:|---:|---|\n");
    for (size_t i = 0; i < g->rows; i++) {
        const struct tern_gate_row *r = &g->row[i];
        tern_text_put(t, "| ");
        tern_text_markdown(t, r->name);
        tern_text_put(t, " | ");
        put_seen(g, r, t);
        tern_text_put(t, " | ");
        put_floor(r, t);
        tern_text_printf(t, " | %s%s", tern_gate_verdict_name(r->verdict), *r->why ? ": " : "");
        tern_text_markdown(t, r->why);
        tern_text_put(t, " |\n");
    }
}

void tern_gate_junit(const struct tern_gate *g, struct tern_text *t) {
    size_t failures = 0, skipped = 0;
    for (size_t i = 0; i < g->rows; i++) {
        failures += g->row[i].verdict == TERN_GATE_REGRESSION;
        skipped += g->row[i].verdict == TERN_GATE_CANNOT_TELL;
    }
    tern_text_printf(
        t,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"tern gate\" "
        "tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n",
        g->rows, failures, skipped, g->seconds);
    for (size_t i = 0; i < g->rows; i++) {
        const struct tern_gate_row *r = &g->row[i];
        struct tern_text seen = {0};
        put_seen(g, r, &seen);
        tern_text_put(t, "<testcase classname=\"tern.gate\" name=\"");
        tern_text_html(t, r->name);
        tern_text_put(t, "\">");
        const char *element = r->verdict == TERN_GATE_REGRESSION    ? "failure"
                              : r->verdict == TERN_GATE_CANNOT_TELL ? "skipped"
                                                                    : NULL;
        if (element) {
            tern_text_printf(t, "<%s message=\"", element);
            tern_text_html(t, seen.data);
            if (*r->why) tern_text_put(t, "; "), tern_text_html(t, r->why);
            tern_text_put(t, "\"/>");
        } else {
            tern_text_put(t, "<system-out>");
            tern_text_html(t, seen.data);
            tern_text_put(t, "</system-out>");
        }
        tern_text_put(t, "</testcase>\n");
        tern_text_free(&seen);
    }
    tern_text_put(t, "</testsuite>\n</testsuites>\n");
}

/* Workflow commands escape %, carriage return and line feed; properties also : and ,. */
static void put_escaped(struct tern_text *t, const char *s, int property) {
    for (; s && *s; s++) {
        if (*s == '%' || *s == '\r' || *s == '\n' || (property && (*s == ':' || *s == ',')))
            tern_text_printf(t, "%%%02X", (unsigned)*s);
        else
            tern_text_bytes(t, s, 1);
    }
}

void tern_gate_annotations(const struct tern_gate *g, struct tern_text *t) {
    for (size_t i = 0; i < g->rows; i++) {
        const struct tern_gate_row *r = &g->row[i];
        if (r->verdict != TERN_GATE_REGRESSION && r->verdict != TERN_GATE_CANNOT_TELL) continue;
        struct tern_text seen = {0};
        tern_text_printf(&seen, "%s: ", tern_gate_verdict_name(r->verdict));
        put_seen(g, r, &seen);
        if (*r->why) tern_text_printf(&seen, "; %s", r->why);
        if (g->mode == TERN_GATE_PROXY) tern_text_put(&seen, "; proxy");
        tern_text_printf(t, "::%s title=", r->verdict == TERN_GATE_REGRESSION ? "error" : "warning");
        put_escaped(t, r->name, 1);
        tern_text_put(t, "::");
        put_escaped(t, seen.data, 0);
        tern_text_put(t, "\n");
        tern_text_free(&seen);
    }
}

static void set_number(json_t *o, const char *key, double v) {
    if (isfinite(v)) json_object_set_new(o, key, json_real(v));
}

static json_t *values_json(const double *x, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, isfinite(x[i]) ? json_real(x[i]) : json_null());
    return list;
}

void tern_gate_json(const struct tern_gate *g, struct tern_text *t) {
    static const char *const mode[] = {"live", "proxy", "history"};
    json_t *rows = json_array();
    for (size_t i = 0; i < g->rows; i++) {
        const struct tern_gate_row *r = &g->row[i];
        json_t *o = json_pack("{s:o, s:s, s:b, s:I, s:I}", "name", tern_json_text(r->name), "verdict",
                              tern_gate_verdict_name(r->verdict), "measured_again", r->suspected, "n",
                              (json_int_t)r->seen.n, "screened", (json_int_t)r->screened);
        set_number(o, "change", expm1(r->seen.centre));
        if (isfinite(r->seen.lo))
            json_object_set_new(o, "ci95", json_pack("[f,f]", expm1(r->seen.lo), expm1(r->seen.hi)));
        set_number(o, "p", r->seen.p);
        set_number(o, "floor", expm1(r->floor));
        if (*r->why) json_object_set_new(o, "why", tern_json_text(r->why));
        if (r->values) {
            json_object_set_new(o, "base", values_json(r->base, r->values));
            json_object_set_new(o, "candidate", values_json(r->candidate, r->values));
        }
        json_array_append_new(rows, o);
    }
    json_t *doc = json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:f, s:f, s:I, s:I, s:o}", "schema", 1, "mode", mode[g->mode], "verdict",
        verdict_line(g), "baseline", tern_json_text(tern_or_empty(g->base_name)), "candidate",
        tern_json_text(tern_or_empty(g->candidate_name)), "threshold", g->threshold, "seconds", g->seconds,
        "processes", (json_int_t)g->processes, "seed", (json_int_t)g->seed, "rows", rows);
    if (g->how) json_object_set_new(doc, "counted_by", tern_json_text(g->how));
    json_object_set_new(doc, "unit",
                        json_string(g->mode == TERN_GATE_PROXY ? "instructions/call" : "ns/call"));
    char *text = tern_json_dump(doc, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    tern_text_put(t, text ? text : "");
    tern_text_put(t, "\n");
    if (!text) t->failed = 1;
    free(text);
    json_decref(doc);
}
