/* Roofline: what the hardware allows, and how near the kernels come. */
#include "reports/data/number.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>

static void html_ceilings(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_html_open_table(
        t, p, "ceilings",
        "Ceilings as measured. One measurement: median of n samples and its 95 % interval. Several in "
        "one run: median of the medians, lowest and highest of them, n of the last.",
        (const char *const[]){"Ceiling", "Kind", "Regime", ">Threads", ">Bytes per call", ">Rate", ">Spread",
                              ">Measurements", ">n", "Run", NULL});
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_report_ceiling *c = &d->ceiling[i];
        const struct tern_record *r = c->record;
        tern_text_put(t, "<tr>");
        if (p->machines > 1) tern_cell_text(t, r->machine);
        tern_cell_variant(t, r);
        tern_cell_text(t, r->op);
        tern_cell_text(t, r->regime);
        tern_cell_count(t, r->threads);
        tern_cell_open(t, c->is_read ? r->bytes : NAN);
        if (c->is_read)
            tern_put_bytes(t, r->bytes);
        else
            tern_text_put(t, TERN_ABSENT);
        tern_text_put(t, "</td>");
        tern_cell_open(t, c->rate);
        tern_put_number(t, c->rate, 4);
        tern_text_put(t, c->is_read ? " GB/s</td>" : " GMAC/s</td>");
        tern_cell_open(t, c->lo);
        if (isfinite(c->lo) && isfinite(c->hi)) {
            tern_put_number(t, c->lo, 4);
            tern_text_put(t, "\xe2\x80\x93");
            tern_put_number(t, c->hi, 4);
        } else {
            tern_text_put(t, TERN_ABSENT);
        }
        tern_text_put(t, "</td>");
        tern_cell_count(t, c->records);
        tern_cell_count(t, r->est.n);
        tern_cell_text(t, r->run);
        tern_text_put(t, "</tr>\n");
    }
    tern_text_put(t, "</tbody></table></div>\n");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    tern_html_figures(p, "roofline", t);
    if (p->data->ceilings)
        html_ceilings(p, t);
    else
        tern_html_absent(t, "ceiling", "tern ceilings");
}

static void markdown_ceilings(const struct tern_report_data *d, struct tern_text *t) {
    tern_text_put(
        t, "| Ceiling | Regime | Threads | Rate | Spread | Measurements |\n|---|---|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_report_ceiling *c = &d->ceiling[i];
        tern_text_put(t, "| ");
        tern_md_variant(t, c->record);
        tern_text_markdown(t, c->record->regime);
        tern_text_printf(t, " | %zu | ", c->record->threads);
        tern_put_number(t, c->rate, 4);
        tern_text_put(t, c->is_read ? " GB/s | " : " GMAC/s | ");
        tern_md_interval(t, c->lo, c->hi, 4);
        tern_text_printf(t, " | %zu |\n", c->records);
    }
    tern_text_put(t, "\nOne measurement: median and its 95 % interval. Several in one run: median of the "
                     "medians, lowest and highest of "
                     "them.\n\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    tern_md_figures(p, "roofline", t);
    if (p->data->ceilings)
        markdown_ceilings(p->data, t);
    else
        tern_md_absent(t, "ceiling", "tern ceilings");
}

static void roofline_point(struct tern_text *t, const char *role, const struct tern_record *r) {
    if (!r || !(r->bytes > 0) || !isfinite(tern_rate(r->macs, r->est.median))) return;
    tern_csv_problem(t, r);
    tern_csv_text(t, role);
    tern_csv_variant(t, r);
    tern_csv_number(t, r->macs / r->bytes);
    tern_csv_number(t, tern_rate(r->macs, r->est.median));
    tern_csv_number(t, tern_rate(r->macs, r->est.ci_hi)),
        tern_csv_number(t, tern_rate(r->macs, r->est.ci_lo));
    tern_csv_count(t, r->est.n);
    tern_text_put(t, "\n");
}

static void csv_roofline(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(t, TERN_CSV_PROBLEM
                  ",role,variant,params,format,modelled_macs_per_byte,gmac_per_s,ci95_low,ci95_high,n\n");
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_report_problem *q = &d->problem[i];
        roofline_point(t, "best", q->best);
        roofline_point(t, "f16 baseline", q->f16);
        roofline_point(t, "f32 baseline", q->f32);
        if (q->i2s != q->best) roofline_point(t, "I2_S baseline", q->i2s);
    }
}

static void csv_ceilings(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    tern_text_put(
        t, "machine,run,ceiling,op,regime,threads,bytes,rate,unit,low,high,spread,measurements,n_of_last\n");
    for (size_t i = 0; i < d->ceilings; i++) {
        const struct tern_report_ceiling *c = &d->ceiling[i];
        const struct tern_record *r = c->record;
        tern_text_csv(t, r->machine);
        tern_csv_text(t, r->run), tern_csv_text(t, r->variant), tern_csv_text(t, r->op),
            tern_csv_text(t, r->regime);
        tern_csv_count(t, r->threads);
        tern_csv_number(t, c->is_read ? r->bytes : NAN);
        tern_csv_number(t, c->rate);
        tern_csv_text(t, c->is_read ? "GB/s" : "GMAC/s");
        tern_csv_number(t, c->lo), tern_csv_number(t, c->hi);
        tern_csv_text(t, c->records > 1 ? "lowest and highest median" : "95 % interval of the median");
        tern_csv_count(t, c->records), tern_csv_count(t, r->est.n);
        tern_text_put(t, "\n");
    }
}

const struct tern_section tern_section_roofline = {
    .id = "roofline",
    .nav = "Roofline",
    .heading = "Roofline and ceilings",
    .figures = tern_figure_rooflines,
    .html = html,
    .markdown = markdown,
    .csv = {{"roofline.csv", csv_roofline}, {"ceilings.csv", csv_ceilings}},
};
