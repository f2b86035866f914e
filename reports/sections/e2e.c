/* End to end: whole models, each test with and without wisdom. */
#include "reports/data/number.h"
#include "reports/sections/e2e_tables.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>
#include <string.h>

/* The untuned twin of a tuned record; NULL when there is none. */
static const struct tern_record *untuned_of(const struct tern_report_data *d,
                                            const struct tern_record *tuned) {
    if (strcmp(tern_or_empty(tuned->variant), "tuned")) return NULL;
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i];
        if (!strcmp(tern_or_empty(r->variant), "untuned") && r->n == tuned->n &&
            r->threads == tuned->threads && !strcmp(tern_or_empty(r->op), tern_or_empty(tuned->op)) &&
            !strcmp(tern_or_empty(r->model), tern_or_empty(tuned->model)) &&
            !strcmp(tern_or_empty(r->machine), tern_or_empty(tuned->machine)))
            return r;
    }
    return NULL;
}

static void html_runs(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_html_open_table(
        t, p, "e2e",
        "Tokens per second of whole forward passes: median of n repetitions, 95 % interval of the median, "
        "MAD as a share of the median. Speedup: ratio of median times, with wisdom against without.",
        (const char *const[]){"Model", "Phase", ">Tokens", ">Threads", "Plan", ">tokens/s", ">95 % interval",
                              ">MAD", ">n", ">Speedup", "Notes", NULL});
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i], *untuned = untuned_of(d, r);
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        const char *plan = tern_or_empty(r->variant);
        tern_text_printf(t, "<tr class=\"%s\">", untuned ? "best" : "");
        if (p->machines > 1) tern_cell_text(t, r->machine);
        tern_cell_text(t, *tern_or_empty(r->model) ? r->model : "unnamed");
        tern_cell_text(t, r->op);
        tern_cell_count(t, r->n);
        tern_cell_count(t, r->threads);
        tern_cell_text(t, !strcmp(plan, "tuned")     ? "with wisdom"
                          : !strcmp(plan, "untuned") ? "without wisdom"
                                                     : plan);
        tern_cell_open(t, k.median);
        tern_put_number(t, k.median, 4);
        tern_text_put(t, "</td>");
        tern_cell_open(t, k.lo);
        if (isfinite(k.lo) && isfinite(k.hi)) {
            tern_put_number(t, k.lo, 4);
            tern_text_put(t, "\xe2\x80\x93");
            tern_put_number(t, k.hi, 4);
        } else {
            tern_text_put(t, TERN_ABSENT);
        }
        tern_text_put(t, "</td>");
        tern_cell_open(t, k.mad / k.median);
        tern_put_number(t, k.mad / k.median * 100, 2);
        tern_text_put(t, isfinite(k.mad / k.median) ? " %</td>" : "</td>");
        tern_cell_count(t, r->est.n);
        tern_cell_speedup(t, tern_speedup_of(untuned ? r : NULL, untuned));
        tern_cell_notes(t, d, r);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->e2es) {
        tern_html_absent(t, "end-to-end run", "tern e2e");
        return;
    }
    tern_tables_html(p, tern_fill_models, t);
    tern_html_figures(p, "e2e", t);
    tern_tables_html(p, tern_fill_sizes, t);
    html_runs(p, t);
}

static void markdown_runs(const struct tern_report_data *d, struct tern_text *t) {
    tern_text_put(
        t, "| Model | Phase | Tokens | Threads | Plan | tokens/s (median) | 95 % interval | n | Speedup |\n"
           "|---|---|--:|--:|---|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i], *untuned = untuned_of(d, r);
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        tern_text_put(t, "| ");
        tern_text_markdown(t, *tern_or_empty(r->model) ? r->model : "unnamed");
        tern_text_put(t, " | ");
        tern_text_markdown(t, r->op);
        tern_text_printf(t, " | %zu | %zu | ", r->n, r->threads);
        tern_text_markdown(t, r->variant);
        tern_text_put(t, " | ");
        tern_put_number(t, k.median, 4);
        tern_text_put(t, " | ");
        tern_md_interval(t, k.lo, k.hi, 4);
        tern_text_printf(t, " | %zu | ", r->est.n);
        tern_md_speedup(t, tern_speedup_of(untuned ? r : NULL, untuned));
        tern_text_put(t, "\n");
    }
    tern_text_put(t, "\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    if (!p->data->e2es) {
        tern_md_absent(t, "end-to-end run", "tern e2e");
        return;
    }
    tern_tables_markdown(p, tern_fill_models, t);
    tern_tables_markdown(p, tern_fill_sizes, t);
    tern_md_figures(p, "e2e", t);
    markdown_runs(p->data, t);
}

static void csv_runs(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "machine,run,model,phase,tokens,threads,plan,tokens_per_s,ci95_low,ci95_high,mad,n,"
                     "speedup,speedup_low,"
                     "speedup_high,speedup_n,speedup_method\n");
    for (size_t i = 0; i < d->e2es; i++) {
        const struct tern_record *r = d->e2e[i], *untuned = untuned_of(d, r);
        const struct tern_report_tokens k = tern_report_tokens_of(r);
        tern_text_csv(t, r->machine);
        tern_csv_text(t, r->run), tern_csv_text(t, r->model), tern_csv_text(t, r->op);
        tern_csv_count(t, r->n), tern_csv_count(t, r->threads);
        tern_csv_text(t, r->variant);
        tern_csv_number(t, k.median), tern_csv_number(t, k.lo), tern_csv_number(t, k.hi),
            tern_csv_number(t, k.mad);
        tern_csv_count(t, r->est.n);
        tern_csv_speedup(t, tern_speedup_of(untuned ? r : NULL, untuned));
        tern_text_put(t, "\n");
    }
}

static void csv_models(const struct tern_report_page *p, struct tern_text *t) {
    tern_tables_csv(p, tern_fill_models, 0, t);
}

static void csv_sizes(const struct tern_report_page *p, struct tern_text *t) {
    tern_tables_csv(p, tern_fill_sizes, 0, t);
}

const struct tern_section tern_section_e2e = {
    .id = "e2e",
    .nav = "End to end",
    .heading = "End to end",
    .figures = tern_figure_e2e,
    .html = html,
    .markdown = markdown,
    .csv = {{"e2e.csv", csv_runs}, {"models.csv", csv_models}, {"sizes.csv", csv_sizes}},
};
