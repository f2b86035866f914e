/* Parameter sensitivity: slices as a table, and every measured pair of parameters as a coloured table. */
#include "reports/figures/sensitivity.h"
#include "reports/data/number.h"
#include "reports/figures/heat.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

static int any(const struct tern_report_data *d) {
    struct tern_sensitivity s;
    for (size_t i = 0; i < d->searches; i++)
        if (tern_sensitivity_of(d->search[i], &s)) return 1;
    return 0;
}

static void slice_row(const struct tern_report_page *p, const struct tern_sensitivity *s,
                      const struct tern_sensitive_param *x, size_t v, struct tern_text *t) {
    const struct tern_search_trial *trial = x->value[v].trial;
    if (!trial) return;
    const double times = tern_trial_cost(trial) / tern_trial_cost(s->answer);
    const struct tern_time_unit u = tern_time_unit_for(trial->median);
    tern_text_put(t, trial == s->answer ? "<tr class=\"best\">" : "<tr>");
    tern_cell_problem(t, p, s->record);
    tern_text_put(t, "<td><code>");
    tern_text_html(t, s->variant->name);
    tern_text_put(t, "</code></td>");
    tern_cell_text(t, x->name);
    tern_text_printf(t, "<td class=\"n\" data-v=\"%ld\">%ld</td>", x->value[v].value, x->value[v].value);
    tern_text_printf(t, "<td class=\"n heat%d\" data-v=\"%.6g\">", tern_heat_of_slowdown(times), times);
    tern_put_times(t, times);
    tern_text_put(t, "</td>");
    tern_cell_open(t, trial->median);
    tern_put_time(t, trial->median, u);
    tern_text_printf(t, " %s</td>", u.name);
    tern_cell_open(t, trial->mad / trial->median);
    tern_put_number(t, trial->mad / trial->median * 100, 2);
    tern_text_put(t, " %</td>");
    tern_cell_count(t, trial->n);
    tern_text_put(t, "</tr>\n");
}

