/* How the finalists' samples lie: every round of a comparison, not only its median. */
#include "reports/compare/statistics.h"
#include "reports/data/number.h"
#include "reports/sections/search/finalist_rounds.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

static int any(const struct tern_report_data *d) {
    struct tern_finalist s[TERN_FINALISTS_MAX];
    for (size_t i = 0; i < d->problems; i++)
        if (tern_finalists_of(&d->problem[i], s)) return 1;
    return 0;
}

static const double quantile[] = {0, 0.25, 0.5, 0.75, 0.95, 1};
enum { QUANTILES = 6 };

static void html(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct tern_finalist s[TERN_FINALISTS_MAX];
    tern_text_put(t, "<details class=\"rows\"><summary>Table</summary>\n");
    tern_html_open_table(t, p, "finalists",
                         "Quantiles of time over that of the best, round by round. Paired: both took part in "
                         "the same rounds; else "
                         "over the best one\xe2\x80\x99s median.",
                         (const char *const[]){"M\xc3\x97K", ">N", ">Threads", "Regime", "Variant", ">Least",
                                               ">25 %", ">Median", ">75 %", ">95 %", ">Most", ">n", "Rounds",
                                               NULL});
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_record *key = d->problem[i].key;
        const size_t n = tern_finalists_of(&d->problem[i], s);
        for (size_t j = 0; j < n; j++) {
            tern_text_put(t, s[j].record == d->problem[i].best ? "<tr class=\"best\">" : "<tr>");
            tern_cell_problem(t, p, key);
            tern_cell_variant(t, s[j].record);
            for (size_t k = 0; k < QUANTILES; k++) {
                const double v = tern_quantile_sorted(s[j].sorted, s[j].n, quantile[k]);
                tern_cell_open(t, v);
                tern_put_number(t, v, 3);
                tern_text_put(t, "</td>");
            }
            tern_cell_count(t, s[j].n);
            tern_cell_text(t, s[j].paired ? "paired" : "own");
            tern_text_put(t, "</tr>\n");
        }
    }
    tern_text_put(t, "</tbody></table></div></details>\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct tern_finalist s[TERN_FINALISTS_MAX];
    tern_text_put(
        t, "Time over that of the best, round by round:\n\n| Problem | Variant | least | 25 % | median | "
           "75 % | 95 % | most | n |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < d->problems; i++) {
        const size_t n = tern_finalists_of(&d->problem[i], s);
        for (size_t j = 0; j < n; j++) {
            struct tern_text name = {0};
            tern_put_problem(&name, d->problem[i].key, 0);
            tern_text_put(t, "| ");
            tern_text_markdown(t, name.data);
            tern_text_put(t, " | ");
            tern_md_variant(t, s[j].record);
            for (size_t k = 0; k < QUANTILES; k++) {
                tern_put_number(t, tern_quantile_sorted(s[j].sorted, s[j].n, quantile[k]), 3);
                tern_text_put(t, " | ");
            }
            tern_text_printf(t, "%zu |\n", s[j].n);
            t->failed |= name.failed;
            tern_text_free(&name);
        }
    }
    tern_text_put(t, "\n");
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    struct tern_finalist s[TERN_FINALISTS_MAX];
    tern_text_put(t, TERN_CSV_PROBLEM ",variant,params,format,round,over_the_best,paired\n");
    for (size_t i = 0; i < p->data->problems; i++) {
        const size_t n = tern_finalists_of(&p->data->problem[i], s);
        for (size_t j = 0; j < n; j++) {
            for (size_t k = 0; k < s[j].n; k++) {
                tern_csv_problem(t, s[j].record);
                tern_csv_variant(t, s[j].record);
                tern_csv_count(t, k + 1);
                tern_csv_number(t, s[j].ratio[k]);
                tern_csv_text(t, s[j].paired ? "yes" : "no");
                tern_text_put(t, "\n");
            }
        }
    }
}

const struct tern_section tern_section_finalists = {
    .id = "finalists",
    .nav = "Finalists",
    .heading = "Finalists",
    .figures = tern_figure_finalists,
    .has = any,
    .absent = "rounds of two or more finalists",
    .command = "tern tune",
    .html = html,
    .markdown = markdown,
    .csv = {{"finalists.csv", csv}},
};
