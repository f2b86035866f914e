/* Speedup matrix: on the page one coloured table per baseline and group, of which the reader chooses. */
#include "reports/figures/matrix.h"
#include "reports/data/group.h"
#include "reports/data/number.h"
#include "reports/figures/heat.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>

enum { PAGE_ROWS = 30, MARKDOWN_ROWS = 12 };

static void missing_bases(const struct tern_speedup_matrix *m, struct tern_text *t) {
    const char *before = "Not measured here: ";
    const size_t start = t->used;
    for (size_t b = 0; b < TERN_MATRIX_BASES; b++) {
        if (m->base_columns[b]) continue;
        tern_text_printf(t, "%s%s", before, tern_matrix_base[b].name);
        before = ", ";
    }
    if (t->used > start)
        tern_text_put(t, " (tern tune times these baselines where its budget allows, tern bench --filter "
                         "always).");
}

/* What is shown: the fastest rows, and every row of a baseline. */
static int shown(const struct tern_speedup_matrix *m, size_t i, size_t most) {
    return i < most || tern_matrix_is_base(&m->row[i]);
}

static void cell(const struct tern_speedup_matrix *m, size_t row, size_t column, size_t base,
                 struct tern_text *t) {
    const struct tern_matrix_cell *x = &m->row[row].cell[column];
    const struct tern_speedup s = tern_matrix_speedup(m, &m->row[row], column, base);
    if (!isfinite(s.ratio)) {
        tern_text_put(t, "<td class=\"n\" data-v=\"\">" TERN_ABSENT "</td>");
        return;
    }
    tern_text_printf(t, "<td class=\"n heat%d\" data-v=\"%.4g\" title=\"", tern_heat_of_speedup(s.ratio),
                     s.ratio);
    tern_text_html(t, x->params);
    if (isfinite(s.lo) && isfinite(s.hi)) {
        tern_text_put(t, "; 95 % interval ");
        tern_put_number(t, s.lo, 3);
        tern_text_put(t, "\xe2\x80\x93");
        tern_put_number(t, s.hi, 3);
    }
    tern_text_printf(t, "; n = %zu; %s\">%s", s.n, x->sample ? tern_speedup_method_name(s.method) : "search",
                     x->sample ? "" : "\xe2\x89\x88");
    tern_put_number(t, s.ratio, 3);
    tern_text_put(t, "</td>");
}

static void table(const struct tern_speedup_matrix *m, size_t base, struct tern_text *t) {
    tern_text_printf(t,
                     "<div class=\"choice\" data-choice=\"%s\"><div class=\"scroll\"><table class=\"data "
                     "heat\"><caption>Times faster than %s at the same shape. Below 1 is slower.</caption>"
                     "<thead><tr><th scope=\"col\">Variant</th><th scope=\"col\" class=\"n\">Geometric "
                     "mean</th>",
                     tern_matrix_base[base].name, tern_matrix_base[base].name);
    for (size_t c = 0; c < m->columns; c++) {
        tern_text_put(t, "<th scope=\"col\" class=\"n\">");
        tern_put_shape(t, m->first[c].key);
        tern_text_put(t, "</th>");
    }
    tern_text_put(t, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < m->rows; i++) {
        size_t columns;
        if (!shown(m, i, PAGE_ROWS)) continue;
        const double mean = tern_matrix_mean(m, &m->row[i], base, &columns);
        tern_text_put(t, "<tr><th scope=\"row\"><code>");
        tern_text_html(t, m->row[i].variant);
        tern_text_put(t, "</code></th>");
        if (isfinite(mean)) {
            tern_text_printf(t, "<td class=\"n heat%d\" data-v=\"%.4g\"><b>", tern_heat_of_speedup(mean),
                             mean);
            tern_put_number(t, mean, 3);
            tern_text_put(t, "</b>");
            if (columns < m->columns) tern_text_printf(t, " <span class=\"ci\">of %zu</span>", columns);
        } else {
            tern_text_put(t, "<td class=\"n\" data-v=\"\">" TERN_ABSENT);
        }
        tern_text_put(t, "</td>");
        for (size_t c = 0; c < m->columns; c++) cell(m, i, c, base, t);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div></div>\n");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_printf(
        t,
        "<p>Each variant stands at its best parameter point of that shape. A plain number is the ratio of "
        "times of the finished comparison (its interval, n and method show on hover and are in matrix.csv); "
        "\xe2\x89\x88 marks the search's own estimate, a ratio of medians of few rounds. Tables show the %d "
        "fastest variants and all baselines.</p>\n",
        PAGE_ROWS);
    for (size_t i = 0; i < d->problems; i = tern_group_end(d, i)) {
        struct tern_speedup_matrix m;
        struct tern_text name = {0};
        if (!tern_matrix_of(d, i, &m)) {
            t->failed = 1;
            return;
        }
        tern_put_group(&name, m.first->key);
        tern_text_printf(t, "<details%s><summary><span class=\"name\">", i ? "" : " open");
        tern_text_html(t, name.data);
        if (p->machines > 1) tern_text_put(t, ", "), tern_text_html(t, m.first->key->machine);
        tern_text_printf(
            t,
            "</span> <span class=\"gist\">%zu variants \xc3\x97 %zu shape%s</span></summary>\n<div "
            "class=\"choices\" data-label=\"Baseline\">\n",
            m.rows, m.columns, m.columns == 1 ? "" : "s");
        for (size_t b = 0; b < TERN_MATRIX_BASES; b++)
            if (m.base_columns[b]) table(&m, b, t);
        tern_text_put(t, "</div>\n<p class=\"absent\">");
        missing_bases(&m, t);
        tern_text_put(t, "</p></details>\n");
        t->failed |= name.failed;
        tern_text_free(&name);
        tern_matrix_free(&m);
    }
}