static void pair_table(const struct tern_sensitivity *s, size_t a, size_t b, struct tern_text *t) {
    long x[TERN_SENSITIVE_VALUES], y[TERN_SENSITIVE_VALUES];
    struct tern_text name = {0};
    const size_t columns = tern_sensitivity_axis(s, a, b, x), rows = tern_sensitivity_axis(s, b, a, y);
    tern_put_problem(&name, s->record, 0);
    tern_text_put(t, "<div class=\"scroll\"><table class=\"plain heat\"><caption>");
    tern_text_html(t, name.data);
    tern_text_put(t, ", <code>");
    tern_text_html(t, s->variant->name);
    tern_text_put(t, "</code>: time over that of the answer, down ");
    tern_text_html(t, s->param[b].name);
    tern_text_put(t, ", across ");
    tern_text_html(t, s->param[a].name);
    tern_text_put(t, ". A dash was not measured.</caption><thead><tr><th></th>");
    for (size_t c = 0; c < columns; c++) tern_text_printf(t, "<th scope=\"col\" class=\"n\">%ld</th>", x[c]);
    tern_text_put(t, "</tr></thead><tbody>\n");
    for (size_t r = 0; r < rows; r++) {
        tern_text_printf(t, "<tr><th scope=\"row\" class=\"n\">%ld</th>", y[r]);
        for (size_t c = 0; c < columns; c++) {
            const struct tern_search_trial *trial = tern_sensitivity_at(s, a, x[c], b, y[r]);
            if (!trial) {
                tern_text_put(t, "<td class=\"n\">" TERN_ABSENT "</td>");
                continue;
            }
            const double times = tern_trial_cost(trial) / tern_trial_cost(s->answer);
            tern_text_printf(t, "<td class=\"n heat%d\" title=\"n = %zu\">%s%.2f%s</td>",
                             tern_heat_of_slowdown(times), trial->n, trial == s->answer ? "<b>" : "", times,
                             trial == s->answer ? "</b>" : "");
        }
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
    t->failed |= name.failed;
    tern_text_free(&name);
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct tern_sensitivity s;
    tern_text_put(t, "<details class=\"rows\"><summary>Table</summary>\n");
    tern_html_open_table(
        t, p, "sensitivity",
        "Slices through the search\xe2\x80\x99s answer (bold): one parameter changed, the others kept. Times "
        "the "
        "answer: by the search\xe2\x80\x99s own measure (median from six rounds on, before that the fastest "
        "round). MAD as a share of the median.",
        (const char *const[]){"M\xc3\x97K", ">N", ">Threads", "Regime", "Variant", "Parameter", ">Value",
                              ">Times the answer", ">Median", ">MAD", ">n", NULL});
    for (size_t i = 0; i < d->searches; i++) {
        if (!tern_sensitivity_of(d->search[i], &s)) continue;
        for (size_t j = 0; j < s.params; j++)
            for (size_t v = 0; s.param[j].values > 1 && v < s.param[j].values; v++)
                slice_row(p, &s, &s.param[j], v, t);
    }
    tern_text_put(t, "</tbody></table></div></details>\n");
    for (size_t i = 0; i < d->searches; i++) {
        if (!tern_sensitivity_of(d->search[i], &s)) continue;
        for (size_t a = 0; a < s.params; a++)
            for (size_t b = a + 1; b < s.params; b++)
                if (tern_sensitivity_pair(&s, a, b)) pair_table(&s, a, b, t);
    }
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct tern_sensitivity s;
    tern_text_put(t, "| Problem | Variant | Parameter | Times the answer, by value |\n|---|---|---|---|\n");
    for (size_t i = 0; i < d->searches; i++) {
        if (!tern_sensitivity_of(d->search[i], &s)) continue;
        for (size_t j = 0; j < s.params; j++) {
            struct tern_text name = {0};
            if (s.param[j].values < 2) continue;
            tern_put_problem(&name, s.record, 0);
            tern_text_put(t, "| ");
            tern_text_markdown(t, name.data);
            tern_text_put(t, " | ");
            tern_text_markdown(t, s.variant->name);
            tern_text_put(t, " | ");
            tern_text_markdown(t, s.param[j].name);
            tern_text_put(t, " | ");
            for (size_t v = 0; v < s.param[j].values; v++) {
                const struct tern_search_trial *trial = s.param[j].value[v].trial;
                if (!trial) continue;
                tern_text_printf(t, "%s%ld: ", v ? ", " : "", s.param[j].value[v].value);
                tern_put_times(t, tern_trial_cost(trial) / tern_trial_cost(s.answer));
                tern_text_printf(t, " (n = %zu)", trial->n);
            }
            tern_text_put(t, " |\n");
            t->failed |= name.failed;
            tern_text_free(&name);
        }
    }
    tern_text_put(t, "\n");
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    struct tern_sensitivity s;
    tern_text_put(t, TERN_CSV_PROBLEM
                  ",variant,parameter,value,params,times_the_answer,median,mad,min,n,answer\n");
    for (size_t i = 0; i < p->data->searches; i++) {
        if (!tern_sensitivity_of(p->data->search[i], &s)) continue;
        for (size_t j = 0; j < s.params; j++) {
            for (size_t v = 0; v < s.param[j].values; v++) {
                const struct tern_search_trial *trial = s.param[j].value[v].trial;
                if (!trial) continue;
                tern_csv_problem(t, s.record);
                tern_csv_text(t, s.variant->name), tern_csv_text(t, s.param[j].name);
                tern_text_printf(t, ",%ld", s.param[j].value[v].value);
                tern_csv_text(t, trial->params);
                tern_csv_number(t, tern_trial_cost(trial) / tern_trial_cost(s.answer));
                tern_csv_number(t, trial->median), tern_csv_number(t, trial->mad),
                    tern_csv_number(t, trial->min);
                tern_csv_count(t, trial->n);
                tern_csv_text(t, trial == s.answer ? "yes" : "no");
                tern_text_put(t, "\n");
            }
        }
    }
}

const struct tern_section tern_section_sensitivity = {
    .id = "sensitivity",
    .nav = "Sensitivity",
    .heading = "Parameter sensitivity",
    .figures = tern_figure_sensitivity,
    .has = any,
    .absent = "search whose answer has parameters",
    .command = "tern tune",
    .html = html,
    .markdown = markdown,
    .csv = {{"sensitivity.csv", csv}},
};
