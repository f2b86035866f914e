/* Other programs: imported records next to our best of the same problem, with source, date and machine.
 */
#include "reports/sections/section.h"
#include "reports/tables/html.h"
#include "reports/tables/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int equal(const char *a, const char *b) {
    return !strcmp(tern_or_empty(a), tern_or_empty(b));
}

/* GMAC/s of a kernel, tokens per second of a model. */
static double speed(const struct tern_record *r, double estimate) {
    if (equal(r->unit, "GMAC/s") || equal(r->unit, "tok/s")) return estimate;
    if (equal(r->unit, "ns/call")) return tern_rate(r->macs, estimate);
    return equal(r->unit, "ns/token") ? 1e9 / estimate : NAN;
}

/* "2b-4t, q6_k head" and "synth:2b-4t" are one model. */
static int same_model(const char *a, const char *b) {
    a = tern_or_empty(a), b = tern_or_empty(b);
    if (!strncmp(a, "synth:", 6)) a += 6;
    if (!strncmp(b, "synth:", 6)) b += 6;
    const size_t n = strcspn(a, ","), m = strcspn(b, ",");
    return n && n == m && !memcmp(a, b, n);
}

/* Cold and capped cold, and what a person called the level of the memory it was read from. */
static int same_regime(const char *ours, const char *theirs) {
    if (!*tern_or_empty(theirs)) return 1;
    if (!strncmp(theirs, "wcold", 5)) return !strncmp(tern_or_empty(ours), "wcold", 5);
    return equal(ours, theirs);
}

static const struct tern_record *our_kernel(const struct tern_report_data *d, const struct tern_record *x) {
    const struct tern_record *best = NULL;
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        const struct tern_record *r = q->best;
        if (!r || *tern_or_empty(r->source) || r->m != x->m || r->k != x->k || r->n != x->n ||
            r->threads != x->threads || !same_regime(r->regime, x->regime))
            continue;
        if (!best || r->est.median < best->est.median) best = r;
    }
    return best;
}

static const struct tern_record *our_model(const struct tern_report_data *d, const struct tern_record *x) {
    const struct tern_record *best = NULL;
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i];
        if (*tern_or_empty(r->source) || !equal(r->op, x->op) || r->threads != x->threads ||
            !same_model(r->model, x->model))
            continue;
        if (x->n && r->n != x->n && equal(x->op, "prefill")) continue;
        if (!best || equal(r->variant, "tuned")) best = r;
    }
    return best;
}

static void put_what(const struct tern_record *r, struct tern_text *t) {
    if (r->m) {
        tern_put_problem(t, r, 0);
        return;
    }
    if (!*tern_or_empty(r->model) && equal(r->kind, "sample")) {
        tern_text_put(t, r->variant);
        return;
    }
    tern_text_put(t, *tern_or_empty(r->model) ? r->model : "unnamed model");
    tern_text_printf(t, ", %s", tern_or_empty(r->op));
    if (r->n) tern_text_printf(t, " %zu", r->n);
    if (r->threads) tern_text_printf(t, ", %zu thread%s", r->threads, r->threads == 1 ? "" : "s");
}

static void put_row(const struct tern_report_data *d, const struct tern_record *x,
                    struct tern_report_tables *s) {
    const struct tern_record *ours = x->m                       ? our_kernel(d, x)
                                     : equal(x->kind, "sample") ? NULL
                                                                : our_model(d, x);
    const int plain = !x->m && equal(x->kind, "sample"); /* a benchmark of its own, in its own unit */
    const double a = plain ? x->est.median : speed(x, x->est.median),
                 b = ours ? speed(ours, ours->est.median) : NAN;
    const int here = ours && equal(ours->machine, x->machine);
    struct tern_text what = {0}, date = {0};
    put_what(x, &what);
    tern_text_bytes(&date, tern_or_empty(x->ts), strcspn(tern_or_empty(x->ts), "T"));
    tern_tables_text(s, what.data);
    tern_tables_text(s, plain ? x->source : x->variant);
    tern_tables_text(s, x->m ? "GMAC/s" : plain ? x->unit : "tok/s");
    const double lo = plain ? x->est.ci_lo : speed(x, x->est.ci_lo),
                 hi = plain ? x->est.ci_hi : speed(x, x->est.ci_hi);
    tern_tables_interval(s, a, fmin(lo, hi), fmax(lo, hi), 3, "", "imported", NULL);
    tern_tables_count(s, x->est.n);
    tern_tables_interval(s, b, ours ? fmin(speed(ours, ours->est.ci_lo), speed(ours, ours->est.ci_hi)) : NAN,
                         ours ? fmax(speed(ours, ours->est.ci_lo), speed(ours, ours->est.ci_hi)) : NAN, 3, "",
                         NULL,
                         ours ? ours->variant : "the records hold no measurement of this problem by tern");
    tern_tables_count(s, ours ? ours->est.n : 0);
    tern_tables_ratio(s, here ? b / a : NAN, NAN, NAN, NULL, here ? NULL : "another machine: no ratio");
    tern_tables_text(s, x->source);
    tern_tables_text(s, date.data);
    tern_tables_text(s, tern_report_machine_name(d, tern_or_empty(x->machine)));
    s->failed |= what.failed || date.failed;
    tern_text_free(&what);
    tern_text_free(&date);
}