static void markdown_table(const struct tern_speedup_matrix *m, size_t base, struct tern_text *t) {
    tern_text_printf(t, "Times faster than %s:\n\n| Variant | geometric mean |", tern_matrix_base[base].name);
    for (size_t c = 0; c < m->columns; c++) {
        tern_text_put(t, " ");
        tern_put_shape(t, m->first[c].key);
        tern_text_put(t, " |");
    }
    tern_text_put(t, "\n|---|--:|");
    for (size_t c = 0; c < m->columns; c++) tern_text_put(t, "--:|");
    tern_text_put(t, "\n");
    for (size_t i = 0; i < m->rows; i++) {
        size_t columns;
        if (!shown(m, i, MARKDOWN_ROWS)) continue;
        tern_text_put(t, "| ");
        tern_text_markdown(t, m->row[i].variant);
        tern_text_put(t, " | ");
        tern_put_times(t, tern_matrix_mean(m, &m->row[i], base, &columns));
        for (size_t c = 0; c < m->columns; c++) {
            const double ratio = tern_matrix_speedup(m, &m->row[i], c, base).ratio;
            tern_text_put(t, isfinite(ratio) && !m->row[i].cell[c].sample ? " | \xe2\x89\x88" : " | ");
            tern_put_times(t, ratio);
        }
        tern_text_put(t, " |\n");
    }
    tern_text_put(t, "\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, "\xe2\x89\x88 marks a search's own estimate: a ratio of medians of few rounds.\n\n");
    for (size_t i = 0; i < d->problems; i = tern_group_end(d, i)) {
        struct tern_speedup_matrix m;
        struct tern_text name = {0};
        if (!tern_matrix_of(d, i, &m)) {
            t->failed = 1;
            return;
        }
        tern_put_group(&name, m.first->key);
        tern_text_put(t, "### ");
        tern_text_markdown(t, name.data);
        tern_text_put(t, "\n\n");
        for (size_t b = 0; b < TERN_MATRIX_BASES; b++)
            if (m.base_columns[b]) markdown_table(&m, b, t);
        missing_bases(&m, t);
        tern_text_put(t, "\n\n");
        t->failed |= name.failed;
        tern_text_free(&name);
        tern_matrix_free(&m);
    }
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, TERN_CSV_PROBLEM ",variant,params,format,from,median_ns,estimate_n,base,base_median_ns,"
                                      "speedup,low,high,n,method\n");
    for (size_t i = 0; i < d->problems; i = tern_group_end(d, i)) {
        struct tern_speedup_matrix m;
        if (!tern_matrix_of(d, i, &m)) {
            t->failed = 1;
            return;
        }
        for (size_t r = 0; r < m.rows; r++) {
            for (size_t k = 0; k < TERN_MATRIX_BASES * m.columns; k++) {
                const size_t b = k / m.columns, c = k % m.columns;
                const struct tern_matrix_cell *x = &m.row[r].cell[c];
                const struct tern_speedup s = tern_matrix_speedup(&m, &m.row[r], c, b);
                if (!isfinite(s.ratio)) continue;
                tern_csv_problem(t, m.first[c].key);
                tern_csv_text(t, m.row[r].variant);
                tern_csv_text(t, x->params);
                tern_csv_text(t, m.row[r].format);
                tern_csv_text(t, x->sample ? "comparison" : "search");
                tern_csv_number(t, x->ns);
                tern_csv_count(t, x->n);
                tern_csv_text(t, tern_matrix_base[b].name);
                tern_csv_number(t, m.base[k].ns);
                tern_csv_speedup(t, s);
                tern_text_put(t, "\n");
            }
        }
        tern_matrix_free(&m);
    }
}

const struct tern_section tern_section_matrix = {
    .id = "matrix",
    .nav = "Speedup matrix",
    .heading = "Speedup matrix",
    .figures = tern_figure_matrix,
    .has = tern_report_has_problems,
    .absent = "sample",
    .command = "tern tune",
    .html = html,
    .markdown = markdown,
    .csv = {{"matrix.csv", csv}},
};
