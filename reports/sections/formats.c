/* Format trade-off: what fewer bits per weight buy, for the best variant of every format. */
#include "reports/data/group.h"
#include "reports/data/number.h"
#include "reports/sections/best_formats.h"
#include "reports/sections/section.h"
#include "reports/tables/csv.h"
#include "reports/tables/html.h"
#include "reports/tables/markdown.h"

#include <math.h>

static void rate_cells(const struct tern_best_formats *f, const struct tern_best_format *x,
                       struct tern_text *t) {
    tern_cell_open(t, tern_best_format_speed(f, x));
    tern_put_number(t, tern_best_format_speed(f, x), 4);
    tern_text_put(t, "</td>");
    tern_cell_open(t, x->bytes / x->ns);
    tern_put_number(t, x->bytes / x->ns, 4);
    tern_text_put(t, "</td>");
    const double share = x->bytes / x->ns / f->read;
    tern_cell_open(t, share);
    tern_put_number(t, share * 100, 3);
    tern_text_put(t, isfinite(share) ? " %</td>" : "</td>");
}

static void html(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct tern_best_formats f;
    tern_text_put(t, "<details class=\"rows\"><summary>Table</summary>\n");
    tern_html_open_table(
        t, p, "formats",
        "The fastest variant of each format. Median of n samples of the comparison and its 95 % interval; "
        "\xe2\x80\x9csearch\xe2\x80\x9d: median of the few rounds of the search. G weights/s counts weights "
        "times "
        "tokens.",
        (const char *const[]){"M\xc3\x97K", ">N", ">Threads", "Regime", "Format", ">Bits", "Best variant",
                              ">Median", ">n", "From", ">G weights/s", ">GB/s", ">of read", NULL});
    for (size_t i = 0; i < d->problems; i++) {
        const struct tern_record *key = d->problem[i].key;
        tern_best_formats_of(d, &d->problem[i], &f);
        for (size_t j = 0; j < f.count; j++) {
            const struct tern_best_format *x = &f.item[j];
            const struct tern_time_unit u = tern_time_unit_for(x->ns);
            struct tern_record r = {.variant = x->variant, .params = x->params};
            r.est = (struct tern_estimate){.median = x->ns, .ci_lo = NAN, .ci_hi = NAN, .n = x->n};
            tern_text_put(t, "<tr>");
            tern_cell_problem(t, p, key);
            tern_cell_text(t, x->name);
            tern_cell_open(t, x->bits);
            tern_put_number(t, x->bits, 4);
            tern_text_put(t, "</td>");
            tern_cell_variant(t, &r);
            tern_cell_time(t, x->sample ? x->sample : &r, u);
            tern_cell_count(t, x->n);
            tern_cell_text(t, x->sample ? "comparison" : "search");
            rate_cells(&f, x, t);
            tern_text_put(t, "</tr>\n");
        }
    }
    tern_text_put(t, "</tbody></table></div></details>\n");
}

static void markdown(const struct tern_report_page *p, struct tern_text *t) {
    const struct tern_report_data *d = p->data;
    struct tern_best_formats f;
    tern_text_put(t, "| Problem | Format | Bits | Best variant | Median | n | From | G weights/s | GB/s |\n"
                     "|---|---|--:|---|--:|--:|---|--:|--:|\n");
    for (size_t i = 0; i < d->problems; i++) {
        struct tern_text name = {0};
        tern_put_problem(&name, d->problem[i].key, 0);
        tern_best_formats_of(d, &d->problem[i], &f);
        for (size_t j = 0; j < f.count; j++) {
            const struct tern_best_format *x = &f.item[j];
            const struct tern_time_unit u = tern_time_unit_for(x->ns);
            const struct tern_record r = {.variant = x->variant, .params = x->params};
            tern_text_put(t, "| ");
            tern_text_markdown(t, name.data);
            tern_text_put(t, " | ");
            tern_text_markdown(t, x->name);
            tern_text_put(t, " | ");
            tern_put_number(t, x->bits, 4);
            tern_text_put(t, " | ");
            tern_md_variant(t, &r);
            tern_put_time(t, x->ns, u);
            tern_text_printf(t, " %s | %zu | %s | ", u.name, x->n, x->sample ? "comparison" : "search");
            tern_put_number(t, tern_best_format_speed(&f, x), 4);
            tern_text_put(t, " | ");
            tern_put_number(t, x->bytes / x->ns, 4);
            tern_text_put(t, " |\n");
        }
        t->failed |= name.failed;
        tern_text_free(&name);
    }
    tern_text_put(t, "\n");
}

static void csv(const struct tern_report_page *p, struct tern_text *t) {
    struct tern_best_formats f;
    tern_text_put(t, TERN_CSV_PROBLEM ",format,bits_per_weight,variant,params,from,median_ns,ci95_low_ns,"
                                      "ci95_high_ns,n,gweights_per_s,gb_per_s,read_ceiling_gb_per_s,"
                                      "int8_ceiling_gmac_per_s\n");
    for (size_t i = 0; i < p->data->problems; i++) {
        tern_best_formats_of(p->data, &p->data->problem[i], &f);
        for (size_t j = 0; j < f.count; j++) {
            const struct tern_best_format *x = &f.item[j];
            tern_csv_problem(t, p->data->problem[i].key);
            tern_csv_text(t, x->name);
            tern_csv_number(t, x->bits);
            tern_csv_text(t, x->variant), tern_csv_text(t, x->params);
            tern_csv_text(t, x->sample ? "comparison" : "search");
            tern_csv_number(t, x->ns);
            tern_csv_number(t, x->sample ? x->sample->est.ci_lo : NAN);
            tern_csv_number(t, x->sample ? x->sample->est.ci_hi : NAN);
            tern_csv_count(t, x->n);
            tern_csv_number(t, tern_best_format_speed(&f, x)), tern_csv_number(t, x->bytes / x->ns);
            tern_csv_number(t, f.read), tern_csv_number(t, f.int8);
            tern_text_put(t, "\n");
        }
    }
}

const struct tern_section tern_section_formats = {
    .id = "formats",
    .nav = "Formats",
    .heading = "Format trade-off",
    .figures = tern_figure_formats,
    .has = tern_report_has_problems,
    .absent = "sample",
    .command = "tern tune",
    .html = html,
    .markdown = markdown,
    .csv = {{"formats.csv", csv}},
};
