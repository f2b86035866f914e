/* Energy: what a call or a token takes, from which source, and why nothing is known where it is not. */
#include "reports/sections/section.h"
#include "reports/tables/html.h"
#include "reports/tables/tables.h"

#include <math.h>
#include <string.h>

/* Nanoseconds of what the joules are of: a call, or a token end to end. */
static double ns_of(const struct tern_record *r) {
    if (!strcmp(tern_or_empty(r->kind), "e2e")) return 1e9 / tern_report_tokens_of(r).median;
    return r->est.median;
}

static int is_measured(const struct tern_record *r) {
    return isfinite(r->joules) && r->joules > 0 && *tern_or_empty(r->energy_src);
}

static int is_modelled(const struct tern_record *r) {
    return *tern_or_empty(r->energy_model) && r->modelled_from > 0 && isfinite(r->modelled_to);
}

static void put_row(struct tern_report_tables *s, const struct tern_report_data *d,
                    const struct tern_record *r) {
    const int e2e = !strcmp(tern_or_empty(r->kind), "e2e");
    const double seconds = 1e-9 * ns_of(r);
    struct tern_text what = {0};
    if (e2e) {
        tern_text_put(&what, *tern_or_empty(r->model) ? r->model : "unnamed model");
        tern_text_printf(&what, ", %s, %zu thread%s", tern_or_empty(r->op), r->threads,
                         r->threads == 1 ? "" : "s");
    } else {
        tern_put_problem(&what, r, 0);
    }
    tern_tables_text(s, tern_report_machine_name(d, tern_or_empty(r->machine)));
    tern_tables_text(s, what.data);
    tern_tables_text(s, r->variant);
    tern_tables_text(s, e2e ? "token" : "call");
    const double joules = is_measured(r) ? r->joules : NAN;
    const char *why = is_measured(r) ? NULL : tern_or_empty(r->why_no_energy);
    tern_tables_number(s, 1e3 * joules, 4, "", NULL, why);
    tern_tables_number(s, joules / seconds, 3, "", NULL, why);
    tern_tables_number(s, 1e6 * joules * seconds, 3, "", NULL, why);
    tern_tables_number(s, is_measured(r) ? r->idle_watts : NAN, 3, "", NULL, why);
    tern_tables_number(s, 100 * r->idle_watts * seconds / joules, 3, " %", NULL, why);
    tern_tables_range(s, is_modelled(r) ? 1e3 * r->modelled_from : NAN,
                      is_modelled(r) ? 1e3 * r->modelled_to : NAN, 3, "", "modelled", NULL);
    tern_tables_count(s, r->est.n);
    tern_tables_text(s, is_measured(r) ? r->energy_src : is_modelled(r) ? r->energy_model : "");
    s->failed |= what.failed;
    tern_text_free(&what);
}

static void figures(const struct tern_report_page *p, struct tern_report_tables *s) {
    static const struct tern_report_column column[] = {
        {"Machine", "machine", TERN_COLUMN_MACHINE},
        {"What", "what", TERN_COLUMN_TEXT},
        {"Variant or plan", "variant", TERN_COLUMN_TEXT},
        {"Per", "per", TERN_COLUMN_TEXT},
        {"mJ", "millijoules", TERN_COLUMN_NUMBER},
        {"W", "watts", TERN_COLUMN_NUMBER},
        {"EDP, \xc2\xb5Js", "edp_uj_s", TERN_COLUMN_NUMBER},
        {"Idle, W", "idle_watts", TERN_COLUMN_NUMBER},
        {"Idle share", "idle_percent", TERN_COLUMN_NUMBER},
        {"mJ by a model", "modelled_millijoules", TERN_COLUMN_HOW},
        {"n", "n", TERN_COLUMN_NUMBER},
        {"Source", "source", TERN_COLUMN_TEXT},
        {0}};
    const struct tern_report_data *d = p->data;
    tern_tables_begin(s, "energy", column);
    tern_text_put(tern_tables_caption(s),
                  "Joules as read from the source beside them, of one call or one token; watts: joules over "
                  "the median time; EDP: joules times that time. The idle power was measured before the work "
                  "by the same source and is not subtracted: its share says how much of the joules an idle "
                  "machine would have used in that time. A modelled range is no measurement.");
    for (size_t i = 0; i < d->e2es; i++)
        if (is_measured(d->e2e[i]) || is_modelled(d->e2e[i])) put_row(s, d, d->e2e[i]);
    for (size_t i = 0; i < d->problems; i++)
        for (size_t j = 0; j < d->problem[i].count; j++) {
            const struct tern_record *r = d->problem[i].entry[j].record;
            if (is_measured(r) || is_modelled(r)) put_row(s, d, r);
        }
    if (!s->table[s->tables - 1].cells)
        tern_tables_absent(s, "the records hold no energy",
                           "tern e2e --energy --records FILE, tern bench --energy --records FILE");
}

/* Why: each reason with the number of records that give it. */
static void reasons(const struct tern_report_page *p, struct tern_report_tables *s) {
    static const struct tern_report_column column[] = {
        {"Why no energy was measured", "why", TERN_COLUMN_TEXT},
        {"Records", "records", TERN_COLUMN_NUMBER},
        {0}};
    const struct tern_report_data *d = p->data;
    struct tern_facts f = {0};
    tern_tables_begin(s, "energy-reasons", column);
    for (size_t i = 0; i < d->all_count; i++) {
        const struct tern_record *r = &d->all[i];
        if (!is_measured(r) && *tern_or_empty(r->why_no_energy)) tern_facts_add(&f, "", r->why_no_energy, 1);
    }
    tern_text_put(tern_tables_caption(s), "Reasons as the records give them.");
    for (size_t i = 0; i < f.count; i++) {
        tern_tables_text(s, f.item[i].text);
        tern_tables_count(s, f.item[i].count);
    }
    s->failed |= f.failed;
    tern_facts_free(&f);
}

static void fill(const struct tern_report_page *p, struct tern_report_tables *s) {
    figures(p, s);
    reasons(p, s);
}

const struct tern_section tern_section_energy = {
    .id = "energy",
    .nav = "Energy",
    .heading = "Energy",
    .fill = fill,
    .csv = {{"energy.csv", NULL}},
};