static int is_ours(const struct tern_report_data *d, const char *machine) {
    for (size_t i = 0; i < d->all_count; i++)
        if (!*tern_or_empty(d->all[i].source) && equal(d->all[i].machine, machine)) return 1;
    return 0;
}

/* "bitnet.cpp, ggml, measured on VM of ...: not a machine of this report." */
static void put_machine(const struct tern_report_data *d, const struct tern_record *x, struct tern_text *t) {
    const char *last = "";
    for (size_t i = 0; i < d->imports; i++) {
        const struct tern_record *r = d->imported[i];
        size_t first = 0;
        while (first < i && !(equal(d->imported[first]->machine, x->machine) &&
                              equal(d->imported[first]->source, r->source)))
            first++;
        if (first < i || !equal(r->machine, x->machine)) continue;
        tern_text_put(t, last);
        tern_text_put(t, r->source);
        last = ", ";
    }
    tern_text_put(t, ": measured on ");
    tern_text_put(t, *tern_or_empty(x->machine) ? tern_report_machine_name(d, x->machine)
                                                : "a machine not named");
    tern_text_put(t, is_ours(d, tern_or_empty(x->machine)) ? ", as ours.\n"
                                                           : "; not a machine that tern measured here.\n");
}

static void fill(const struct tern_report_page *p, struct tern_report_tables *s) {
    static const struct tern_report_column column[] = {
        {"What", "what", TERN_COLUMN_TEXT},        {"Program", "program", TERN_COLUMN_TEXT},
        {"Unit", "unit", TERN_COLUMN_TEXT},        {"Theirs", "theirs", TERN_COLUMN_HOW},
        {"n", "their_n", TERN_COLUMN_NUMBER},      {"tern", "tern", TERN_COLUMN_INTERVAL},
        {"n", "tern_n", TERN_COLUMN_NUMBER},       {"tern : theirs", "ratio", TERN_COLUMN_NUMBER},
        {"Source", "source", TERN_COLUMN_TEXT},    {"Date", "date", TERN_COLUMN_TEXT},
        {NULL, "their_machine", TERN_COLUMN_TEXT}, {0}};
    const struct tern_report_data *d = p->data;
    tern_tables_begin(s, "rivals", column);
    tern_text_put(
        tern_tables_caption(s),
        "Imported records, as their files have them, beside our best of the same problem: medians and "
        "95 % intervals. A ratio stands only where both were measured on one machine; it compares "
        "separate runs, not paired rounds.");
    for (size_t i = 0; i < d->imports; i++) {
        size_t first = 0;
        while (first < i && !equal(d->imported[first]->machine, d->imported[i]->machine)) first++;
        if (first == i) put_machine(d, d->imported[i], tern_tables_before(s));
        put_row(d, d->imported[i], s);
    }
    if (!d->imports)
        tern_tables_absent(s, "the records hold nothing imported",
                           "tern history import FILE (JSON of llama-bench or Google Benchmark), then tern "
                           "history export -o FILE");
}

const struct tern_section tern_section_external = {
    .id = "rivals",
    .nav = "Other programs",
    .heading = "Other programs",
    .fill = fill,
    .csv = {{"rivals.csv", NULL}},
};
